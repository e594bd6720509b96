#!/usr/bin/python3
"""Goal of this test: every letter, mark and sign that a name or an organisation
may have is drawn on a card as its font draws it.

FreeType (through PIL, with its own layout for single letters) is the oracle:
same font file, same size, compared dot by dot at 300 dpi. Hinting moves edges
by a fraction of a dot, a lost accent moves a block of them.
"""
import os
import subprocess
import sys

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

BIN = os.environ["BIN"]
RULE = os.path.join(os.environ["SHARED"], "vectors/name-rule/name-rule.txt")
FONTS = "/usr/share/fonts/truetype/liberation2/LiberationSans-%s.ttf"
SPARE = "/usr/share/fonts/truetype/andika/Andika-%s.ttf"
SPARE_LETTERS = "\u1e9c\u1e9d\u1e9f\u1efa\u1efb\u1efc\u1efd\u1efe\u1eff"
ORGANISATION = "0123456789&()+/:@_"
CELL, COLUMNS, ROWS, DPI, POINTS = 19.0, 11, 15, 300, 24
DOTS = POINTS * DPI // 72  # 100: one em
FINE = 4  # the oracle draws so much larger, so that hinting hardly matters


def texts():
    """Every letter and sign alone, every mark after four letters."""
    letters, marks = [], []
    for line in open(RULE, encoding="utf-8"):
        word, *rest = line.split()
        if word == "letters":
            first, last = (int(x, 16) for x in rest[0].split("-"))
            letters += [chr(c) for c in range(first, last + 1)]
        elif word == "marks":
            marks = [chr(int(x, 16)) for x in rest]
        elif word == "punctuation":
            letters += [chr(int(x, 16)) for x in rest if x != "0020"]
    assert len(letters) > 600 and len(marks) == 21, (len(letters), len(marks))
    return (letters + list(ORGANISATION)
            + [base + mark for mark in marks for base in "eoWx"])


def cell_box(n):
    """The cell in whole dots, and where in it the text starts."""
    x = n % COLUMNS * CELL * DPI / 25.4
    y = n // COLUMNS * CELL * DPI / 25.4
    return (int(x), int(y), x - int(x) + 4 * DPI / 25.4,
            y - int(y) + 13 * DPI / 25.4)


def drawn(lines, face):
    """Our pictures of the lines, one cell each."""
    pdf = "letters%d.pdf" % face
    subprocess.run([BIN + "/tests/cards/print_letters", pdf, str(face)],
                   input="\n".join(lines) + "\n", text=True, check=True)
    subprocess.run(["qpdf", "--check", pdf], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", pdf, pdf[:-4]],
                   check=True)
    per_page = COLUMNS * ROWS
    pages = sorted(f for f in os.listdir(".")
                   if f.startswith(pdf[:-4] + "-"))
    assert len(pages) == -(-len(lines) // per_page)
    for n in range(len(lines)):
        if n % per_page == 0:
            page = Image.open(pages[n // per_page])
        x, y, _, _ = cell_box(n % per_page)
        yield page.crop((x, y, x + 224, y + 224))


def oracle(text, n, face):
    name = FONTS % ("Bold" if face else "Regular")
    if text in SPARE_LETTERS:
        name = SPARE % ("Bold" if face else "Regular")
    engine = (ImageFont.Layout.BASIC if len(text) == 1
              else ImageFont.Layout.RAQM)
    font = ImageFont.truetype(name, DOTS * FINE, layout_engine=engine)
    big = Image.new("L", (224 * FINE, 224 * FINE), 255)
    _, _, x, y = cell_box(n % (COLUMNS * ROWS))
    ImageDraw.Draw(big).text((round(x * FINE), round(y * FINE)), text, 0,
                             font, anchor="ls")
    return big.resize((224, 224), Image.BOX)


def differs(a, b):
    """True if some block of 3 x 3 dots is black in one picture and white in the other."""
    diff = ImageChops.difference(a, b).point(lambda v: 255 if v > 110 else 0)
    return diff.filter(ImageFilter.MinFilter(3)).getbbox() is not None


def main():
    lines = texts()
    wrong = []
    for face in (0, 1):
        for n, picture in enumerate(drawn(lines, face)):
            good = oracle(lines[n], n, face)
            ink = 255 * 224 * 224 - sum(i * c for i, c in
                                        enumerate(picture.histogram()))
            if ink < 255 * 20 or differs(picture, good):
                wrong.append((face, lines[n]))
                picture.save("ours-%d-%d.png" % (face, n))
                good.save("font-%d-%d.png" % (face, n))
            if lines[n] == "\u0161":  # would a lost accent be seen?
                assert differs(picture, oracle("s", n, face))
            if lines[n] == "\u1e0c":  # and a lost dot below?
                assert differs(picture, oracle("D", n, face))
    for face, text in wrong:
        print("differs: face %d, %s" % (
            face, " ".join("U+%04X" % ord(c) for c in text)))
    print("%d texts in 2 faces, %d differ" % (len(lines), len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
