#!/bin/sh
# Each fuzzer for FUZZ_SECS (30) seconds, one more at a time than there are
# processors.  What a fuzzer learns stays in BUILDROOT/corpus/NAME; it starts
# from that and from tests/fuzz/corpus/NAME, with the words of
# tests/fuzz/dict/NAME where there are some.
#   tests/fuzz/run.sh BUILDROOT FUZZER...
set -eu
here=$(cd "$(dirname "$0")" && pwd)

one() {
	kept=$1/corpus
	name=$(basename "$2" | sed 's/^fuzz_//')
	log=$kept/$name.log
	mkdir -p "$kept/$name"
	set -- "$2" "$kept/$name"
	[ ! -d "$here/corpus/$name" ] || set -- "$@" "$here/corpus/$name"
	[ ! -f "$here/dict/$name" ] || set -- "$@" "-dict=$here/dict/$name"
	if "$@" -max_total_time="${FUZZ_SECS:-30}" -timeout=5 \
		-rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$kept/$name-" >"$log" 2>&1 </dev/null
	then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		inputs=$(find "$kept/$name" -type f | wc -l)
		echo "ok   fuzz $name, $runs runs, $inputs inputs kept"
	else
		tail -n 40 "$log" | sed 's/^/     /'
		echo "FAIL fuzz $name (the input is $kept/$name-*)"
		return 1
	fi
}

if [ "$1" = --one ]; then
	one "$2" "$3"
	exit
fi
root=$1
shift
[ $# -gt 0 ] || { echo "no fuzzers" >&2; exit 1; }
code=0
printf '%s\n' "$@" | xargs -n 1 -P "$(($(nproc) + 1))" sh "$0" --one "$root" || code=1
if [ $code = 0 ]; then
	echo "$# passed, 0 failed"
fi
exit $code
