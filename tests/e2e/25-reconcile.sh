#!/bin/sh
# Goal: a registry from a backup, under a signer's journal that went on, issues
# nothing until it was reconciled; then no number and no place is given twice,
# what was withdrawn, erased or revoked stays so, wards see no step back, and
# people are told which cards to issue again.
set -eu
. "$ROOT/tests/kit/practice.sh"
quick

# issued NAME COMMAND...: a card; its number, code and place go to the files
# NAME.serial, NAME.url and places.
issued() {
	name=$1
	shift
	exits 0 carer "$@" --json
	member serial out >"$name.serial"
	member url out >"$name.url"
	sed -n 's/.*"status_index":\([0-9]*\).*/\1/p' out >>places
}

serial() {
	cat "$1.serial"
}

# is_judged WANT NAME: the verdict on a card, on a ward that remembers.
is_judged() {
	judged "$1" "$(cat "$2.url")"
	lacks out rolled_back
}

# restored FILE: puts a copy of the registry in its place.
restored() {
	rm -f data/registry.db-wal data/registry.db-shm
	cp "$1" data/registry.db
}

trust_seq() {
	sed -n 's/.*"trust_seq":\([0-9]*\).*/\1/p' out
}

# queried SQL: one value of the registry.
queried() {
	"$python" -c 'import sqlite3, sys
print(sqlite3.connect("file:data/registry.db?mode=ro", uri=True)
      .execute(sys.argv[1]).fetchone()[0])' "$1"
}

# bits FOLDER: the places that are set in its status list 0, as others read it.
bits() {
	PYTHONPATH="$ROOT/tests/oracle" "$python" -c 'import sys, carer
signed = carer.decode(open(sys.argv[1] + "/status/0.cwt", "rb").read()[1:],
                      any_order=True)
lst = carer.inflate(carer.decode(signed[2], any_order=True)[65533]["lst"])
print("\n".join(sorted(str(i) for i in range(131072)
                       if lst[i // 8] >> i % 8 & 1)))' "$1"
}

scheme
exits 0 carer org enrol A81002
issued kept issue --org A81001 --name "Margaret Thompson" --ref K
issued gone issue --org A81001 --name "Pat Black" --ref W
issued erased issue --org A81001 --name "Zebedee Quill" --ref E
issued older issue --org A81001 --name "Ann Lee" --ref S
issued stolen issue --org A81002 --name "Rose Bell" --ref R
exits 0 carer publish --out lists
cp data/registry.db backup.db
cp data/trust.cwt backup.cwt

# A day goes by.
issued lost1 issue --org A81001 --name "Ivy Reed" --ref L1
cp data/registry.db early.db
issued lost2 issue --org A81001 --name "Tom Fox" --ref L2
exits 0 carer org enrol A81004
issued lost3 issue --org A81004 --name "May Hill" --ref L3
issued newer renew "$(serial older)"
exits 0 carer withdraw "$(serial gone)" --reason bereaved
exits 0 carer withdraw "$(serial lost2)" --reason stolen
exits 0 carer erase "$(serial erased)"
exits 0 carer org revoke A81002 --reason "laptop stolen"
exits 0 carer publish --out lists --json
seq=$(trust_seq)
for name in kept lost1 lost3 newer; do is_judged ok $name; done
for name in gone erased stolen older lost2; do is_judged withdrawn $name; done
cp data/registry.db newest.db
cp -r lists lists.before
cp data/keys/journal journal

# While it is the newest there is nothing to do.
exits 0 carer reconcile --lists lists
has err "nothing was changed"
cmp data/keys/journal journal
cmp data/registry.db newest.db

# The disk dies; registry and trust list are of the day before, the keys not.
restored backup.db
cp backup.cwt data/trust.cwt
for words in "issue --org A81001 --name Eve --ref V" "publish --out lists" \
	"find --org A81001 --ref K" "org enrol A81005" \
	"withdraw $(serial kept)" "renew $(serial older)" \
	"erase $(serial kept)" "org revoke A81001 --reason X"; do
	# shellcheck disable=SC2086 # words
	exits 78 carer $words
	has err "carerpass reconcile"
done
exits 65 carer audit
has err "older registry"
has err "carerpass reconcile"
cmp data/keys/journal journal

# The registry of another scheme is none of this one's.
mkdir other
(
	cd other
	cp ../pass .
	scheme
	exits 0 carer issue --org A81001 --name "Somebody Else" --ref X
)
restored other/data/registry.db
exits 78 carer reconcile --lists lists
has err "no older copy"
cmp data/keys/journal journal
restored backup.db

# Somebody reads the registry all the while, so that what was erased cannot be
# wiped from its log: that is said, and nothing goes on before it is done.
mkfifo hold
"$python" -c 'import sqlite3
db = sqlite3.connect("data/registry.db", isolation_level=None)
db.execute("BEGIN")
db.execute("SELECT * FROM holder").fetchall()
open("held", "w").close()
open("hold").read()' &
reader=$!
tries=0
until [ -e held ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || fail "the reader does not start"
	sleep 0.1
done
exits 69 carer reconcile --lists lists
has err "run the same command again"
exits 78 carer publish --out lists
echo >hold
wait $reader
rm hold

exits 0 carer reconcile --lists lists --json
for name in lost1 lost2 lost3 newer; do
	has out "\"serial\":\"$(serial $name)\""
done
is "$(grep -c '"kind":"lost"' out)" 4
grep -F "$(serial lost3)" out | grep -q '"ods":"A81004"' ||
	fail "the practice of a lost key is not told"
has out "{\"serial\":\"$(serial older)\",\"kind\":\"ended\"}"
lacks out "$(serial kept)"
has err "carerpass publish"

# Again there is nothing to do.
cp data/registry.db reconciled.db
cp data/keys/journal reconciled
exits 0 carer reconcile --lists lists
has err "nothing was changed"
cmp data/registry.db reconciled.db
cmp data/keys/journal reconciled
exits 0 carer audit
is "$(queried "SELECT end_reason FROM card JOIN holder ON holder.id = holder
	WHERE erased = 0 AND ended NOT NULL AND end_reason = 2")" 2
is "$(queried "SELECT count(*) FROM holder WHERE erased = 1")" 1
"$python" - data/registry.db* <<'END' || fail "what was erased is still there"
import sqlite3, sys
rows = sqlite3.connect('backup.db').execute(
    'SELECT name, key FROM holder ORDER BY id').fetchall()
data = b''.join(open(f, 'rb').read() for f in sys.argv[1:])
# Kept, gone, erased, older and stolen were the first five.
sys.exit(rows[2][0] in data or rows[2][1] in data or rows[0][0] not in data)
END

# Stopped between the registry and the journal: the next run finishes it.
cp journal data/keys/journal
exits 78 carer publish --out lists
exits 0 carer reconcile --lists lists
has out "$(serial lost1)"
has out "carerpass replace"
has out "  $(serial older)"
cmp data/registry.db reconciled.db
exits 0 carer audit

# The registry that was given up is not let in by the back door.
cp data/registry.db reconciled.db
for given_up in early.db newest.db; do
	restored $given_up
	exits 78 carer issue --org A81001 --name "Eve Hart" --ref V
	exits 78 carer reconcile --lists lists
	has err "no older copy"
done
restored reconciled.db

exits 0 carer publish --out lists --json
[ "$(trust_seq)" -gt "$seq" ] || fail "the trust list has an old number"
is_judged ok kept
for name in gone erased stolen older lost1 lost2 lost3 newer; do
	is_judged withdrawn $name
done

# No bit that was set has fallen, decoys' included.
bits lists.before >before
bits lists >after
[ "$(wc -l <before)" -gt 6000 ] || fail "where are the decoys?"
is "$(comm -23 before after)" ""

# Issuing goes on; somebody comes with a card that is lost.
exits 66 carer withdraw "$(serial lost1)"
has err "the record of this card was lost"
exits 65 carer issue --org A81002 --name "Rose Bell" --ref R9
exits 0 carer org enrol A81004
exits 0 carer org rotate A81002
issued again replace "$(serial older)"
i=0
echo "name,ref" >many.csv
while [ $i -lt 200 ]; do
	i=$((i + 1))
	echo "Person $(printf '%s' "$i" | tr 0-9 a-j),N$i" >>many.csv
done
exits 0 carer issue --org A81001 --csv many.csv --json
sed -n 's/.*"status_index":\([0-9]*\).*/\1/p' out >>places
is "$(wc -l <places)" 210
is "$(sort -u places | wc -l)" 210
exits 0 carer publish --out lists
is_judged ok again
is_judged ok kept
is_judged withdrawn lost1
exits 0 carer audit

# The same backup once more, and what was issued meanwhile is lost, too. All
# that is known of keys is in the journal: one was revoked and never published.
exits 0 carer org revoke A81004 --reason "has left the scheme"
restored backup.db
exits 78 carer publish --out lists
exits 0 carer reconcile --lists nowhere --json
has err "name a copy with --lists"
is "$(grep -c '"kind":"lost"' out)" 205
is "$(queried "SELECT count(*) FROM lost_key")" 2
is "$(queried "SELECT count(*) FROM signing_key WHERE state = 2")" 1
exits 0 carer audit
exits 0 carer publish --out lists
for name in again lost1 lost3 stolen; do is_judged withdrawn $name; done
is_judged ok kept

# A list that says the same, but for its number, is not taken from the backup.
cp data/registry.db backup.db
cp data/trust.cwt backup.cwt
exits 0 carer publish --out lists --trust-days 60 --json
seq=$(trust_seq)
restored backup.db
cp backup.cwt data/trust.cwt
exits 0 carer reconcile --lists nowhere
has out "0 cards lost"
exits 0 carer publish --out lists --json
[ "$(trust_seq)" -gt "$seq" ] || fail "the trust list has an old number"
is_judged ok kept
exits 0 carer audit

# With the root elsewhere the newest list that it signed is taken back from the
# published folder: nothing new is asked of it, and nothing is rolled back.
mkdir away
cp pass away
cd away
answered() {
	exits 0 "$BIN/carerpass" root sign --data root --passphrase-file pass \
		-o answer data/trust.request
	cp answer data/trust.cwt
}
exits 0 "$BIN/carerpass" root new --data root --passphrase-file pass
exits 0 carer init --host pass.example.org --root root/root.pub
exits 0 carer org import "$ods/epraccur.csv"
exits 0 carer org enrol A81001
exits 0 carer org enrol A81002
issued kept issue --org A81001 --name "Margaret Thompson" --ref K
issued stolen issue --org A81002 --name "Rose Bell" --ref R
exits 78 carer publish --out lists
answered
exits 0 carer publish --out lists
cp data/registry.db backup.db
cp data/trust.cwt backup.cwt
exits 0 carer org revoke A81002 --reason "laptop stolen"
exits 0 carer publish --out lists
answered
issued lost issue --org A81001 --name "Ivy Reed" --ref L
exits 0 carer publish --out lists
is_judged ok lost
is_judged withdrawn stolen
restored backup.db
cp backup.cwt data/trust.cwt
exits 78 carer publish --out lists
exits 0 carer reconcile --lists lists
has out "1 cards lost"
has out "1 keys revoked again"
exits 0 carer publish --out lists
lacks err "root sign"
is_judged ok kept
is_judged withdrawn lost
is_judged withdrawn stolen
exits 0 carer audit
finish
