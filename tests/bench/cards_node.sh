#!/bin/sh
# A batch of 1,000 cards beside the same cards by Node with qrcode and pdfkit
# (tests/bench/cards_node), turn by turn: medians of five.  Both draw the code
# as squares; Node embeds the font, we draw outlines.  Packages are fetched with
# npm into a folder of their own; without npm or a network it says so.
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/cards_node.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$ROOT/tests/bench/cards_node/package.json" \
	"$ROOT/tests/bench/cards_node/package-lock.json" \
	"$ROOT/tests/bench/cards_node/cards.mjs" "$work"
cd "$work"
if ! npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1; then
	tail -n 2 npm.log
	echo "not run: npm could not fetch qrcode and pdfkit"
	exit 0
fi
fonts=/usr/share/fonts/truetype/liberation2
# 1,000 codes of 342 digits, the same for both, from a fixed seed.
awk 'BEGIN {
	srand(17)
	print "https://passport.example/#"
	for (i = 0; i < 1000; i++) {
		s = ""
		for (j = 0; j < 342; j++)
			s = s int(rand() * 10)
		print s
	}
}' >codes
turns=5
while [ $turns -gt 0 ]; do
	"$BIN/bench/bench_cards" -1 <codes >>ours
	node cards.mjs 1000 "$fonts" <codes >>theirs
	turns=$((turns - 1))
done
middle() {
	sort -n "$1" | sed -n 3p
}
# shellcheck disable=SC2046 # two numbers each
set -- $(middle ours) $(middle theirs)
awk -v a="$1" -v an="$2" -v b="$3" -v bn="$4" 'BEGIN {
	printf "carerpass %.0f cards/s, %d bytes each; Node %.0f cards/s, " \
		"%d bytes each: %.1f times (at least 2.2)\n",
		1e6 / a, an / 1000, 1e6 / b, bn / 1000, b / a
}'
