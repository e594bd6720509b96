#!/bin/sh
# The independent checker and issuer: Python, sharing no code with the C.
#   tests/run-oracle.sh BUILD_DIR [TEST...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
[ $# -gt 0 ] || set -- "$here"/oracle/test_*.py
exec sh "$here/run.sh" "$build" /usr/bin/python3 "$@"
