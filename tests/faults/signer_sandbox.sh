#!/bin/sh
# Goal: once unlocked, the signer can make 13 system calls; any other ends it.
#   BIN=build/release tests/faults/signer_sandbox.sh
# The program goes the signer's own way; every number from 0 to 469 is tried.
set -eu
prog=${BIN:?the folder of built programs}/faults/signer_sandbox
[ -x "$prog" ] || { echo "$prog: not built" >&2; exit 1; }
exec "$prog"
