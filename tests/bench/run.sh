#!/bin/sh
# All benchmarks: programs, then scripts.  Each runs its baseline in the same
# round, for only ratios within one run mean anything.
#   tests/bench/run.sh BUILD_DIR BENCH...
set -eu
BIN=$(cd "$1" && pwd)
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
SHARED=${SHARED:-$ROOT/../shared}
[ -d "$SHARED/vectors" ] || SHARED=$ROOT/tests
export BIN ROOT SHARED LC_ALL=C.UTF-8
shift
for b in "$ROOT"/tests/bench/[!r]*.sh "$ROOT"/tests/bench/*.py; do
	[ ! -f "$b" ] || set -- "$@" "$b"
done
[ $# -gt 0 ] || { echo "no benchmarks" >&2; exit 1; }

echo "$(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
	"$(uname -sr), $(cc --version | head -n 1)"
for b in "$@"; do
	echo
	echo "== $(basename "$b")"
	case $b in
	*.sh) sh "$b" ;;
	*.py) /usr/bin/python3 "$b" ;;
	*) cd "$ROOT" && "$b" ;;
	esac
done
