#!/bin/sh
# Goal: after a theft the practice's key is revoked: its cards are named to be
# issued again, wards stop confirming them, and no trace of the carer is shown.
set -eu
. "$ROOT/tests/kit/practice.sh"
scheme
exits 0 carer issue --org A81001 --name "Margaret Thompson" --ref M1 --json
url=$(member url out)
serial=$(member serial out)
exits 0 carer publish --out lists
judged ok "$url"
exits 0 carer org revoke A81001 --reason "laptop stolen"
has out "$serial  Margaret Thompson"
exits 65 carer issue --org A81001 --name "Rose Bell" --ref R1
has err "carerpass org rotate A81001"
exits 0 carer publish --out lists
judged withdrawn "$url"
lacks out "Margaret"
lacks out "DENSHAM"
exits 0 carer org rotate A81001
exits 0 carer issue --org A81001 --name "Rose Bell" --ref R1 --json
url=$(member url out)
exits 0 carer publish --out lists
judged ok "$url"
exits 65 carer org revoke A81003 --reason "no such key"
finish
