#!/bin/sh
# Runs unit tests, scenarios and the independent checker on an instrumented
# build, and tells which lines and branches of the house they reached.
#   tests/coverage.sh BUILD_DIR UNIT_TEST...       COV_CORE=N: see coverage.py
# The scenarios say little about the core, so they run with COV_ALL=1 only ('make
# proof'); without them the programs' own parts show less than is reached.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift
rm -rf "$build/prof"
mkdir -p "$build/prof"
export LLVM_PROFILE_FILE="$build/prof/%4m.profraw"

# tell COMMAND...: its output only if it fails.
tell() {
	"$@" >"$build/prof/log" 2>&1 || { cat "$build/prof/log"; exit 1; }
	echo "$(basename "$2"): $(tail -n 1 "$build/prof/log")"
}

tell sh "$here/run.sh" "$build" - "$@"
[ -z "${COV_ALL:-}" ] || tell sh "$here/e2e/run.sh" "$build"
tell sh "$here/run-oracle.sh" "$build"

objects=
for program in carerpass carerpass-verify carerpass-scan carerpass-lists; do
	objects="$objects -object $build/$program"
done
for test in "$@"; do
	objects="$objects -object $test"
done
llvm-profdata merge -sparse -o "$build/prof/all" "$build"/prof/*.profraw
# shellcheck disable=SC2086 # words of ours, none with a space
llvm-cov export -summary-only -instr-profile "$build/prof/all" \
	-ignore-filename-regex='(tests|gen)/' $objects \
	>"$build/prof/coverage.json" 2>"$build/prof/log" || {
	cat "$build/prof/log"
	exit 1
}
/usr/bin/python3 "$here/coverage.py" "$build/prof/coverage.json"
