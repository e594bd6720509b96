#!/bin/sh
# Goal: keys come and go without a ward noticing, but for a revoked one: its
# cards stop being confirmed, and the command names them.
set -eu
. "$ROOT/tests/kit/practice.sh"
scheme
exits 0 carer issue --org A81001 --name "Margaret Thompson" --ref M1 --json
old=$(member url out)
exits 0 carer publish --out lists
cp lists/trust.cwt before

# Published again without a change: the trust list stays byte for byte.
exits 0 carer publish --out lists
cmp lists/trust.cwt before

exits 0 carer org rotate A81001
exits 0 carer issue --org A81001 --name "Rose Bell" --ref R1 --json
new=$(member url out)
exits 0 carer publish --out lists
judged ok "$old"
judged ok "$new"

# The status key is followed by the next in good time; a year on, the private
# keys of the first period are gone and its cards are still good.
exits 0 later +340d publish --out lists
exits 0 later +370d publish --out lists
LD_PRELOAD=$faketime FAKETIME=+370d "$BIN/carerpass-verify" check \
	--lists lists --state ward --json "$old" >out
has out '"reason":"ok"'
finish
