#!/bin/sh
# What must hold when a process is killed, dumped, robbed of its files or run by
# an enemy: every script of this folder that can be run.
#   tests/faults/run.sh BUILD_DIR [TEST...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
if [ $# = 0 ]; then
	for t in "$here"/*.sh "$here"/*.py; do
		if [ "$t" != "$here/run.sh" ] && head -n 1 "$t" | grep -q '^#!'
		then
			set -- "$@" "$t"
		fi
	done
fi
# What they print are the figures that docs/ quotes.
SHOW=1 TEST_SECS=${TEST_SECS:-900} exec sh "$here/../run.sh" "$build" + "$@"
