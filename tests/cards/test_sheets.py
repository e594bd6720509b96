#!/usr/bin/python3
"""Goal of this test: every printed form of a batch carries, in the order of the
register and in its place, exactly the code that was signed for that card, as two
independent decoders read it at 300 dpi; the same cards give the same bytes.

CARDS cards (100; the proof has 1,000) as sheets of ten, the last one not full;
ten letters; a picture as PNG and as SVG; young carers, the longest names, black
and white.
"""
import os
import random
import re
import subprocess
import sys

from PIL import Image

BIN = os.environ["BIN"]
CARDS = int(os.environ.get("CARDS", "100"))
PRINT = BIN + "/tests/cards/print_card"
PREFIX = "https://passport.example/#"
LAST = {1: 3, 2: 5, 3: 8, 4: 10, 5: 13, 6: 15, 7: 17}
DOT = 300 / 25.4
NAMES = ["Margaret Thompson", "Siân Llewelyn-Rhŵs", "A", "Nguyễn Thị Ánh",
         "Maximiliana Wilhelmina Llewelyn-Featherstonehaugh Montgomery-Mc",
         "X" * 64, "Zoë O’Dálaigh", "Łukasz Żółć"]
TEN = {"x": 14.7, "y": 13.51, "across": 95, "down": 54, "w": 85.6, "h": 53.98}
bad = []


def check(ok, what):
    if not ok:
        bad.append(what)
        print("WRONG: " + what)


def digits(token):
    """FORMAT.md 3: 7 bytes are 17 digits."""
    out = ""
    for i in range(0, len(token), 7):
        part = token[i:i + 7]
        out += "%0*d" % (LAST[len(part)], int.from_bytes(part, "big"))
    return out


def make_cards(n, seed=3):
    rnd = random.Random(seed)
    cards = []
    for i in range(n):
        name = NAMES[i % len(NAMES)]
        size = 127 + len(name.encode()) + (len(name) > 23)
        cards.append((name, digits(rnd.randbytes(size)), rnd.random() < 0.2))
    return cards


def draw(file, cards, layout):
    with open("cards.txt", "w", encoding="utf-8") as f:
        for name, code, young in cards:
            f.write("%s\t%s\t%s\n" % (name, code, "young" if young else ""))
    subprocess.run([PRINT, "-l", layout, "-i", "cards.txt", file], check=True)
    with open(file, "rb") as f:
        return f.read()


def pages(file, how="-gray"):
    """The pages as pictures of 300 dpi, one by one."""
    info = subprocess.run(["pdfinfo", file], capture_output=True, text=True,
                          check=True).stdout
    count = int(re.search(r"^Pages: +(\d+)", info, re.M).group(1))
    for p in range(1, count + 1):
        subprocess.run(["pdftoppm", "-r", "300", how, "-f", str(p), "-l",
                        str(p), "-singlefile", file, "page"], check=True)
        yield Image.open("page.pbm" if how == "-mono" else "page.pgm")


def zbar(file):
    out = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable",
                          "-Sqrcode.enable", "--nodbus", file],
                         capture_output=True, text=True).stdout
    return out.split()


def zxing(file):
    out = subprocess.run(["ZXingReader", "-format", "QRCode", file],
                         capture_output=True, text=True).stdout
    found = [x for x in out.splitlines() if x.startswith("Text:")]
    return [x[len("Text:"):].strip()[1:-1] for x in found]


def read_both(picture, expected, what):
    picture.convert("L").save("read.pgm")
    want = [] if expected is None else [PREFIX + expected]
    for tool in (zbar, zxing):
        got = tool("read.pgm")
        check(got == want, "%s: %s reads %.60r" % (what, tool.__name__, got))
    return 2


def field(page, i):
    """Card i's place on a page of fronts, with a hair of paper around it."""
    x = (TEN["x"] + i % 2 * TEN["across"]) * DOT
    y = (TEN["y"] + i // 2 * TEN["down"]) * DOT
    return page.crop((int(x), int(y), int(x + TEN["w"] * DOT) + 1,
                      int(y + TEN["h"] * DOT) + 1))


def sheets(n, how, what):
    cards = make_cards(n)
    first = draw("sheet.pdf", cards, "a4x10")
    check(first == draw("again.pdf", cards, "a4x10"), what + ": other bytes")
    subprocess.run(["qpdf", "--check", "sheet.pdf"], check=True,
                   stdout=subprocess.DEVNULL)
    count, readings = 0, 0
    for p, page in enumerate(pages("sheet.pdf", how)):
        count += 1
        if p % 2 == 1:
            readings += read_both(page, None, "%s: back %d" % (what, p))
            continue
        for i in range(10):
            at = p // 2 * 10 + i
            expected = cards[at][1] if at < n else None
            readings += read_both(field(page, i), expected,
                                  "%s: card %d" % (what, at))
    check(count == 2 * ((n + 9) // 10), "%s: %d pages" % (what, count))
    return readings, len(first)


def letters(n):
    cards = make_cards(n, 5)
    first = draw("letter.pdf", cards, "letter")
    check(first == draw("again.pdf", cards, "letter"), "letters: other bytes")
    for tool in (zbar, zxing):
        got = []
        for page in pages("letter.pdf"):
            page.save("read.pgm")
            got += tool("read.pgm")
        check(got == [PREFIX + c[1] for c in cards],
              "letters: %s reads %d codes" % (tool.__name__, len(got)))
    return 2 * n


def pictures(n):
    for name, code, young in make_cards(n, 7):
        made = {}
        for file in ("card.png", "card.svg"):
            for _ in range(2):
                subprocess.run([PRINT] + ["-y"] * young +
                               [file, "name=" + name, "digits=" + code],
                               check=True)
                with open(file, "rb") as f:
                    data = f.read()
                check(made.setdefault(file, data) == data,
                      file + ": other bytes")
        picture = Image.open("card.png")
        check(picture.size == (1213, 765), "card.png is %s" % (picture.size,))
        read_both(picture, code, "card.png of " + name)
        read_both(picture.resize((606, 382), Image.BICUBIC), code,
                  "card.png at half its size, of " + name)
        subprocess.run(["rsvg-convert", "-d", "300", "-p", "300", "-o",
                        "svg.png", "card.svg"], check=True)
        read_both(Image.open("svg.png").convert("RGB"), code,
                  "card.svg of " + name)
    return 6 * n


def modules_are_whole_dots():
    """A module of the PNG's code is 6 dots: no grey in it, nor uneven edges."""
    subprocess.run([PRINT, "card.png"], check=True)
    # The code's place on the card, well within its quiet zone.
    code = Image.open("card.png").convert("L").crop((740, 190, 1175, 620))
    check(set(code.tobytes()) == {0, 255}, "the code has grey dots")
    box = code.point(lambda v: 255 - v).getbbox()
    side = box[2] - box[0]
    check(side == box[3] - box[1] and side % 6 == 0, "code of %d" % side)
    code = code.crop(box)
    small = code.resize((side // 6, side // 6), Image.NEAREST)
    check(small.resize(code.size, Image.NEAREST).tobytes() == code.tobytes(),
          "a module is not 6 x 6 dots")


def main():
    readings, size = sheets(CARDS - 6, "-gray", "sheets")
    print("%d bytes a card" % (size // (CARDS - 6)))
    readings += sheets(14, "-mono", "black and white")[0]
    readings += letters(10)
    readings += pictures(8)
    modules_are_whole_dots()
    print("%d readings, %d wrong" % (readings, len(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
