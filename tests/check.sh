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

# stage NAME TARGET...: one make call.
stage() {
	name=$1
	shift
	if [ $failed -gt 0 ] && [ -z "${KEEP_GOING:-}" ]; then
		skipped=$((skipped + 1))
		return
	fi
	start=$(date +%s)
	# shellcheck disable=SC2086 # $make and $jobs are words
	if $make $jobs BUILDROOT="$root" "$@" \
		>"$logs/$name.log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		printf 'ok   %-9s %4d s  %s\n' "$name" \
			$(($(date +%s) - start)) "$(summary "$logs/$name.log")"
	else
		failed=$((failed + 1))
		tail -n 80 "$logs/$name.log" | sed 's/^/     /'
		printf 'FAIL %-9s %4d s  all of it: %s\n' "$name" \
			$(($(date +%s) - start)) "$logs/$name.log"
	fi
}

stage release BUILD=release all
stage floors floors
stage unit BUILD=debug unit
stage wasm wasm
stage channels BUILD=release channels
stage e2e BUILD=release e2e
stage oracle BUILD=release oracle
stage cards BUILD=release cards-test
stage http BUILD=release http
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
