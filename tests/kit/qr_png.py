"""Makes a PNG of a QR code, for the shell scenarios (libqrencode by ctypes).

    qr_png.py OUT.png [--scale PIXELS] [--quiet MODULES] [--invert]
              [--level LMQH] [--beside TEXT] [--alpha] TEXT
"""
import argparse
import ctypes
import ctypes.util
import struct
import zlib


class Symbol(ctypes.Structure):
    _fields_ = [('version', ctypes.c_int), ('width', ctypes.c_int),
                ('data', ctypes.POINTER(ctypes.c_ubyte))]


def modules(text, level):
    lib = ctypes.CDLL(ctypes.util.find_library('qrencode'))
    lib.QRcode_encodeString.restype = ctypes.POINTER(Symbol)
    s = lib.QRcode_encodeString(text.encode(), 0, 'LMQH'.index(level), 2, 1)
    if not s:
        raise ValueError('too long for a QR code')
    n = s.contents.width
    return [[s.contents.data[y * n + x] & 1 for x in range(n)]
            for y in range(n)]


def padded(m, quiet):
    n = len(m) + 2 * quiet
    rows = [[0] * n for _ in range(quiet)]
    rows += [[0] * quiet + row + [0] * quiet for row in m]
    return rows + [[0] * n for _ in range(quiet)]


def beside(a, b):
    for m in (a, b):
        while len(m) < max(len(a), len(b)):
            m.append([0] * len(m[0]))
    return [x + y for x, y in zip(a, b)]


def png(rows, scale, invert, alpha):
    """png(rows, ...): Returns the file; with alpha, white is transparent."""
    dark, light = (b'\xff', b'\0') if invert else (b'\0', b'\xff')
    if alpha:
        dark, light = b'\0\xff', b'\0\0'
    data = b''.join(
        (b'\0' + b''.join((dark if bit else light) * scale for bit in row))
        * scale for row in rows)

    def chunk(kind, body):
        return (struct.pack('>I', len(body)) + kind + body +
                struct.pack('>I', zlib.crc32(kind + body)))

    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack(
        '>IIBBBBB', len(rows[0]) * scale, len(rows) * scale, 8,
        4 if alpha else 0, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(data)) +
        chunk(b'IEND', b''))


def main():
    a = argparse.ArgumentParser()
    a.add_argument('out')
    a.add_argument('text')
    a.add_argument('--scale', type=int, default=5)
    a.add_argument('--quiet', type=int, default=4)
    a.add_argument('--level', default='Q')
    a.add_argument('--invert', action='store_true')
    a.add_argument('--alpha', action='store_true')
    a.add_argument('--beside')
    o = a.parse_args()
    m = padded(modules(o.text, o.level), o.quiet)
    if o.beside is not None:
        m = beside(m, padded(modules(o.beside, o.level), o.quiet))
    with open(o.out, 'wb') as f:
        f.write(png(m, o.scale, o.invert, o.alpha))


if __name__ == '__main__':
    main()
