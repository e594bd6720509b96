#!/bin/sh
# A whole and consistent copy of a data folder, while the scheme goes on.
#   backup.sh DATA FOLDER      makes FOLDER/2026-11-22T031500Z
# Run it as the user that issues. Needs sqlite3(1).
set -eu
umask 077
data=$1
to=$2/$(date -u +%Y-%m-%dT%H%M%SZ)
mkdir -p "$to/keys"

# The signer's own lock: no card is issued and nothing published meanwhile; a
# command that tries ends with exit code 69.
# shellcheck disable=SC2016 # the inner shell has its own $1 and $2
flock "$data/keys/journal" sh -eu -c '
	cp -p "$1"/keys/* "$2/keys/"
	cp -p "$1/carerpass.conf" "$1/root.pub" "$2/"
	[ ! -f "$1/trust.cwt" ] || cp -p "$1/trust.cwt" "$2/"
	sqlite3 "$1/registry.db" ".backup \"$2/registry.db\""
' sh "$data" "$to"

answer=$(sqlite3 "file:$to/registry.db?immutable=1" "PRAGMA integrity_check")
[ "$answer" = ok ] || { echo "backup.sh: $to: $answer" >&2; exit 74; }
sync -f "$to"
echo "$to"
