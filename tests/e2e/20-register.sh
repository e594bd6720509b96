#!/bin/sh
# Goal of this test: a whole register goes in as the practice's system wrote it;
# every good row gets one card, whatever the others are and however often the
# file comes; what is wrong is named so that a receptionist can mend it; and the
# cards come out in the order of the register.
set -eu
. "$ROOT/tests/kit/practice.sh"
quick
scheme
exits 0 carer org enrol A81002

# 200 carers, numbered, with a name of their own each.
register() {
	"$python" - "$1" <<'END'
import sys
first = 'Ann Bea Cai Dai Eve Fay Gil Hal Ivy Joy'.split()
last = 'Ash Beck Cole Dene East Fell Glen Hill Isle Jarr'.split()
print('name,ref')
for i in range(int(sys.argv[1])):
    print('%s %s-%s,R%d' % (first[i % 10], last[i // 10 % 10],
                            last[i // 100], i))
END
}

# figures HOLDERS CARDS FIRST RENEWAL REPLACEMENT WITHDRAWN SUPERSEDED
figures() {
	exits 0 "$BIN/carerpass" adoption --data data --json
	is "$(sed 's/.*"holders"/"holders"/' out)" "\"holders\":$1,\"cards\":$2,\"first\":$3,\"renewal\":$4,\"replacement\":$5,\"withdrawn\":$6,\"superseded\":$7}"
}

# --- a dry run says all and does nothing ---------------------------------------
register 200 >reg.csv
exits 0 carer issue --org A81001 --csv reg.csv --dry-run
has out "Nothing was issued, this was a dry run. It would be: 200 passports issued, 0 known already, 0 ended, 0 rows refused."
exits 0 carer issue --org A81001 --csv - --dry-run --json <reg.csv
is "$(grep -c '"kind":"first"' out)" 200
lacks out serial
figures 0 0 0 0 0 0 0

# --- the register; the cards in its order --------------------------------------
exits 0 carer issue --org A81001 --csv reg.csv --cards cards.pdf --json
is "$(grep -c '"kind":"first"' out)" 200
cp out first
is "$(sed 's/.*"name":"\([^"]*\)".*/\1/' out)" \
	"$(sed '1d; s/,.*//' reg.csv)"
figures 200 200 200 0 0 0 0
pdfinfo cards.pdf >pages
has pages "400"
# The code on page 2N-1 is that of row N: the first, one in the middle, the last.
for n in 1 77 200; do
	page=$((2 * n - 1))
	pdftoppm -r 300 -gray -f $page -l $page cards.pdf page
	zbarimg -q --raw page-*.pgm >code 2>/dev/null
	is "$(cat code)" "$(sed -n "${n}p" first | sed 's/.*"url":"\([^"]*\)".*/\1/')"
	rm -f page-*
done

# --- the same again: nothing new, the same file ---------------------------------
cp cards.pdf before.pdf
exits 0 carer issue --org A81001 --csv reg.csv --cards cards.pdf
has out "0 passports newly issued, 200 known already, 0 ended, 0 rows refused."
has out "The 200 cards are in cards.pdf"
cmp cards.pdf before.pdf || fail "the same cards are other bytes"
figures 200 200 200 0 0 0 0
# Another practice's references are its own.
printf 'name,ref\nAnn Ash-Ash,R0\n' >other.csv
exits 0 carer issue --org A81002 --csv other.csv --cards one.pdf --layout letter
has out "1 passport newly issued"
figures 201 201 201 0 0 0 0

# --- a register full of mistakes -------------------------------------------------
printf '%s\r\n' 'Carers of the surgery' '' \
	'Patient name;EMIS Number;Date of birth;NHS number' \
	'Zoë Example;N1;31/05/1961;943 476 5919' \
	'Ann Ash-Ash;R0;;' 'Somebody Else;R1;;' 'Rose 🌹;N2;;' \
	';N3;;' 'Nobody Known;;;' 'Tom Example;N4;31/02/1961;' \
	'Tim Example;N5;;943 476 5910' 'Kid Example;N6;01/06/2015;' \
	'Zoë Example;;;9434765919' 'Ned Example;N7;;9434765919' \
	>bad.csv
exits 65 carer issue --org A81001 --csv bad.csv --all-or-nothing
has out "Nothing was issued: 8 of 11 rows are refused."
figures 201 201 201 0 0 0 0
exits 65 carer issue --org A81001 --csv bad.csv --json
is "$(grep -c '"line"' out)" 8
has out '{"line":6,"column":"ref","value":"R1","error":"this reference is already used by somebody with another name'
has out '{"line":7,"column":"name","value":"Rose 🌹","error":"has a character that a card cannot show'
has out '{"line":8,"column":"name","value":"","error":"is empty'
has out '{"line":9,"column":"ref","value":"","error":"is empty, and so is the NHS number'
has out '{"line":10,"column":"born","value":"31/02/1961","error":"is a day that there is not'
has out '{"line":11,"column":"nhs_number","value":"943 476 5910","error":"has a wrong check digit'
has out '{"line":12,"column":"young","value":"","error":"this person is under 18'
has out '{"line":14,"column":"nhs_number","value":"9434765919","error":"this NHS number is already used by somebody with another name'
is "$(grep -c '"kind":"first"' out)" 1
is "$(grep -c '"kind":"existing"' out)" 2
figures 202 202 202 0 0 0 0
# In words, on standard error, with the value as it stands in the file.
exits 65 carer issue --org A81001 --csv bad.csv
has err 'line 10: the birth date "31/02/1961" is a day that there is not'
has out "0 passports newly issued, 3 known already, 0 ended, 8 rows refused."

# --- an NHS number that comes later makes two people one ------------------------
printf 'name,ref,nhs_number\nAnn Ash-Ash,R0,9000000009\n' >later.csv
exits 0 carer issue --org A81002 --csv later.csv
exits 0 carer issue --org A81001 --csv later.csv
figures 201 202 202 0 0 0 0

# Somebody who got two cards here, once by each number: one person from now on,
# and the practice is told.
exits 0 carer issue --org A81002 --name "Tom Example" --ref T1
exits 0 carer issue --org A81002 --name "Tom Example" --nhs-number 9000000017
exits 0 carer issue --org A81002 --name "Tom Example" --ref T1 \
	--nhs-number 9000000017
has err "belong to one person, who counts once: withdraw the one"
figures 202 204 204 0 0 0 0

# --- young carers, months, and what has ended ------------------------------------
year=$(($(date -u +%Y) - 12))
printf 'name,ref,born,young,months\nKid Example,K1,01/06/%s,yes,6\n' $year >kid.csv
exits 0 carer issue --org A81001 --csv kid.csv --months 30 --json
is "$(member valid_to out)" "$(date -u -d "$(date -u +%Y-%m-01) +6 months" +%Y-%m)-$(member valid_to out | cut -d- -f3)"
exits 0 carer withdraw "$(member serial out)" --reason ended
exits 0 carer issue --org A81001 --csv kid.csv --json
has out '"kind":"ended"'
exits 0 carer issue --org A81001 --csv kid.csv --cards none.pdf
has out "line 2: Kid Example had a passport"
has out "carerpass renew"
[ ! -e none.pdf ] || fail "a file of no cards"

# Whoever has a card is told so, also when a new one would be refused: a young
# carer who has come of age since.
printf 'name,ref,born,young\nTeen Example,Y1,%s,yes\n' \
	"$(date -u -d '-17 years -11 months' +%Y-%m-01)" >teen.csv
exits 0 carer issue --org A81001 --csv teen.csv
exits 0 later +150d issue --org A81001 --csv teen.csv --all-or-nothing
has out "0 passports newly issued"
has out "1 ended"

# Twice in one file: the second row has the first one's card, whole.
printf 'name,ref\nTwin Example,T9\nTwin Example,T9\n' >twice.csv
exits 0 carer issue --org A81001 --csv twice.csv --dry-run --json
lacks out serial
is "$(grep -c '"kind":"existing"' out)" 1
exits 0 carer issue --org A81001 --csv twice.csv --json
is "$(grep -c '"url"' out)" 2

# --- what is no register -----------------------------------------------------------
# refused TEXT WORDS: a file that is refused before any key is opened.
refused() {
	printf '%b' "$1" >no.csv
	exits 65 "$BIN/carerpass" issue --data data --passphrase-file none \
		--org A81001 --csv no.csv
	has err "no.csv: "
	has err "$2"
}
refused 'PK\0003\0004..' "an Excel workbook (.xlsx), not a CSV file: open it, and save it as"
refused '\0377\0376n\0000a\0000' 'save the file as "CSV UTF-8"'
refused 'a,b\n1,2\n' "there is no line of titles"
refused 'name,born\nRose,1961-05-31\n' "one for your reference (Ref) or the NHS number"
refused 'name,ref\n' "no row below the titles"
refused '' "the file is empty"
exits 66 carer issue --org A81001 --csv nowhere.csv
printf 'name = Patient\nage = Years\n' >map
printf 'Patient,Ref\nRose,R1\n' >no.csv
exits 65 carer issue --org A81001 --csv no.csv --map map
has err "map: line 2: none of our columns"
exits 2 carer issue --org A81001 --csv reg.csv --name Rose
exits 2 carer issue --org A81001 --csv reg.csv --card x.pdf
has err "--cards FILE.pdf"
exits 2 carer issue --org A81001 --csv reg.csv --cards x.png
exits 2 carer issue --org A81001 --csv reg.csv --cards x.pdf --layout a3
exits 65 carer issue --org A81003 --csv reg.csv
has err "A81003 issues no passports"

exits 0 carer audit
finish
