#!/bin/sh
# Goal: the root key never comes near the machine that issues: what is to be
# signed travels as one file, is shown, signed and brought back.
set -eu
. "$ROOT/tests/kit/practice.sh"
mkdir safe
exits 0 "$BIN/carerpass" root new --data safe/root --passphrase-file pass
exits 0 carer init --host pass.example.org --root safe/root/root.pub
[ ! -e data/keys/root.key ] || fail "a root key where none should be"
exits 0 carer org import "$ods/epraccur.csv"
exits 0 carer org enrol A81001
exits 0 carer issue --org A81001 --name "Margaret Thompson" --ref M1 --json
url=$(member url out)

# Nothing can be published before the root has spoken.
exits 78 carer publish --out lists
has err "carerpass root sign"
[ ! -e lists ] || fail "lists without a trust list"
exits 0 "$BIN/carerpass" root sign --data safe/root --passphrase-file pass \
	-o answer data/trust.request
has out "THE DENSHAM SURGERY"
cp answer data/trust.cwt
exits 0 carer publish --out lists
judged ok "$url"

# A second practice: the old list goes on until the root has signed the new.
exits 0 carer org enrol A81002
exits 0 carer publish --out lists
has err "carerpass root sign"
judged ok "$url"
exits 0 "$BIN/carerpass" root sign --data safe/root --passphrase-file pass \
	-o answer data/trust.request
has out "QUEENS PARK MEDICAL CENTRE"
cp answer data/trust.cwt
exits 0 carer publish --out lists
lacks err "root sign"
judged ok "$url"

# The same request twice is the same list; an older one is never signed.
exits 0 "$BIN/carerpass" root sign --data safe/root --passphrase-file pass \
	-o twice data/trust.request
cmp answer twice
exits 65 "$BIN/carerpass" root sign --data safe/root --passphrase-file pass \
	-o no data/root.pub
finish
