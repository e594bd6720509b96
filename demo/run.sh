#!/bin/sh
# From nothing to a card that a ward can check: a scheme of its own, made of the
# real practices in tests/data/ods and of carers whose names are invented.
#   demo/run.sh PROGRAMS FOLDER
# FOLDER is made anew.  Every command and its answer is in FOLDER/transcript.
set -eu

[ $# = 2 ] || { echo "usage: $0 PROGRAMS FOLDER" >&2; exit 2; }
bin=$(cd "$1" && pwd)
sample=$(cd "$(dirname "$0")/../tests/data/ods" && pwd)
host=carers.example
practice=A81001
umask 077
# Only a folder that a demonstration made is thrown away.
if [ -e "$2" ] && [ ! -f "$2/transcript" ] && [ -n "$(ls -A "$2")" ]; then
	echo "demo: $2 is there and is not from a demonstration" >&2
	exit 1
fi
rm -rf "$2"
mkdir -p "$2"
cd "$2"
: >transcript
CARERPASS_DATA=$PWD/data
export CARERPASS_DATA

# Runs a command, its answer to the transcript and to standard output.
run() {
	echo "\$ $*" >>transcript
	program=$1
	shift
	code=0
	"$bin/$program" "$@" >answer 2>>transcript </dev/null || code=$?
	cat answer >>transcript
	cat answer
	return $code
}

# The same for a command that must work.
must() {
	run "$@" && return 0
	echo "demo: $1 $2 failed. The end of the transcript:" >&2
	tail -n 12 transcript >&2
	exit 1
}

# carerpass with the passphrase, for what needs a key.
with_keys() {
	must carerpass "$@" --passphrase-file passphrase
}

member() {
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

echo "Carer Passport, a demonstration. It all happens in $2."
echo

echo "1. A scheme: keys under one passphrase, and an empty registry."
echo "for this demonstration only" >passphrase
with_keys init --host $host --scheme "Demonstration" >/dev/null

echo "2. NHS organisations, read from the official files; one may now issue."
must carerpass org import "$sample/epraccur.csv" \
	"$sample/gp-reg-pat-prac-map.csv" "$sample/etr.csv" >/dev/null
with_keys org enrol $practice >/dev/null

echo "3. A carer registers at the practice: one passport, one card."
issued=$(with_keys issue --org $practice --name "Siân Wyn-Roberts" \
	--ref demo-1 --card card.pdf --json)
serial=$(printf '%s\n' "$issued" | member serial)
url=$(printf '%s\n' "$issued" | member url)
echo "   Siân Wyn-Roberts (an invented name), card $serial"

echo "4. What wards check against is published as plain files."
with_keys publish --out lists >/dev/null
echo

echo "A ward scans the card, without a network, and reads:"
check="carerpass-verify check --lists lists --state ward"
# shellcheck disable=SC2086 # a command with its options
verdict=$(must $check "$url")
printf '%s\n' "$verdict" | sed 's/^/   | /'
echo

echo "Another card is issued, reported lost and withdrawn. The ward reads:"
lost=$(with_keys issue --org $practice --name "Tomos Ap Ioan" --ref demo-2 --json)
with_keys withdraw "$(printf '%s\n' "$lost" | member serial)" --reason lost \
	>/dev/null
with_keys publish --out lists >/dev/null
code=0
# shellcheck disable=SC2086
verdict=$(run $check "$(printf '%s\n' "$lost" | member url)") || code=$?
printf '%s\n' "$verdict" | sed 's/^/   | /; 4q'
if [ $code != 1 ]; then
	echo "demo: a withdrawn card must not be valid (exit $code)" >&2
	exit 1
fi

printf '%s\n' "$url" >card.txt
rm -f answer
cat <<END

The card:       $2/card.pdf    print it at 100 %, or open it and look
Its code:       $2/card.txt    what a camera reads
Every command:  $2/transcript

Try next:
  cd $2
  $bin/carerpass-verify check --lists lists --state ward - <card.txt
  $bin/carerpass-verify inspect - <card.txt
  $bin/carerpass org list --data data --enrolled
  $bin/carerpass issue --data data --passphrase-file passphrase \\
      --org $practice --name "Your Name" --card yours.pdf
END
