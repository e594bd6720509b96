#!/bin/sh
# Goal: a host that closes our channels, stops us half way or has links and
# strangers' files in the way loses no key, no card and no document, and a
# result that did not arrive is never called done.
set -eu
. "$ROOT/tests/kit/practice.sh"
scheme

# With standard error closed a warning must not be written into the journal.
cp pass open-pass
chmod 644 open-pass
code=0
"$BIN/carerpass" issue --data data --passphrase-file open-pass --org A81001 \
	--name "Rose Bell" --ref R1 >out 2>&- || code=$?
[ "$code" = 0 ] || fail "standard error closed: exit $code"
code=0
"$BIN/carerpass" issue --data data --passphrase-file open-pass --org A81001 \
	--name "Rose Moss" --ref R2 2>err >&- || code=$?
[ "$code" = 74 ] || fail "standard output closed: exit $code"
code=0
carer find --org A81001 --name rose >/dev/full 2>err || code=$?
[ "$code" = 74 ] || fail "a full standard output: exit $code"
exits 0 carer find --org A81001 --name rose
[ "$(wc -l <out)" = 2 ] || fail "a card was lost"

# What steers a terminal does not reach it through a message.
exits 66 carer org import "$(printf 'a\033[2J\302\2332J.csv')"
has err "a?[2J??2J.csv"

# A link to the folder stays a link, and what it points to is filled.
mkdir -p web/real
ln -s real web/lists
exits 0 carer publish --out web/lists
exits 0 carer publish --out web/lists
[ -h web/lists ] && [ -f web/real/status/0.cwt ] ||
	fail "the folder behind the link was not filled"
[ "$(ls web)" = "lists
real" ] || fail "something was left beside the folder: $(ls web)"

# Nobody's documents are removed, wherever in the folder they are.
mkdir -p theirs/status
echo "my thesis" >theirs/status/thesis
exits 65 carer publish --out theirs
has err "thesis"
[ -f theirs/status/thesis ] || fail "a document was removed"

# An init that was stopped is no half scheme: it can be run again.
mkfifo never
"$BIN/carerpass" init --data second --host carers.example \
	--passphrase-file never >/dev/null 2>&1 &
pid=$!
sleep 0.5
kill -9 "$pid"
wait "$pid" || :
exits 0 "$BIN/carerpass" init --data second --host carers.example \
	--passphrase-file pass
finish
