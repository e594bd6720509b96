#!/bin/sh
# Goal: what carerpass publishes is mirrored to the byte, its withdrawals reach
# the copy with one run, and a key that was revoked is gone from it.
set -eu
. "$ROOT/tests/kit/practice.sh"
quick
scheme
unset http_proxy https_proxy all_proxy
umask 022
exits 0 carer issue --org A81001 --name "Siân O'Neill" --ref 1 --json
cp out card
serial=$(member serial card)
url=$(member url card)
mkdir site
exits 0 carer publish --out site/lists
"$python" "$ROOT/tests/kit/mirror_server.py" site &
server=$!
trap 'kill $server' EXIT
tries=0
until [ -f site.port ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || fail "the server does not start"
	sleep 0.1
done

mirror() {
	exits 0 "$BIN/carerpass-lists" --root data/root.pub \
		"http://127.0.0.1:$(cat site.port)/lists/" lists
	diff -r site/lists lists || fail "the copy is another folder"
}

mirror
judged ok "$url"
exits 0 carer withdraw "$serial" --reason lost
exits 0 carer publish --out site/lists
mirror
has out "1 of them new"
judged withdrawn "$url"
mirror
has out "Nothing new"
# The issuer may publish over a mirror's folder: it is one of its own.
exits 0 carer publish --out lists
finish
