#!/bin/sh
# Every test, the quick and telling ones first; stops at the first stage that
# fails, unless KEEP_GOING=1.
#   tests/check.sh BUILDROOT         MAKE="make BUILDROOT=..." by the Makefile
# The whole output of a stage is in BUILDROOT/check/STAGE.log.
set -eu
root=$1
make=${MAKE:-make}
jobs=-j$(nproc)
case ${MAKEFLAGS:-} in *--jobserver*) jobs= ;; esac
logs=$root/check
mkdir -p "$logs"
passed=0 failed=0 skipped=0
begun=$(date +%s)

# The line with which a stage sums itself up, if it has one.
summary() {
	grep -E '^([0-9]+ passed|[a-z]+: |the core )' "$1" | tail -n 1
}

# run NAME TARGET...: one make call; its exit code and seconds to NAME.took.
run() {
	name=$1
	shift
	start=$(date +%s)
	code=0
	# shellcheck disable=SC2086 # $make and $jobs are words
	$make $jobs BUILDROOT="$root" "$@" >"$logs/$name.log" 2>&1 </dev/null ||
		code=$?
	echo "$code $(($(date +%s) - start))" >"$logs/$name.took"
}

report() {
	read -r code took <"$logs/$1.took"
	if [ "$code" = 0 ]; then
		passed=$((passed + 1))
		printf 'ok   %-9s %4d s  %s\n' "$1" "$took" \
			"$(summary "$logs/$1.log")"
	else
		failed=$((failed + 1))
		tail -n 80 "$logs/$1.log" | sed 's/^/     /'
		printf 'FAIL %-9s %4d s  all of it: %s\n' "$1" "$took" \
			"$logs/$1.log"
	fi
}

# Is this one left out because another has failed?
left_out() {
	[ $failed -gt 0 ] && [ -z "${KEEP_GOING:-}" ] || return 1
	skipped=$((skipped + $1))
}

# stage NAME TARGET...: runs it and tells.
stage() {
	left_out 1 && return
	run "$@"
	report "$1"
}

# together "NAME TARGET..." ...: stages that wait more than they work, at once.
# What they need must have been built by a stage before.
together() {
	left_out $# && return
	for words in "$@"; do
		# shellcheck disable=SC2086 # a stage's words
		run $words &
	done
	wait
	for words in "$@"; do
		report "${words%% *}"
	done
}

stage release BUILD=release all
stage floors floors
stage unit BUILD=debug unit
stage wasm wasm
stage channels BUILD=release channels
stage e2e BUILD=release e2e
stage cards BUILD=release cards-test
together "http BUILD=release http" "oracle BUILD=release oracle"
stage browser BUILD=release browser
stage dist BUILD=release dist-test
stage faults BUILD=release faults
stage lint lint
stage install install-test
stage demo demo-test
stage asan asan
stage ubsan BUILD=ubsan unit
stage fuzz fuzz FUZZ_SECS="${FUZZ_SECS:-10}"
stage valgrind valgrind
stage coverage coverage COV_CORE="${COV_CORE:-99}"

left=
[ $skipped = 0 ] || left=", $skipped not run"
echo "$passed passed, $failed failed$left (stages, in" \
	"$(($(date +%s) - begun)) s)"
[ $failed = 0 ]
