#!/bin/sh
# Goal of this test: one passport in every form that people carry it: a bank
# card, a sheet, a letter, a picture for a phone; each carries the same code,
# which a ward confirms. What cannot be drawn is refused in words.
set -eu
data=$ROOT/tests/data/ods
umask 077
echo "for this test only" >pass
CARERPASS_DATA=$PWD/data
export CARERPASS_DATA

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# exits WANT COMMAND...: what it says in out and err.
exits() {
	want=$1
	shift
	got=0
	"$@" >out 2>err </dev/null || got=$?
	[ "$got" = "$want" ] || {
		cat out err >&2
		fail "$*: exit $got, not $want"
	}
}

carer() {
	"$BIN/carerpass" "$@" --passphrase-file pass
}

# has TEXT FILE
has() {
	grep -qF -- "$1" "$2" || { cat "$2" >&2; fail "no '$1' in $2"; }
}

exits 0 carer init --host pass.example.org --scheme "Example Carers"
exits 0 carer org import "$data/epraccur.csv" "$data/etr.csv" \
	"$data/gp-reg-pat-prac-map.csv"
exits 0 carer org enrol A81001
exits 0 carer issue --org A81001 --name "Siân Llewelyn-Rhŵs" --ref R1 --json
serial=$(sed -n 's/.*"serial":"\([^"]*\)".*/\1/p' out)
url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' out)
exits 0 carer publish --out lists

exits 0 carer card "$serial" -o card.pdf
exits 0 carer card "$serial" -o sheet.pdf --layout a4x10
exits 0 carer card "$serial" -o letter.pdf --layout letter
exits 0 carer card "$serial" -o phone.png
exits 0 carer card "$serial" -o phone.svg
for form in card sheet letter; do
	pdftoppm -r 300 -png -f 1 -l 1 -singlefile $form.pdf $form
	[ "$("$BIN/carerpass-scan" $form.png)" = "$url" ] ||
		fail "$form.pdf has another code"
done
[ "$("$BIN/carerpass-scan" phone.png)" = "$url" ] || fail "phone.png"
exits 0 "$BIN/carerpass-verify" check --lists lists --state ward phone.png
has "Carer passport confirmed" out
has "Siân Llewelyn-Rhŵs, issued by" phone.svg
for form in card.pdf sheet.pdf letter.pdf phone.png phone.svg; do
	[ "$(stat -c %a $form)" = 600 ] || fail "others may read $form"
done

# The same again is the same, byte by byte.
for form in letter.pdf sheet.pdf phone.png phone.svg; do
	case $form in
	letter.pdf) layout=letter ;;
	sheet.pdf) layout=a4x10 ;;
	*) layout=cr80 ;;
	esac
	exits 0 carer card "$serial" -o "again-$form" --layout $layout
	cmp "$form" "again-$form" || fail "$form is drawn otherwise"
done

# A printer that is off is corrected in the configuration.
exits 0 carer card alignment -o align.pdf
has "front = 0 0" align.pdf
sed -i 's/^front =.*/front = 1.5 -0.5/' data/carerpass.conf
exits 0 carer card alignment -o align.pdf
has "front = 1.5 -0.5" align.pdf
exits 0 carer card "$serial" -o moved.pdf --layout a4x10
! cmp -s sheet.pdf moved.pdf || fail "the sheet was not moved"
sed -i 's/^front =.*/front = 1,5/' data/carerpass.conf
exits 78 carer card "$serial" -o moved.pdf --layout a4x10
has "write two numbers of mm" err

exits 2 carer card "$serial" -o card.jpg
has "ends in .pdf to print" err
exits 2 carer card "$serial" -o phone.png --layout letter
has "a picture is the front of one card" err
exits 2 carer card "$serial" -o card.pdf --layout a5
has "there is no layout 'a5'" err
exits 2 carer card alignment -o align.pdf --layout letter
has "has no alignment page" err
echo "6 forms drawn, read back and confirmed"
