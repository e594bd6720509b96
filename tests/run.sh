#!/bin/sh
# Runs test programs, several at a time, and counts them.
#   tests/run.sh BUILD_DIR INTERPRETER FILE...
# Each file runs with BIN (programs), ROOT (this repository) and SHARED (the
# folder of vectors/ and data/: ../shared, or tests/ where there is none), in a
# new folder that is also its HOME, without a terminal, and for TEST_SECS (300)
# seconds at most.
# INTERPRETER "+": what the file's first line names; "-": the files are programs
# that run in ROOT, as unit tests do, behind the command WRAP if there is one.
# JOBS=N so many at a time (one more than there are processors, for they wait,
# too); KEEP=1 keeps the folders of tests that fail; SHOW=1 shows what tests that
# pass have printed, but for their last line.
set -eu

# The log of one file to ${2}.log, and what became of it to standard output.
one() {
	file=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
	mkdir "$2"
	if [ "$with" = - ]; then
		cd "$ROOT"
		# shellcheck disable=SC2086 # a command and its options
		set -- ${WRAP:-} "$file"
	else
		cd "$2"
		[ "$with" != + ] || with=$(sed -n '1s/^#! *//p' "$file")
		set -- "$with" "$file"
	fi
	timeout -k 10 "${TEST_SECS:-300}" "$@" </dev/null
}

# What the test said about itself: the count of cmocka, or its last line.
summary() {
	sed -n 's/^\[  PASSED  \] \([0-9]* test\)(s).*/ (\1s)/p
		s/^\([0-9][0-9]* passed\)\(, 0 failed\)*$/ (\1)/p' "$1" |
		tail -n 1
}

report() {
	name=$(basename "$1")
	room=$work/$name
	start=$(date +%s)
	code=0
	(HOME=$room one "$1" "$room") >"$room.log" 2>&1 || code=$?
	took=$(($(date +%s) - start))
	if [ $code = 0 ]; then
		echo "ok   $name$(summary "$room.log")," \
			"$took s" | sed 's/, [0-4] s$//'
		[ -z "${SHOW:-}" ] || sed '$d; s/^/     /' "$room.log"
		rm -rf "$room" "$room.log"
		return 0
	fi
	{
		tail -n 60 "$room.log" | sed 's/^/     /'
		echo "FAIL $name (exit $code after $took s)"
		[ -z "${KEEP:-}" ] || echo "     its folder: $room"
	} >"$room.said"
	cat "$room.said" # at once, so that two do not mix
	[ -n "${KEEP:-}" ] || rm -rf "$room"
	: >"$work/failed.$name"
}

if [ "$1" = --one ]; then
	with=$2
	report "$3"
	exit
fi
[ $# -ge 3 ] || { echo "usage: $0 BUILD_DIR INTERPRETER FILE..." >&2; exit 2; }
BIN=$(cd "$1" && pwd)
ROOT=$(cd "$(dirname "$0")/.." && pwd)
SHARED=${SHARED:-$ROOT/../shared}
work=$(mktemp -d "${TMPDIR:-/tmp}/carerpass-test.XXXXXX")
with=$2
shift 2
# Unit tests look for the copies in tests/ by themselves.
[ "$with" = - ] || [ -d "$SHARED/vectors" ] || SHARED=$ROOT/tests
export BIN ROOT SHARED work LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
# Scenarios that preload a clock put it before the sanitizer's library.
export ASAN_OPTIONS="${ASAN_OPTIONS:-verify_asan_link_order=0}"
unset CARERPASS_DATA STATE_DIRECTORY XDG_STATE_HOME
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT

printf '%s\n' "$@" |
	xargs -n 1 -P "${JOBS:-$(($(nproc) + 1))}" sh "$ROOT/tests/run.sh" --one "$with"
failed=$(find "$work" -maxdepth 1 -name 'failed.*' | wc -l)
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" = 0 ]
