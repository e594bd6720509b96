#!/bin/sh
# The numbered scenarios, each a story told with the real programs.
#   tests/e2e/run.sh BUILD_DIR [SCENARIO...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
[ $# -gt 0 ] || set -- "$here"/[0-9]*.sh
exec sh "$here/../run.sh" "$build" sh "$@"
