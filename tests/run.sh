#!/bin/sh
# Runs test programs one by one and counts them.
#   tests/run.sh BUILD_DIR INTERPRETER FILE...
# Each file runs with BIN (programs), ROOT (this repository) and SHARED (the
# folder of vectors/ and data/: beside the repository, or else tests/) in a new folder that is also its HOME,
# without a terminal, and for TEST_SECS (300) seconds at most.  INTERPRETER "-":
# the files are programs that run in ROOT, as unit tests do, behind the command
# WRAP if there is one.  KEEP=1 keeps the folders of tests that fail.
set -eu

[ $# -ge 2 ] || { echo "usage: $0 BUILD_DIR INTERPRETER FILE..." >&2; exit 2; }
BIN=$(cd "$1" && pwd)
ROOT=$(cd "$(dirname "$0")/.." && pwd)
SHARED=${SHARED:-$ROOT/../shared}
[ -d "$SHARED/vectors" ] || SHARED=$ROOT/tests
with=$2
shift 2
export BIN ROOT SHARED LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
unset CARERPASS_DATA STATE_DIRECTORY XDG_STATE_HOME

work=$(mktemp -d "${TMPDIR:-/tmp}/carerpass-test.XXXXXX")
trap 'rm -rf "$work/log"; rmdir "$work" 2>/dev/null || :' EXIT
trap 'rm -rf "$work"; exit 130' INT TERM

# Runs one file; its output is in $work/log.
run() {
	file=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
	home=$2
	mkdir "$home"
	if [ "$with" = - ]; then
		cd "$ROOT"
		# shellcheck disable=SC2086 # a command and its options
		set -- ${WRAP:-} "$file"
	else
		cd "$home"
		set -- "$with" "$file"
	fi
	HOME=$home timeout -k 10 "${TEST_SECS:-300}" "$@" </dev/null \
		>"$work/log" 2>&1
}

# What the test said about itself: the count of cmocka, or its last line.
summary() {
	sed -n 's/^\[  PASSED  \] \([0-9]* test\)(s).*/ (\1s)/p
		s/^\([0-9][0-9]* passed\)\(, 0 failed\)*$/ (\1)/p' \
		"$work/log" | tail -n 1
}

passed=0 failed=0
for t in "$@"; do
	name=$(basename "$t")
	start=$(date +%s)
	code=0
	(run "$t" "$work/$name") || code=$?
	took=$(($(date +%s) - start))
	if [ "$code" = 0 ]; then
		passed=$((passed + 1))
		echo "ok   $name$(summary)$([ $took -lt 5 ] || echo ", $took s")"
		rm -rf "${work:?}/$name"
		continue
	fi
	failed=$((failed + 1))
	tail -n 60 "$work/log" | sed 's/^/     /'
	echo "FAIL $name (exit $code after $took s)"
	if [ -n "${KEEP:-}" ]; then
		cp "$work/log" "$work/$name/log"
		echo "     its folder: $work/$name"
	else
		rm -rf "${work:?}/$name"
	fi
done
[ $((passed + failed)) -gt 0 ] || { echo "no tests" >&2; exit 1; }
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
