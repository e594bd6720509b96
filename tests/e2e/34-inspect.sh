#!/bin/sh
# Goal: inspect shows every field of a code whether it verifies or not, says
# that nothing was checked, and where decoding stopped.
set -eu
. "$ROOT/tests/kit/scenario.sh"
folder p

for kind in valid forged stranger expired withdrawn; do
	exits 0 "$verify" inspect "$(code $kind)"
	is "$(head -c 11 out)" "NOT CHECKED"
	has out '"Margaret Thompson"'
	has out '"A81001"'
	has out 'a1b2c3d4e5 = M6SC-7N75-0'
	has out '"verify.example"'
	has out '-19'
	lacks out STOPPED
done
exits 0 "$verify" inspect "$(code valid)"
has out "1858464000 = 2028-11-22T00:00:00Z (valid to 2028-11-21)"
has out "1 = list 0, position 1"
has out "0 = adult"

# Digits alone, a number, several lines.
c=$(code valid)
exits 0 "$verify" inspect "${c#*#}"
lacks out verify.example
exits 0 "$verify" inspect m6sc7n750
has out "M6SC-7N75-0"
for kind in valid young forged; do
	printf '%s\n' "$(code $kind)"
done >input
exits 0 "$verify" inspect - <input
is "$(grep -c 'NOT CHECKED' out)" 3
exits 1 "$verify" inspect - </dev/null

# Malformed: the row and the field.
exits 1 "$verify" inspect rubbish
has out "STOPPED         row 1, text"
exits 1 "$verify" inspect 1234
has out "row 2, digits"
exits 1 "$verify" inspect 123
has out "row 2, token"
exits 1 "$verify" inspect "${c%?????????????????}"
has out "row 2, signature"
broken() {
	"$python" - "$ROOT/tests/oracle" "$1" <<-'END'
		import sys
		sys.path.insert(0, sys.argv[1])
		import carer
		c = carer.claims(iat=1790000000, exp=1800000000)
		exec(sys.argv[2])
		print(carer.to_digits(carer.passport(carer.Key('x'), c)))
	END
}
for pair in 'c[4]=1|claim 6 iat' 'c[4]=-1|claim 4 exp' 'c[1]=b"A"|claim 1 iss' \
	'c[7]=b"1234"|claim 7 cti' 'c[8]=1|claims' 'del c[6]|claims' \
	'c[carer.PRIVATE][1]="<b>"|1 name' 'c[carer.PRIVATE][2]=2|2 class' \
	'c[carer.PRIVATE][3]=1<<32|3 index' 'c[4]=1<<62|claim 4 exp' \
	'c[carer.PRIVATE][4]=1|claim -65537'; do
	exits 1 "$verify" inspect "$(broken "${pair%|*}")"
	has out "STOPPED         row 9, "
	has out "${pair#*|}"
done

# Nothing in a code can play tricks on the terminal.
exits 1 "$verify" inspect "$(broken \
	'c[carer.PRIVATE][1]="A\x1b[31m\u202e\u0430\u200b\"\\"')"
has out '"A\u{1b}[31m\u{202e}\u{430}\u{200b}\"\\"'
exits 1 "$verify" inspect "$(printf 'a\033]0;x\007\302\233\377')"
is "$(LC_ALL=C grep -c '[^ -~]' out || :)" 0
exits 2 "$verify" inspect
exits 2 "$verify" inspect a b
finish
