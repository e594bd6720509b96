#!/usr/bin/python3
"""Goal of this test: two independent decoders read from the rendered card
exactly what was put in, also when the picture is as a phone on a ward makes it.

Cards for names of 1, 17, 28 and 64 bytes and a code at level M; rendered at 300
dpi (a card printer's resolution); zbarimg and ZXingReader.
"""
import os
import random
import subprocess
import sys

from PIL import Image, ImageEnhance, ImageFilter

BIN = os.environ["BIN"]
HOST = "passport.example"
LAST = {1: 3, 2: 5, 3: 8, 4: 10, 5: 13, 6: 15, 7: 17}
TOOLS = ("zbar", "zxing")
CAMERA = 10.5 / (300 / 25.4)  # a card fills 900 dots of a 720p picture
NAMES = ["A", "Margaret Thompson", "Siân Llewelyn-Rhŵs O’Dálaigh"[:26],
         "X" * 64]


def digits(token):
    """FORMAT.md 5.1: 7 bytes are 17 digits."""
    out = ""
    for i in range(0, len(token), 7):
        part = token[i:i + 7]
        out += "%0*d" % (LAST[len(part)], int.from_bytes(part, "big"))
    return out


def render(name, card):
    pdf = name + ".pdf"
    subprocess.run([BIN + "/tests/cards/print_card", pdf] + card, check=True)
    subprocess.run(["qpdf", "--check", pdf], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["pdftoppm", "-r", "300", "-png", pdf, name], check=True)
    back = Image.open(name + "-2.png")
    assert back.size == Image.open(name + "-1.png").size
    return Image.open(name + "-1.png").convert("RGB")


def camera(im, scale=1.0):
    size = (int(im.width * CAMERA * scale), int(im.height * CAMERA * scale))
    return im.resize(size, Image.BICUBIC)


def on_table(im):
    """The card on a grey table, so that its edge does not help."""
    out = Image.new("RGB", (im.width + 80, im.height + 80), (120, 116, 110))
    out.paste(im, (40, 40))
    return out


def noise(im, seed=1):
    rnd = random.Random(seed)
    grain = Image.frombytes("L", im.size, rnd.randbytes(im.width * im.height))
    return Image.blend(im, grain.convert("RGB"), 0.06)


def low_contrast(im):
    return noise(im.point(lambda v: 89 + v * 77 // 255))  # 35 % to 65 %


def jpeg(im, quality=25):
    im.save("tmp.jpg", quality=quality)
    return Image.open("tmp.jpg").convert("RGB")


def perspective(im):
    w, h = im.size
    quad = (-0.015 * w, -0.025 * h, 0.025 * w, 1.025 * h,
            0.98 * w, 1.0 * h, 1.02 * w, 0.02 * h)
    return im.transform(im.size, Image.QUAD, quad, Image.BICUBIC)


def rotated(im):
    return on_table(im).rotate(9, Image.BICUBIC, True, fillcolor=(120, 116, 110))


# What each does to a picture of 300 dpi.
ROUGH = {
    "clean": lambda im: im,
    "grey": lambda im: im.convert("L").convert("RGB"),
    "camera": lambda im: on_table(camera(im)),
    "blur 0.7": lambda im: camera(im).filter(ImageFilter.GaussianBlur(0.7)),
    "blur 1.2": lambda im: camera(im).filter(ImageFilter.GaussianBlur(1.2)),
    "rotated": lambda im: camera(rotated(im)),
    "upside down": lambda im: camera(im).rotate(180),
    "low contrast": lambda im: low_contrast(camera(im)),
    "jpeg 25": lambda im: jpeg(camera(im)),
    "dot gain": lambda im: camera(im.filter(ImageFilter.MinFilter(3))),
    "dot loss": lambda im: camera(im.filter(ImageFilter.MaxFilter(3))),
    "perspective": lambda im: perspective(on_table(camera(im))),
    "dim": lambda im: ImageEnhance.Brightness(camera(im)).enhance(0.5),
}


# One of the two will do: ink spreads, it does not shrink; and Debian's zxing-cpp
# 1.4 is weak at an angle (the browser's zxing-wasm 3.1 is not).
EITHER = {"dot loss", "perspective"}


def read(tool, file):
    if tool == "zbar":
        cmd = ["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable",
               "--nodbus", file]
        out = subprocess.run(cmd, capture_output=True, text=True).stdout
        return out.rstrip("\n")
    out = subprocess.run(["ZXingReader", "-format", "QRCode", file],
                         capture_output=True, text=True).stdout
    for line in out.splitlines():
        if line.startswith("Text:"):
            return line[len("Text:"):].strip()[1:-1]
    return ""


def cards():
    rnd = random.Random(17)
    for i, name in enumerate(NAMES):
        token = rnd.randbytes(127 + len(name.encode()) + (len(name) > 23))
        yield ["name=" + name, "digits=" + digits(token),
               "url_prefix=https://%s/#" % HOST] + ([] if i % 2 else ["phone="])
    yield ["name=Wide", "digits=" + digits(rnd.randbytes(300)),
           "url_prefix=https://%s/#" % HOST]  # level M


def main():
    count, unread, wrong = 0, [], []
    for n, card in enumerate(cards()):
        expected = ("https://%s/#" % HOST) + card[1][len("digits="):]
        picture = render("card%d" % n, card)
        for how, change in ROUGH.items():
            change(picture).save("rough.png")
            texts = {tool: read(tool, "rough.png") for tool in TOOLS}
            count += len(TOOLS)
            wrong += [(n, how, tool) for tool in TOOLS
                      if texts[tool] not in ("", expected)]
            missed = [(n, how, tool) for tool in TOOLS if texts[tool] == ""]
            if how not in EITHER or len(missed) == len(TOOLS):
                unread += missed
    for what, which in (("not read", unread), ("WRONG TEXT", wrong)):
        for n, how, tool in which:
            print("%s: card %d, %s, %s" % (what, n, how, tool))
    print("%d readings, %d wrong, %d not read" % (
        count, len(wrong), len(unread)))
    return 1 if wrong or unread else 0


if __name__ == "__main__":
    sys.exit(main())
