#!/bin/sh
# Goal of this test: one case file, judged through every channel, gets the same
# verdict JSON byte for byte, in both languages, and the one that the
# independent judge wants.
#   tests/cases/run.sh BUILD_DIR CORE.WASM [CHANNEL...]
# A channel is a name and a file by_NAME.py, .mjs or .sh beside this script. It
# is run as "by_NAME BUILD_DIR CORE.WASM CASES" and prints a line a case
# (README.md); the first line of its own, "# lacks N", if it cannot take all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
core=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
shift 2
[ $# -gt 0 ] || set -- cli wasm http page
work=$(mktemp -d "${TMPDIR:-/tmp}/carerpass-cases.XXXXXX")
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8

# shellcheck disable=SC2086 # NOW may be absent
/usr/bin/python3 "$here/make_cases.py" "$work/cases" ${NOW:+--now "$NOW"}
# judge CHANNEL: runs it; what it says to $work/CHANNEL.said.
judge() {
	for program in "$here/by_$1".*; do
		case $program in
		*.py) with=/usr/bin/python3 ;;
		*.mjs) with=node ;;
		*.sh) with="sh" ;;
		*) echo "$0: there is no channel $1" >&2; return 2 ;;
		esac
	done
	"$with" "$program" "$build" "$core" "$work/cases" >"$work/$1.said"
}

# All at once: each waits for processes of its own.
for channel in "$@"; do
	(judge "$channel" && : >"$work/$channel.done") &
done
wait
files=
for channel in "$@"; do
	if [ ! -f "$work/$channel.done" ]; then
		echo "the channel $channel has failed" >&2
		exit 1
	fi
	lacks=$(sed -n '1s/^# lacks //p' "$work/$channel.said")
	sed '1{/^# lacks /d;}' "$work/$channel.said" >"$work/$channel"
	files="$files $channel${lacks:+:$lacks}=$work/$channel"
done
# shellcheck disable=SC2086 # names without spaces
/usr/bin/python3 "$here/compare.py" "$work/cases" $files
