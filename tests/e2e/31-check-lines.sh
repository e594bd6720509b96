#!/bin/sh
# Goal: "check -" answers each line at once, one result a line, whatever the
# line holds.
set -eu
. "$ROOT/tests/kit/scenario.sh"
folder p --codes 300

# As many results as lines, in their order.
exits 0 check --json - <p/codes
is "$(wc -l <out)" 300
is "$(sed -n '7s/.*"serial":"\([^"]*\)".*/\1/p' out)" 0000-0006-6
exits 0 check - <p/codes
is "$(wc -l <out)" 300
is "$(grep -c '^valid  Carer passport confirmed\. ' out)" 300

# Blank, CRLF, NUL, over-long, invalid UTF-8, and a last line without an end.
{
	printf '\n'
	printf '%s\r\n' "$(code valid)"
	printf 'a\000b\n'
	head -c 5000 /dev/zero | tr '\000' 9
	printf '\n\377\376\n'
	head -c 200000 /dev/zero | tr '\000' ' '
	printf '%s\n' "$(code valid)"
	printf '%s' "$(code withdrawn)"
} >input
exits 1 check --json - <input
is "$(sed 's/.*"reason":"\([^"]*\)".*/\1/' out | tr '\n' ' ')" \
	"malformed ok malformed malformed malformed malformed withdrawn "
exits 65 check - </dev/null
has err "holds no code"

# A result never waits for the next line: the other end sees it while the
# input is still open.
mkfifo in out1
check --json - <in >out1 &
pid=$!
exec 3>in 4<out1
for kind in valid forged young; do
	printf '%s\n' "$(code $kind)" >&3
	read -r answer <&4
	echo "$answer" >answer
	has answer '"verdict"'
done
# Half a line, a pause, the other half.
c=$(code valid)
printf '%.40s' "$c" >&3
sleep 0.2
printf '%s\n' "${c#????????????????????????????????????????}" >&3
read -r answer <&4
echo "$answer" >answer
has answer '"reason":"ok"'
exec 3>&-
code=0
wait $pid || code=$?
is "$code" 1

# Output that nobody takes is an error, not silence.
if [ -w /dev/full ]; then
	got=0
	check - <p/codes >/dev/full 2>err || got=$?
	is "$got" 74
fi
finish
