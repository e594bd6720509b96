#!/bin/sh
# Goal of this test: whatever happens to cards, people are counted once. A
# hundred carers, renewals, losses, withdrawals, the register again and again;
# then keys that are revoked, a practice that has to be withdrawn, and somebody
# who wants to be forgotten.
set -eu
. "$ROOT/tests/kit/practice.sh"
quick
scheme

figures() {
	exits 0 "$BIN/carerpass" adoption --data data --json
	is "$(sed 's/.*"holders"/"holders"/' out)" "\"holders\":$1,\"cards\":$2,\"first\":$3,\"renewal\":$4,\"replacement\":$5,\"withdrawn\":$6,\"superseded\":$7}"
}

serials() {
	sed -n 's/.*"serial":"\([^"]*\)".*/\1/p' "$1"
}

letters='a b c d e f g h i j'
{
	echo "Name,Ref"
	for a in $letters; do for b in $letters; do
		echo "Rose $a$b,$a$b"
	done; done
} >reg.csv
exits 0 carer issue --org A81001 --csv reg.csv --json
cp out issued
serials issued >all

# --- 30 renewed, 50 replaced, 5 withdrawn, the register 20 times ---------------
head -n 30 all >renew.list
exits 0 carer renew - --card new.pdf --json <renew.list
is "$(grep -c '"kind":"renewal"' out)" 30
pdfinfo new.pdf >pages
has pages "60"
sed -n '41,90p' all >replace.list
exits 0 carer replace - --reason lost <replace.list
is "$(grep -c "^Passport .* issued to Rose" out)" 50
has err "the old cards have stopped"
tail -n 5 all >withdraw.list
exits 0 carer withdraw - --reason ended <withdraw.list
is "$(grep -c "is withdrawn" out)" 5
for _ in $(seq 20); do
	exits 0 carer issue --org A81001 --csv reg.csv
	has out "0 passports newly issued, 95 known already, 5 ended, 0 rows refused."
done
figures 95 95 100 30 50 5 80
exits 0 carer audit
# Once more for the old numbers: the card that followed, nothing new.
exits 0 carer replace - --json <replace.list
is "$(grep -c '"kind":"existing"' out)" 50
exits 0 carer withdraw - <withdraw.list
is "$(grep -c "had ended before" out)" 5
figures 95 95 100 30 50 5 80

# An old number: the person still has a card, and that is said.
exits 0 carer withdraw "$(head -n 1 all)"
has err "that card was followed by"
has err "which is still in force"

# --- lines that are no card's number leave the others alone --------------------
{
	echo
	sed -n 31p all
	echo "  $(sed -n 32p all | tr 'A-Z-' 'a-z ' | tr -d ' ')  "
	echo "7K3M-9QPR-A"
	head -c 300 /dev/zero | tr '\0' 7
	echo
	echo "0000-0001-1"
	sed -n 33p all | tr -d '\n'
} >lines
exits 65 carer renew - --json <lines
is "$(grep -c '"kind":"renewal"' out)" 3
has err "'7K3M-9QPR-A' is not a card's number"
has err "that was line 4 of the input"
has err "that was line 5 of the input"
has err "no card has this number"
has err "that was line 6 of the input"
exits 0 carer withdraw - </dev/null
is "$(cat out)" ""
has err "no card's number on standard input"
# A NUL spoils its own line and no other.
{
	printf '\000\n'
	sed -n 34p all
} >lines
exits 65 carer renew - --json <lines
is "$(grep -c '"kind":"renewal"' out)" 1
has err "that was line 1 of the input"

# --- a lost card without its number ---------------------------------------------
exits 0 carer replace --org a81001 --ref dj --reason stolen --json
has out '"name":"Rose dj"'
has out '"kind":"replacement"'
exits 0 carer replace --org A81001 --ref dj --card dj.png
has out "for a phone"
exits 2 carer replace - --card dj.png </dev/null
exits 66 carer replace --org A81001 --ref nobody
has err "carerpass find --org A81001 --name"
exits 2 carer replace --ref dj
exits 2 carer replace
exits 2 carer replace --reason broken "$(head -n 1 all)"
exits 0 carer withdraw --org A81001 --ref da --reason bereaved
has out "is withdrawn"
figures 94 94 100 34 52 6 86

# --- a key that must not be trusted any more ---------------------------------------
exits 0 carer publish --out lists
exits 0 carer org revoke A81001 --reason "laptop stolen" --json
revoked=$(grep -c serial out)
is "$revoked" 94
exits 0 "$BIN/carerpass" org list --data data --enrolled
kid=$("$python" -c "
import sqlite3
for kid, in sqlite3.connect('data/registry.db').execute(
        'SELECT kid FROM signing_key WHERE state = 2'):
    print(kid.hex())")
exits 65 carer reissue --kid "$kid" --cards again.pdf
has err "carerpass org rotate A81001"
exits 0 carer org rotate A81001
exits 66 carer reissue --kid 0011223344556677
exits 66 carer reissue --kid nothex
exits 0 carer reissue --kid "$kid" --cards again.pdf --json
is "$(grep -c '"kind":"replacement"' out)" 94
cp out again
pdfinfo again.pdf >pages
has pages "188"
cp again.pdf before.pdf
exits 0 carer reissue --kid "$kid" --cards again.pdf
has out "0 cards issued again, 94 had been before."
cmp again.pdf before.pdf || fail "the same cards are other bytes"
# A new card ends when the old one would have.
exits 0 carer find --org A81001 --ref ea --json
is "$(member valid_to out)" "$(grep '"name":"Rose ea"' issued | sed 's/.*"valid_to":"\([^"]*\)".*/\1/')"
figures 94 94 100 34 146 6 180
exits 0 carer publish --out lists
judged withdrawn "$(sed -n 's/.*"name":"Rose ea".*"url":"\([^"]*\)".*/\1/p' issued)"
judged ok "$(sed -n 's/.*"name":"Rose ea".*"url":"\([^"]*\)".*/\1/p' again)"
newkid=$("$python" -c "
import sqlite3
for kid, in sqlite3.connect('data/registry.db').execute(
        'SELECT kid FROM signing_key WHERE state = 0 AND purpose = 0'):
    print(kid.hex())")
exits 65 carer reissue --kid "$newkid"
has err "was not revoked"

# --- somebody who wants to be forgotten ----------------------------------------------
exits 0 carer find --org A81001 --ref ea --json
serial=$(member serial out)
url=$(member url out)
exits 0 carer erase "$serial"
has out "The person with card $serial is erased"
has err "older backups"
figures 93 93 100 34 146 7 180
exits 0 carer erase "$serial" --json
is "$(cat out)" "{\"serial\":\"$serial\",\"kind\":\"ended\"}"
exits 0 carer find --org A81001 --ref ea
has err "nobody found"
exits 65 carer renew "$serial"
has err "this person was erased"
exits 65 carer card "$serial" -o x.pdf
exits 0 carer withdraw "$serial"
exits 0 carer audit
exits 0 carer publish --out lists
judged withdrawn "$url"
# Whoever registers again is a new person.
exits 0 carer issue --org A81001 --name "Rose ea" --ref ea --json
has out '"kind":"first"'
figures 94 94 101 34 146 7 180

# --- a practice whose cards of one day must go ------------------------------------------
today=$(date -u +%Y-%m-%d)
exits 2 carer withdraw --org A81001 --from "$today" --to "$today"
exits 0 carer withdraw --org A81001 --from "$today" --to "$today" \
	--reason error --dry-run
has out "94 cards of A81001 would be withdrawn; nothing was changed."
has out "Rose aa  (aa)"
figures 94 94 101 34 146 7 180
exits 0 carer withdraw --org A81001 --from 2001-01-01 --to 2001-12-31 --reason error
has out "A81001 issued no card in those days"
exits 0 carer withdraw --org A81001 --from "$today" --to "$today" \
	--reason error --json
is "$(grep -c '"kind":"ended"' out)" 94
figures 0 0 101 34 146 101 180
exits 0 carer audit
finish
