# shellcheck shell=sh
# For the scenarios of the verifier: sourced after "set -eu".  Counts what was
# checked; the scenario ends with "finish".
verify=$BIN/carerpass-verify
# shellcheck disable=SC2034 # for the scenarios
scan=$BIN/carerpass-scan
now=2026-11-22T12:00:00Z
python=/usr/bin/python3
checked=0

fail() {
	echo "not as it should be: $*" >&2
	exit 1
}

# folder OUT [OPTION...]: a published folder and codes (tests/kit/folder.py).
folder() {
	"$python" "$ROOT/tests/kit/folder.py" "$@"
}

# exits CODE COMMAND...: runs it with its output in ./out and ./err.
exits() {
	want=$1
	shift
	got=0
	"$@" >out 2>err || got=$?
	[ "$got" = "$want" ] || {
		cat out err >&2
		fail "exit $got, not $want: $*"
	}
	checked=$((checked + 1))
}

# has FILE TEXT: the file holds the text.
has() {
	grep -qF -- "$2" "$1" || {
		cat "$1" >&2
		fail "$1 does not hold: $2"
	}
	checked=$((checked + 1))
}

# lacks FILE TEXT
lacks() {
	! grep -qF -- "$2" "$1" || {
		cat "$1" >&2
		fail "$1 holds: $2"
	}
	checked=$((checked + 1))
}

# is A B: two texts are the same.
is() {
	[ "$1" = "$2" ] || fail "'$1' is not '$2'"
	checked=$((checked + 1))
}

# check WORDS...: carerpass-verify check on ./p/lists at $now.
check() {
	"$verify" check --lists p/lists --state state --now "$now" "$@"
}

# code KIND: the code of that kind.
code() {
	cat "p/code/$1"
}

finish() {
	echo "$checked passed"
}
