#!/bin/sh
# Goal of this test: the demonstration works, and what it says at its end is true:
# the page is there, the card that it names is confirmed, and the service ends.
#   tests/demo.sh BUILDROOT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$1" && pwd)
work=$root/demo-test

fail() {
	echo "demo: $*" >&2
	exit 1
}

sh "$here/../demo/run.sh" "$root/release" "$work" >"$root/demo-test.out"
service=$(cat "$work/service.pid")
trap 'kill "$service" 2>/dev/null || :' EXIT
page=$(sed -n 's/^  Open  *//p' "$root/demo-test.out")
curl -sf "$page" | grep -qi '<html' || fail "there is no page at $page"
sed 's/.*#//' "$work/card.txt" | curl -sf --data-binary @- \
	-H 'Content-Type: text/plain' "${page}v1/verify" |
	grep -q '"verdict":"valid"' || fail "its card is not confirmed"
curl -sf "${page}readyz" >/dev/null || fail "the service is not ready"
kill "$service"
tries=0
while kill -0 "$service" 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 200 ] || fail "the service does not end"
	sleep 0.1
done
echo "demo: the page, a confirmed card, and a good end"
