"""Makes what a camera sees, as a file for Chromium's fake one.

    camera.py OUT.mjpeg TEXT [--plain] [--empty N]

A card with TEXT as its code, held in a hand that is not steady: turned by up to
18 degrees, blurred, on a grey table.  --plain: only the symbol, straight.
--empty N: N pictures of the table first.  A file of this kind is JPEG pictures
one after another.
"""
import argparse
import io
import os
import random
import sys

from PIL import Image, ImageDraw, ImageFilter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'kit'))
import qr_png  # noqa: E402

SIZE = (1280, 720)
PICTURES = 12
MODULE = 6  # pixels


def symbol(text):
    rows = qr_png.padded(qr_png.modules(text, 'Q'), 4)
    n = len(rows)
    out = Image.new('L', (n, n))
    out.putdata([0 if bit else 255 for row in rows for bit in row])
    return out.resize((n * MODULE, n * MODULE), Image.NEAREST)


def card(text):
    code = symbol(text)
    out = Image.new('L', (code.width + 420, code.height + 60), 250)
    draw = ImageDraw.Draw(out)
    draw.rectangle((0, 0, out.width - 1, out.height - 1), outline=120, width=3)
    draw.text((40, 60), 'CARER PASSPORT', fill=20)
    for y in range(120, 360, 40):
        draw.rectangle((40, y, 320, y + 10), fill=90)
    out.paste(code, (390, 30))
    return out


def table():
    return Image.new('L', SIZE, 128)


def held(what, angle, blur, rng):
    turned = what.convert('LA').rotate(angle, Image.BICUBIC, expand=True)
    out = table()
    out.paste(turned.getchannel(0), (
        (SIZE[0] - turned.width) // 2 + rng.randint(-40, 40),
        (SIZE[1] - turned.height) // 2 + rng.randint(-20, 20)),
        turned.getchannel(1))
    return out.filter(ImageFilter.GaussianBlur(blur))


def main():
    a = argparse.ArgumentParser()
    a.add_argument('out')
    a.add_argument('text')
    a.add_argument('--plain', action='store_true')
    a.add_argument('--empty', type=int, default=0)
    o = a.parse_args()
    rng = random.Random(7)
    seen = [table() for _ in range(o.empty)]
    what = symbol(o.text) if o.plain else card(o.text)
    for i in range(PICTURES):
        angle = 0 if o.plain else -18 + 36 * i / (PICTURES - 1)
        seen.append(held(what, angle, 0 if o.plain else 1.4, rng))
    with open(o.out, 'wb') as f:
        for picture in seen:
            data = io.BytesIO()
            picture.convert('RGB').save(data, 'JPEG', quality=75)
            f.write(data.getvalue())


if __name__ == '__main__':
    main()
