#!/bin/sh
# Goal: what is open to others, locked, mistyped or unknown is refused at once,
# with its exit code and a sentence that says what to do.
set -eu
. "$ROOT/tests/kit/practice.sh"
scheme

# No terminal and no file: never waits.
exits 77 "$BIN/carerpass" find --data data --org A81001 --ref X
has err "passphrase-file"
echo "wrong" >wrong
exits 77 "$BIN/carerpass" find --data data --passphrase-file wrong \
	--org A81001 --ref X
has err "passphrase does not open"

for f in data data/keys data/keys/master data/keys/journal data/registry.db; do
	mode=$(stat -c %a "$f")
	chmod go+r "$f"
	exits 77 carer find --org A81001 --ref X
	has err "chmod"
	chmod "$mode" "$f"
done

# One at a time: the second is told so before it would ask for a passphrase.
mkfifo fifo
"$BIN/carerpass" find --data data --passphrase-file fifo --org A81001 \
	--ref X >first 2>&1 &
pid=$!
sleep 0.5
exits 69 carer find --org A81001 --ref X
has err "another carerpass"
cat pass >fifo
wait "$pid" || fail "the first one: exit $?"

exits 65 carer org enrol A81003
has err "closed since 31 October 2017"
exits 66 carer org enrol ZZ999
exits 65 carer issue --org A81002 --name "Rose Bell" --ref R
has err "carerpass org enrol A81002"
exits 65 carer issue --org A81001 --name "Rose 8ell" --ref R
has err "digit"
exits 65 carer issue --org A81001 --name "Rose Bell" --nhs-number 9434765918
has err "check digit"
exits 65 carer issue --org A81001 --name "Rose Bell" --born 2012-02-30
exits 65 carer issue --org A81001 --name "Rose Bell" --young
has err "--born"
exits 2 carer issue --org A81001
exits 2 carer issue --org A81001 --name "Rose Bell" --months 37
exits 66 carer withdraw 0000-0001-1
exits 65 carer withdraw 0000-0001-2

# A clock that jumped retires no key and signs nothing; one that is right may
# be told so.
exits 0 carer issue --org A81001 --name "Pat Black" --ref P
exits 78 later +500d issue --org A81001 --name "Ann Lee" --ref A
has err "clock-is-right"
exits 78 later -1d issue --org A81001 --name "Ann Lee" --ref A
has err "clock"

# A journal that was emptied or cut is noticed.
cp data/keys/journal journal
: >data/keys/journal
exits 78 carer issue --org A81001 --name "Ann Lee" --ref A
has err "journal that belongs to it"
cp journal data/keys/journal

# An earlier registry under a newer journal: nothing is issued from it.
cp data/registry.db before.db
exits 0 carer issue --org A81001 --name "Rose Bell" --ref R
cp before.db data/registry.db
rm -f data/registry.db-wal data/registry.db-shm
exits 78 carer issue --org A81001 --name "Ann Lee" --ref A
has err "newest backup"
finish
