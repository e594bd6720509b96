#!/bin/sh
# Goal of this test: the figures of a scheme are those of what happened in it,
# raw inside and by rule set A outside, in every format; audit finds nothing
# wrong with it, and names what somebody does to the file behind its back.
set -eu
data=$ROOT/tests/data/ods
PATH=$BIN:$PATH
umask 077
echo "for this test only" >pass
CARERPASS_DATA=$PWD/data
export CARERPASS_DATA
keys="--passphrase-file pass"

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# same WANT GOT WHAT
same() {
	[ "$1" = "$2" ] || fail "$3: wanted '$1', got '$2'"
}

# has TEXT FILE
has() {
	grep -qF -- "$1" "$2" || { cat "$2" >&2; fail "no '$1' in $2"; }
}

# code WANT COMMAND...: its exit code, what it says in out and err.
code() {
	want=$1
	shift
	got=0
	"$@" >out 2>err </dev/null || got=$?
	[ $got = "$want" ] || { cat out err >&2; fail "exit $got: $*"; }
}

# issue ODS REF: prints the serial.
issue() {
	# shellcheck disable=SC2086 # an option and its value
	carerpass issue --org "$1" --name "Rose Example" --ref "$2" --json \
		$keys 2>/dev/null | sed -n 's/.*"serial":"\([^"]*\)".*/\1/p'
}

# shellcheck disable=SC2086
{
	code 0 carerpass init --host carers.example --scheme Riverside $keys
	code 0 carerpass org import "$data/epraccur.csv" \
		"$data/gp-reg-pat-prac-map.csv" "$data/etr.csv"
	code 0 carerpass org enrol A81001 $keys
	code 0 carerpass org enrol A81002 $keys
	code 0 carerpass org enrol A91155 $keys
}

# --- nothing yet ---------------------------------------------------------------
today=$(date -u +%Y-%m-%d)
code 0 carerpass adoption --format json
same "{\"area\":\"all\",\"as_of\":\"$today\",\"holders\":0,\"cards\":0,\"first\":0,\"renewal\":0,\"replacement\":0,\"withdrawn\":0,\"superseded\":0}" \
	"$(cat out)" "an empty scheme"
code 0 carerpass audit

# --- nine carers, one withdrawn, one known already ----------------------------
for i in 1 2 3 4 5 6; do last=$(issue A81001 "R$i"); done
issue A81001 R6 >/dev/null
issue A81002 R1 >/dev/null
issue A91155 R1 >/dev/null
issue A91155 R2 >/dev/null
cp -p data/registry.db old.db
# shellcheck disable=SC2086
code 0 carerpass withdraw "$last" --reason bereaved $keys

row() {
	echo "{\"area\":\"$1\",\"as_of\":\"$today\",\"holders\":$2,\"cards\":$2,\"first\":$3,\"renewal\":0,\"replacement\":0,\"withdrawn\":$4,\"superseded\":0}"
}
code 0 carerpass adoption --json
same "$(row all 8 9 1)" "$(cat out)" "the whole scheme"
code 0 carerpass adoption --by area --format json
same "$(row Y63 6 7 1; row Y99 2 2 0; row all 8 9 1)" "$(cat out)" "by region"
code 0 carerpass adoption --area 16C --by area --json
same "$(row U07032 1 1 0; row U89141 5 6 1; row 16C 6 7 1)" "$(cat out)" \
	"a sub-ICB by PCN"
code 0 carerpass adoption --area A81001 --json
same "$(row A81001 5 6 1)" "$(cat out)" "a practice"
code 0 carerpass adoption --by setting --json
has '"setting":"general_practice","holders":6,' out
has '"setting":"community","holders":2,' out
same "$(row all 8 9 1)" "$(tail -n 1 out)" "the total comes last"
code 0 carerpass adoption --by month --as-of 2099-12-31 --json
has '"as_of":"2099-12-31","holders":0,"cards":0,"first":9,' out
code 0 carerpass adoption --as-of 2020-01-01
has "internal: raw numbers" out
has "1 January 2020" out

# --- what may go out -----------------------------------------------------------
code 0 carerpass adoption --public --by area --format json
same "$(row Y63 '"*"' '"*"' '"*"'; row Y99 '"*"' '"*"' 0
	row all 10 10 '"*"')" "$(cat out)" "public"
has "this month is not over" err
code 0 carerpass adoption --public --by area
if grep -q "internal" out ||
	tail -n +4 out | cut -c 30- | grep -qE ' [1-7]( |$)'; then
	cat out
	fail "a small number in a public table"
fi
code 0 carerpass adoption --by area --format csv
has "internal: raw numbers" out
code 0 carerpass adoption --public --by area --format csv
same "efbbbf" "$(head -c 3 out | od -An -tx1 | tr -d ' ')" "byte order mark"
if grep -q "internal" out || ! grep -q "^Y63,$today,\*,\*,\*," out; then
	cat out
	fail "the public CSV"
fi
code 0 carerpass adoption --public --as-of 2026-02-27
has "warning: figures of two days" err
has "use --as-of 2026-01-31" err
code 0 carerpass adoption --public --as-of 2026-02-28
code 66 carerpass adoption --area QXX
has "QXX" err
code 65 carerpass adoption --area tees
code 2 carerpass adoption --by practice
code 2 carerpass adoption --as-of yesterday

# --- audit ---------------------------------------------------------------------
code 0 carerpass audit
has "9 cards of 9 holders" out
# shellcheck disable=SC2086
code 0 carerpass audit $keys
has "journal" out

# The rest needs a second hand in the file.
tamper() {
	/usr/bin/python3 - data/registry.db "$1" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("PRAGMA foreign_keys = OFF; DROP TRIGGER IF EXISTS event_kept;"
                 "DROP TRIGGER IF EXISTS holder_kept;")
db.execute(sys.argv[2])
db.commit()
END
}
# The whole of it: a copy with the log folded in.
/usr/bin/python3 -c "
import sqlite3
db = sqlite3.connect('data/registry.db')
db.execute('PRAGMA wal_checkpoint(TRUNCATE)')"
cp -p data/registry.db good.db

# harm SQL WORDS: audit names it.
harm() {
	tamper "$1"
	code 65 carerpass audit
	has "$2" err
	has "what to do: " err
	rm -f data/registry.db-wal data/registry.db-shm
	cp -p good.db data/registry.db
}
harm "UPDATE ledger SET delta = delta + 1 WHERE measure = 0 AND delta = 5" \
	"the events say"
harm "UPDATE ledger_area SET holders = holders + 1 WHERE scale = 0" \
	"ledger_area: is not the sum of the ledger"
harm "DELETE FROM event WHERE seq = 20" \
	"event 21: an event is missing before this one"
harm "UPDATE holder SET name = zeroblob(60) WHERE id = 1" \
	"holder 1: this row is not as its newest event left it"
harm "UPDATE card SET payload = zeroblob(60) WHERE serial =
	(SELECT max(serial) FROM card)" "card "
code 0 carerpass audit

# An older registry, sound in itself, is told by the signer's journal alone.
cp -p old.db data/registry.db
code 0 carerpass audit
# shellcheck disable=SC2086
code 65 carerpass audit $keys
has "journal knows an event that is not here" err
has "newest backup" err
cp -p good.db data/registry.db
# shellcheck disable=SC2086
code 0 carerpass audit $keys
echo "1 passed"
