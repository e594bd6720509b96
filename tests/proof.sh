#!/bin/sh
# The long runs, whose figures the documents quote.  Hours are welcome:
#   PROOF_SECS=3600 make proof      seconds a fuzzer (600)
#   PROOF_KILLS=N PROOF_IMAGES=N PROOF_EVERY=N   how often a process is killed
#                                   (10,000), how many power cuts (20,000), each
#                                   N-th call that fails (1)
#   PROOF_INPUTS=N                  inputs of the two judges (1,000,000)
#   tests/proof.sh BUILDROOT
set -eu
root=$1
make="${MAKE:-make} BUILDROOT=$root"
mkdir -p "$root/proof"
failed=0

# part NAME COMMAND...: to the screen and to BUILDROOT/proof/NAME.
part() {
	name=$1
	shift
	echo "== $name"
	{ "$@" 2>&1 && echo "-- good"; } | tee "$root/proof/$name"
	tail -n 1 "$root/proof/$name" | grep -qx -- '-- good' ||
		failed=$((failed + 1))
}

# shellcheck disable=SC2086 # $make is a command and its options
{
	part coverage env COV_ALL=1 $make coverage
	part valgrind $make valgrind VALGRIND_ALL=1
	part analyser env TIDY_BOUND= LINT=tidy $make lint
	part faults env KILLS="${PROOF_KILLS:-10000}" FILLS=50 BACKUPS=30 \
		MIRROR_KILLS="${PROOF_MIRROR_KILLS:-500}" \
		IMAGES="${PROOF_IMAGES:-20000}" EVERY="${PROOF_EVERY:-1}" \
		TEST_SECS=43200 $make BUILD=release faults
	part http env SLOW_KINDS=all SLOW_SECS=40 FLOOD_SECS=60 PAIRS=10000 \
		REFRESHES=500 REFRESH_KILLS=200 TEST_SECS=3600 \
		$make BUILD=release http
	part cards env CARDS=1000 TEST_SECS=3600 $make BUILD=release cards-test
	part fuzz $make fuzz FUZZ_SECS="${PROOF_SECS:-600}"
	part second-judge env WASM_FUZZ="${PROOF_INPUTS:-1000000}" $make wasm
	part channels env PAGE_EVERY=1 PAGE_BULK=4 $make BUILD=release channels
	part browser env N=1000 TEST_SECS=3600 $make BUILD=release browser
	part bench $make bench
}
echo "$failed parts failed; what they printed is in $root/proof"
[ $failed = 0 ]
