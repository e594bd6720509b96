#!/bin/sh
# Goal: from real organisation files to a card that is drawn, read by a camera,
# confirmed offline, withdrawn, and then no longer confirmed.
set -eu
. "$ROOT/tests/kit/practice.sh"
scheme

exits 0 carer issue --org A81001 --name "Margaret Thompson" --ref M1 \
	--card card.pdf --json
url=$(member url out)
serial=$(member serial out)
has err "run carerpass publish"
exits 0 carer publish --out lists
judged ok "$url"
has out '"name":"Margaret Thompson"'
has out '"issuer":{"ods":"A81001","name":"THE DENSHAM SURGERY"'

# The card in the hand: its front is a page, a camera reads it.
pdftoppm -r 300 -png -f 1 -l 1 card.pdf front
exits 0 "$BIN/carerpass-verify" check --lists lists --state ward --json \
	front-1.png
has out "\"serial\":\"$serial\""
is "$("$BIN/carerpass-scan" front-1.png)" "$url"

# Known again, nothing issued twice; the same card can be drawn again.
exits 0 carer issue --org A81001 --name "Margaret Thompson" --ref M1 --json
has out '"kind":"existing"'
is "$(member serial out)" "$serial"
exits 65 carer issue --org A81001 --name "Somebody Else" --ref M1
has err "already used"
exits 0 carer card "$serial" -o again.pdf
cmp card.pdf again.pdf

# A lost card has no serial: found by name, whatever the accents.
exits 0 carer find --org A81001 --name "THOMPS" --json
is "$(member serial out)" "$serial"

# Replaced: the new card is good, the old one stops with the next lists.
exits 0 carer replace "$serial" --card new.pdf --json
has out '"kind":"replacement"'
old=$url
url=$(member url out)
serial=$(member serial out)
exits 0 carer publish --out lists
judged ok "$url"
judged withdrawn "$old"
exits 0 carer issue --org A81001 --name "Margaret Thompson" --ref M1 --json
has out '"kind":"existing"'
is "$(member serial out)" "$serial"

exits 0 carer withdraw "$serial" --reason lost
has err "run carerpass publish"
judged ok "$url"
exits 0 carer publish --out lists
judged withdrawn "$url"
has out "cannot be confirmed"

# Ended for good: never issued again silently, only when it is asked for.
exits 0 carer issue --org A81001 --name "Margaret Thompson" --ref M1 --json
has out '"kind":"ended"'
exits 65 carer card "$serial" -o no.pdf
exits 0 carer renew "$serial" --months 12 --json
has out '"kind":"renewal"'
finish
