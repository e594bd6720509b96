#!/bin/sh
# Goal: carerpass-lists makes a true copy of a published folder over https and
# nothing else: what is not signed, not whole or older than the copy changes
# nothing, what is good is taken, and what a run costs is what is new.
set -eu
. "$ROOT/tests/kit/scenario.sh"
lists=$BIN/carerpass-lists
faketime=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1
export TZ=UTC
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
servers=
stop() {
	# shellcheck disable=SC2086 # process ids
	[ -z "$servers" ] || kill $servers 2>/dev/null || :
}
trap stop EXIT

# at TIME COMMAND...: by that clock.
at() {
	when=$1
	shift
	LD_PRELOAD=$faketime FAKETIME="@$when" "$@"
}

# serve NAME WORDS...: the folder NAME, its address in $url.
serve() {
	name=$1
	shift
	mkdir -p "$name"
	"$python" "$ROOT/tests/kit/mirror_server.py" "$name" --rules rules \
		"$@" &
	servers="$servers $!"
	tries=0
	until [ -f "$name.port" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "the server does not start"
		sleep 0.1
	done
	port=$(cat "$name.port")
	url=https://127.0.0.1:$port/lists/
}

# certificate NAME: an authority and, signed by it, a server of 127.0.0.1.
certificate() {
	at "2026-11-01 00:00:00" openssl req -x509 -newkey ec -nodes \
		-pkeyopt ec_paramgen_curve:P-256 -days 60 -subj "/CN=$1 CA" \
		-addext keyUsage=critical,keyCertSign \
		-keyout "$1.ca.key" -out "$1.ca" 2>/dev/null
	at "2026-11-01 00:00:00" openssl req -newkey ec -nodes \
		-pkeyopt ec_paramgen_curve:P-256 -subj "/CN=server" \
		-keyout "$1.key" -out "$1.csr" 2>/dev/null
	printf 'subjectAltName=IP:127.0.0.1\n' >ext
	at "2026-11-01 00:00:00" openssl x509 -req -in "$1.csr" -days 50 \
		-CA "$1.ca" -CAkey "$1.ca.key" -CAcreateserial -extfile ext \
		-out "$1.pem" 2>/dev/null
}

# mirror CODE [WORD...]: a run at $clock into ./copy must end with CODE.
clock="2026-11-22 12:00:00"
mirror() {
	want=$1
	shift
	: >site.requests
	exits "$want" at "$clock" "$lists" --timeout 2 --cacert good.ca \
		--root root.pub "$@" "$url" copy
}

# judged REASON: what a verifier makes of the copy, and remembers.
judged() {
	got=0
	"$verify" check --lists copy --state ward --now "$now" --json \
		"$(code valid)" >out 2>err || got=$?
	has out "\"reason\":\"$1\""
}

# asked WANT: how many files were sent, and how many were the same as before.
asked() {
	is "$(grep -c ' 200 ' site.requests) $(grep -c ' 304 ' site.requests)" \
		"$1"
}

# untouched: the copy is the very folder that it was, with these bytes.
remember() {
	stat -c %i copy >inode
	rm -rf before
	cp -r copy before
}
untouched() {
	is "$(stat -c %i copy)" "$(cat inode)"
	diff -r before copy >&2 || fail "the copy has changed"
}

# publish WORDS...: another folder in the place of the server's.
publish() {
	folder p --lists 3 "$@"
	sed 's/\([:,]\) /\1/g' p/lists/index.json >compact
	cat compact >p/lists/index.json
	rm -rf site/lists
	cp -r p/lists site/lists
}

certificate good
certificate other
serve site --cert good.pem --key good.key
publish
cp p/lists/root.pub root.pub
echo "# our scheme" >>root.pub

# --- a first copy, and an hour later ---
mirror 0
has out "Mirrored to"
has out "3 status lists, 3 of them new"
is "$(cat err)" ""
asked "5 0"
for f in trust.cwt index.json status/0.cwt status/1.cwt status/2.cwt; do
	cmp "site/lists/$f" "copy/$f" || fail "$f is not a copy"
done
cmp root.pub copy/root.pub || fail "root.pub is not that of --root"
is "$(find copy -printf '%m %P\n' | sort)" "644 index.json
644 root.pub
644 status/0.cwt
644 status/1.cwt
644 status/2.cwt
644 trust.cwt
755 
755 status"
judged ok
remember
mirror 0
has out "Nothing new"
asked "1 4"
untouched
mirror 0 --quiet
is "$(cat out err)" ""

# --- the server's bad days: nothing changes, and it is said ---
bad() {
	want=$1
	printf '%s\n' "$2" >rules
	mirror "$want"
	has err "$3"
	[ -z "${4:-}" ] || has err "$4"
	untouched
	judged ok
}
t=/lists/trust.cwt
bad 66 "$t status 404" "there is no trust.cwt"
bad 69 "$t status 503" "answers with 503"
bad 69 "$t status 403" "answers with 403"
bad 69 "$t redirect http://127.0.0.1:$port$t" "Redirections are not followed"
bad 69 "$t redirect https://127.0.0.1:$port/lists/root.pub" "not followed"
bad 69 "$t half" "cannot be fetched"
bad 69 "$t stall" "cannot be fetched"
bad 65 "$t bytes 4194305" "longer than 4194304 bytes"
bad 65 "$t endless" "longer than 4194304 bytes"
bad 65 "$t file $PWD/p/lists/root.pub" "is damaged or not signed by a root key"
bad 65 "$t bytes 0" "is damaged or not signed by a root key"
s=/lists/status/1.cwt
bad 65 "$s status 404" "the server has no such list" \
	"copy/status/1.cwt: not refreshed: it stays as of 2026-11-22T11:00:00Z, 60 minutes old"
bad 69 "$s status 500" "answers with 500"
bad 69 "$s half" "not refreshed"
bad 69 "$s drip" "not refreshed"
bad 65 "$s endless" "longer than 65536 bytes"
bad 65 "$s file $PWD/p/lists/status/2.cwt" "is not list number 1, whole and signed"
bad 65 "$s file $PWD/p/lists/trust.cwt" "is not list number 1"
bad 65 "/lists/index.json status 404" "is not there"
bad 65 "/lists/index.json file $PWD/root.pub" "is no index of lists"
bad 65 "/lists/index.json bytes 1048577" "longer than 1048576 bytes"
bad 69 "* status 502" "answers with 502"
printf '[]' >array
bad 65 "/lists/index.json file $PWD/array" "is no index of lists"
# Three times no answer, and the server is left alone.
printf '%s\n' "/lists/status/0.cwt status 500" "$s status 500" \
	"/lists/index.json status 500" >rules
mirror 69
has err "asked for nothing more"
lacks site.requests /lists/status/2.cwt
untouched
# Odd, but none of our business.
printf '%s\n' "* type text/html" >rules
mirror 0
untouched
printf '%s\n' "* untagged" >rules
mirror 0
asked "5 0"
untouched
# A list that is left out of the index is not forgotten.
printf '{"status":[{"n":0}]}' >short
printf '%s\n' "/lists/index.json file $PWD/short" >rules
mirror 0
untouched
rm rules

# --- what is newer is taken, whole; what is older never ---
publish --seq 8 --status-iat 2026-11-22T11:30:00Z
printf '%s\n' "$s half" >rules
mirror 69
has out "Mirrored to"
has out "2 of them new"
cmp site/lists/status/0.cwt copy/status/0.cwt
cmp before/status/1.cwt copy/status/1.cwt
cmp site/lists/trust.cwt copy/trust.cwt
rm rules
judged ok
mirror 0
has out "1 of them new"
cmp site/lists/status/1.cwt copy/status/1.cwt
cmp site/lists/index.json copy/index.json
remember
publish --seq 8 --status-iat 2026-11-22T11:29:59Z
mirror 65
has err "status/0.cwt: is of 2026-11-22T11:29:59Z, older than ours of 2026-11-22T11:30:00Z: refused"
untouched
publish --seq 7
mirror 65
has err "is number 7 of 2026-11-21T12:00:00Z, and ours is number 8"
untouched
publish --seq 8 --trust-iat 2026-11-21T12:00:01Z
mirror 65
has err "with other bytes: refused"
untouched
publish --seq 9 --trust-iat 2026-11-21T11:59:59Z
mirror 65
has err "refused"
untouched
publish --seq 9 --status-iat 2026-11-23T12:00:01Z
mirror 65
has err "is not list number 0"
cmp before/status/0.cwt copy/status/0.cwt
judged ok
remember
folder q --root somebody --seq 20
rm -r site/lists
cp -r q/lists site/lists
mirror 65
has err "not signed by a root key of root.pub"
untouched
folder q --name "Hillside carers" --seq 20
rm -r site/lists
cp -r q/lists site/lists
mirror 78
has err "is for the scheme \"Hillside carers\""
untouched

# --- roots that change, and a damaged copy ---
publish --seq 10 --extra-root second --status-iat 2026-11-22T11:30:00Z
mirror 0
cmp root.pub copy/root.pub
cp p/lists/root.pub root.pub
mirror 0
cmp root.pub copy/root.pub || fail "the new root.pub is not taken"
for f in trust.cwt status/1.cwt index.json root.pub; do
	echo x >"copy/$f"
	mirror 0
	[ "$f" = root.pub ] || cmp "site/lists/$f" "copy/$f"
	cmp root.pub copy/root.pub
done
rm -r copy/status
mirror 0
has out "3 of them new"
echo "no tags" >copy.etags
mirror 0
asked "5 0"
mirror 0
asked "1 4"

# --- a copy that was begun, a second run, somebody's papers ---
mkdir -p copy.fetch.a1B2c3/status copy.backup
: >copy.fetch.a1B2c3/status/0.cwt
: >copy.etags.a1B2c3
mirror 0
[ ! -f copy.etags.a1B2c3 ] || fail "the left-over of the tags is still there"
[ ! -d copy.fetch.a1B2c3 ] || fail "the left-over is still there"
[ -d copy.backup ] || fail "a folder of somebody's is gone"
flock copy.lock "$BIN/carerpass-lists" --cacert good.ca --root root.pub \
	"$url" copy >out 2>err && fail "two runs" || is "$?" 69
has err "another carerpass-lists is at work"
: >copy/thesis.odt
mirror 65
has err "thesis.odt"
rm copy/thesis.odt
mkdir other
ln -s ../other/place link
mkdir -p other/place
exits 0 at "$clock" "$lists" --cacert good.ca --root root.pub "$url" \
	other/place/
ln -sfn other/place link
exits 0 at "$clock" "$lists" --cacert good.ca --root root.pub "$url" link
[ -L link ] || fail "the link was replaced"
exits 66 at "$clock" "$lists" --cacert good.ca --root root.pub "$url" no/copy

# --- who is asked, and how ---
remember
exits 69 at "$clock" "$lists" --timeout 5 --root root.pub "$url" copy
has err "cannot be fetched"
exits 69 at "$clock" "$lists" --timeout 5 --cacert other.ca --root root.pub \
	"$url" copy
exits 69 at "2027-11-22 12:00:00" "$lists" --timeout 5 --cacert good.ca \
	--root root.pub "$url" copy
exits 69 at "$clock" "$lists" --timeout 5 --cacert good.ca --root root.pub \
	"https://localhost:$port/lists/" copy
exits 69 at "$clock" "$lists" --timeout 5 --cacert good.ca --root root.pub \
	https://127.0.0.1:1/lists/ copy
exits 66 "$lists" --cacert nowhere --root root.pub "$url" copy
exits 78 at "$clock" "$lists" --cacert root.pub --root root.pub "$url" copy
has err "no CA certificate"
exits 66 "$lists" --root nowhere "$url" copy
exits 78 "$lists" --root good.pem "$url" copy
exits 2 "$lists" --root root.pub http://example.org/lists/ copy
has err "http is for a server on this machine"
exits 2 "$lists" --root root.pub "$url?a=b" copy
exits 2 "$lists" --root root.pub "$url"
untouched
serve old --cert good.pem --key good.key --old-tls
cp -r site/lists old/lists
exits 69 at "$clock" "$lists" --timeout 5 --cacert good.ca --root root.pub \
	"$url" copy
serve plain
cp -r site/lists plain/lists
exits 0 at "$clock" "$lists" --root root.pub "http://127.0.0.1:$port/lists" copy
exits 69 at "$clock" "$lists" --timeout 5 --root root.pub "$url" copy

# A trust list that has ended is copied, with a word.
clock="2027-11-22 12:00:00"
url=http://127.0.0.1:$port/lists/
exits 0 at "$clock" "$lists" --root root.pub "$url" copy
has err "the trust list ended on"
finish
