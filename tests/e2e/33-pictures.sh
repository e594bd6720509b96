#!/bin/sh
# Goal: codes are read from pictures as they come, in a process that can do
# nothing else; what is no picture, or holds no code, is said to be so.
set -eu
. "$ROOT/tests/kit/scenario.sh"
folder p
valid=$(code valid)
qr() {
	"$python" "$ROOT/tests/kit/qr_png.py" "$@"
}

# As printed, tiny, huge, without border, inverted, transparent.
qr a.png "$valid"
qr b.png --scale 1 "$valid"
qr c.png --scale 30 "$valid"
qr d.png --scale 3 --quiet 0 "$valid"
qr e.png --invert "$valid"
qr f.png --alpha "$valid"
qr g.png --level M --scale 2 "$valid"
for f in [a-g].png; do
	exits 0 "$scan" "$f"
	is "$(cat out)" "$valid"
	exits 0 check --json "$f"
	has out '"verdict":"valid"'
done
exits 0 "$scan" - <a.png
is "$(cat out)" "$valid"
cp a.png A.PNG
exits 0 check A.PNG
cp a.png ./--help.png
exits 0 check -- --help.png
exits 0 "$scan" -- --help.png

# Two codes are two verdicts; the same one twice is one.
qr two.png --beside "$(code withdrawn)" "$valid"
exits 1 check --json two.png
is "$(wc -l <out)" 2
qr same.png --beside "$valid" "$valid"
exits 0 "$scan" same.png
is "$(wc -l <out)" 1

# A code with another text is a verdict; control characters stay inside.
qr text.png "$(printf 'a\033[31mb\nhttps://x.example/#1')"
exits 0 "$scan" text.png
is "$(cat out)" "a?[31mb?https://x.example/#1"
exits 1 check --json text.png
has out malformed

# No code, no picture, no file.
"$python" - "$ROOT" <<-'END'
	import sys, random
	sys.path.insert(0, sys.argv[1] + '/tests/kit')
	from qr_png import png
	open('blank.png', 'wb').write(png([[0] * 50] * 50, 4, False, False))
	# 60000 by 60000 pixels in a few bytes; a picture cut short; noise.
	import struct, zlib
	def chunk(k, b):
	    return struct.pack('>I', len(b)) + k + b + struct.pack(
	        '>I', zlib.crc32(k + b))
	open('bomb.png', 'wb').write(
	    b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack(
	        '>IIBBBBB', 60000, 60000, 8, 0, 0, 0, 0)) + chunk(
	        b'IDAT', zlib.compress(b'\0' * 1000000)) + chunk(b'IEND', b''))
	a = open('a.png', 'rb').read()
	open('cut.png', 'wb').write(a[:len(a) // 2])
	random.seed(1)
	for i in range(40):
	    b = bytearray(a)
	    for _ in range(1 + i):
	        b[random.randrange(8, len(b))] = random.randrange(256)
	    open('noise%d.png' % i, 'wb').write(b)
END
for f in blank bomb cut; do
	exits 65 "$scan" $f.png
	exits 65 check $f.png
	[ -s err ] || fail "no word about $f.png"
done
cp p/lists/trust.cwt not.png
exits 65 "$scan" not.png
exits 65 "$scan" /dev/null
exits 66 "$scan" nothing.png
exits 66 check nothing.png
has err nothing.png
exits 2 "$scan"
exits 2 "$scan" a.png b.png
exits 0 "$scan" --version
head -c 34000000 /dev/zero >big.png
exits 65 "$scan" big.png

# Damaged pictures never crash it: a result or exit 65.
for f in noise*.png; do
	got=0
	"$scan" "$f" >out 2>err || got=$?
	[ $got = 0 ] || [ $got = 65 ] || fail "$f: exit $got: $(cat err)"
	checked=$((checked + 1))
done

# Without the scanner there is a word about it.
mkdir alone
cp "$verify" alone/
got=0
PATH=/nonexistent alone/carerpass-verify check --lists p/lists --state state \
	--now "$now" a.png >out 2>err || got=$?
is "$got" 69
has err carerpass-scan
# It is found in $PATH, too.
got=0
PATH=$BIN:$PATH alone/carerpass-verify check --lists p/lists --state state \
	--now "$now" a.png >out 2>err || got=$?
is "$got" 0
finish
