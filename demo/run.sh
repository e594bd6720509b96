#!/bin/sh
# From nothing to figures of a scheme: three real practices, and registers of
# carers who are invented (demo/registers), as three systems would write them.
#   demo/run.sh PROGRAMS FOLDER
# FOLDER is made anew.  Every command and its answer is in FOLDER/transcript.
# The checking service goes on for an hour; the next demonstration ends it, too.
set -eu

[ $# = 2 ] || { echo "usage: $0 PROGRAMS FOLDER" >&2; exit 2; }
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
sample=$here/../tests/data/ods
host=carers.example
umask 077
# Only a folder that a demonstration made is thrown away.
if [ -e "$2" ] && [ ! -f "$2/transcript" ] && [ -n "$(ls -A "$2")" ]; then
	echo "demo: $2 is there and is not from a demonstration" >&2
	exit 1
fi
# The service of the last one, if that number is still its.
if [ -f "$2/service.pid" ]; then
	old=$(cat "$2/service.pid")
	! tr '\0' ' ' 2>/dev/null <"/proc/$old/cmdline" |
		grep -q 'carerpass-verify serve' || kill "$old" || :
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
	"$bin/$program" "$@" >answer 2>>transcript || code=$?
	cat answer >>transcript
	cat answer
	return $code
}

# The same for a command that must work.
must() {
	run "$@" </dev/null && return 0
	echo "demo: $1 $2 failed. The end of the transcript:" >&2
	tail -n 12 transcript >&2
	exit 1
}

# carerpass with the passphrase, for what needs a key.
with_keys() {
	must carerpass "$@" --passphrase-file passphrase
}

# The same for numbers of cards, one a line, from a file.
cards_of() {
	numbers=$1
	shift
	run carerpass "$@" - --passphrase-file passphrase --json <"$numbers" \
		>/dev/null || { tail -n 12 transcript >&2; exit 1; }
}

member() {
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

indent() {
	sed "s/^/   $1/"
}

echo "Carer Passport, a demonstration. It all happens in $2."
echo

echo "1. A scheme: keys under one passphrase, and an empty registry."
echo "for this demonstration only" >passphrase
with_keys init --host $host --scheme "Demonstration" >/dev/null

echo "2. NHS organisations, from the official files; three practices may issue."
must carerpass org import "$sample/epraccur.csv" \
	"$sample/gp-reg-pat-prac-map.csv" "$sample/etr.csv" >/dev/null
for practice in A81001 K81017 P84037; do
	with_keys org enrol $practice >/dev/null
done

echo "3. Each gives its register of carers; each gets its cards in one file."
for batch in "A81001 a4x10" "K81017 cr80" "P84037 letter"; do
	practice=${batch% *}
	layout=${batch#* }
	with_keys issue --org "$practice" --csv "$here/registers/$practice.csv" \
		--cards "$practice.pdf" --layout "$layout" >said
	sed "1!d; s/^/   $practice: /" said
done
# What a list of cards is made from: the same register again issues nothing.
with_keys issue --org P84037 --csv "$here/registers/P84037.csv" --json >ardwick

echo "4. Life goes on: 9 cards are renewed, 6 are lost and replaced, 4 people"
echo "   are carers no longer, 1 wants to be forgotten."
member serial <ardwick | sed -n 1,9p >renewed
member serial <ardwick | sed -n 10,15p >lost
member serial <ardwick | sed -n 16,19p >over
cards_of renewed renew
cards_of lost replace --reason lost
cards_of over withdraw --reason ended
with_keys erase "$(member serial <ardwick | sed -n 20p)" >/dev/null

echo "5. What wards check against is published as plain files."
with_keys publish --out lists >/dev/null
echo

# One carer's card as it lies in a hand, and the one that she lost before.
card=$(with_keys find --org P84037 --ref invented-10 --json)
serial=$(printf '%s\n' "$card" | member serial)
with_keys card "$serial" -o card.png >/dev/null
with_keys card "$serial" -o card.pdf >/dev/null
printf '%s\n' "$card" | member url >card.txt
sed -n 10p ardwick | member url >lost.txt

check="carerpass-verify check --lists lists --state ward"
echo "A ward scans a card, without a network, and reads:"
# shellcheck disable=SC2086 # a command with its options
must $check card.png >verdict
indent "| " <verdict
echo
echo "Somebody shows the card that was reported lost. The ward reads:"
code=0
# shellcheck disable=SC2086
run $check "$(cat lost.txt)" >verdict </dev/null || code=$?
sed 4q verdict | indent "| "
if [ $code != 1 ]; then
	echo "demo: a replaced card must not be valid (exit $code)" >&2
	exit 1
fi
echo
echo "A commissioner asks how many people have a passport, and where:"
must carerpass adoption --by area >said
indent "" <said
echo "   (121 cards, 120 people: one has a card of two practices, and her NHS"
echo "   number says that she is one.)"
must carerpass adoption --by area --public --format csv >public.csv
echo
must carerpass audit >said
indent "" <said

# A port of its own each time: a browser remembers the root keys of an address.
timeout 3600 "$bin/carerpass-verify" serve --lists lists --state ward \
	--listen 127.0.0.1:0 >service.out 2>service.log </dev/null &
service=$!
echo $service >service.pid
tries=0
while ! grep -q '^listening on' service.out; do
	tries=$((tries + 1))
	if [ $tries = 100 ] || ! kill -0 $service 2>/dev/null; then
		echo "demo: the checking service does not start:" >&2
		cat service.log >&2
		exit 1
	fi
	sleep 0.1
done
page=$(sed -n 's/^listening on //p' service.out)
rm -f answer verdict said service.out

cat <<END

The checking service runs for an hour, then it ends by itself.
  Open     $page/
  and let it scan $2/card.png (or hold the sheet in A81001.pdf to the camera),
  or open the page as a phone's camera would:
           $page/#$(sed 's/.*#//' card.txt)
  End it:  kill $service

Cards to look at and print, in $2:
  A81001.pdf    a sheet of ten to a page
  K81017.pdf    bank cards, front and back
  P84037.pdf    letters in large print, each with a card to cut out
  card.png      one card for a phone; card.txt is what a camera reads
Figures that may go out: public.csv. Every command: transcript.

Try next:
  cd $2
  export CARERPASS_DATA=\$PWD/data PATH=$bin:\$PATH
  carerpass adoption --by setting
  carerpass find --passphrase-file passphrase --org A81001 --name gwen
  carerpass-verify check --lists lists --state ward - <card.txt
  sed 's/.*#//' card.txt | curl --data-binary @- -H 'Content-Type: text/plain' \\
      $page/v1/verify
END
