#!/bin/sh
# Goal of this test: the service answers as design.md 6 says: verdicts of texts
# and tokens, the published folder with its types and tags, health, figures that
# name nobody; it notices new lists by itself, keeps the newer ones, ages, and
# ends in good order.
set -eu
. "$ROOT/tests/kit/scenario.sh"

stamp() {
	"$python" -c 'import sys, time; print(time.strftime("%Y-%m-%dT%H:%M:%SZ",
		time.gmtime(time.time() + float(sys.argv[1]))))' "$1"
}

server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :' EXIT

# start WORDS...: the service on a port of its own; its address in $at.
start() {
	: >said # or the last one's address would be found there
	"$verify" serve --state state --listen 127.0.0.1:0 "$@" >said 2>log &
	server=$!
	i=0
	while ! grep -q '^listening' said; do
		i=$((i + 1))
		if [ $i = 200 ] || ! kill -0 "$server" 2>/dev/null; then
			cat log >&2
			fail "the service does not start"
		fi
		sleep 0.05
	done
	at=$(sed -n 's/^listening on //p' said)
}

# stop: ends it as systemd would; it must end well.
stop() {
	kill "$server"
	got=0
	wait "$server" || got=$?
	server=
	is "$got" 0
}

# ask PATH OPTION...: the answer's fields in ./fields, its body in ./body, its
# status printed.
ask() {
	path=$1
	shift
	: >body
	curl -sS -D fields.crlf -o body -w '%{http_code}' --max-time 20 "$@" \
		"$at$path" || fail "no answer from $path"
	tr -d '\r' <fields.crlf >fields
}

# verdict CODE OPTION...: asks for a verdict on the text.
verdict() {
	text=$1
	shift
	ask /v1/verify --data-binary "$text" -H 'Content-Type: text/plain' "$@"
}

# until_is COMMAND WANTED: waits at most ten seconds for that output.
until_is() {
	i=0
	while [ "$($1)" != "$2" ]; do
		i=$((i + 1))
		[ $i -lt 200 ] || fail "'$1' does not come to '$2'"
		sleep 0.05
	done
	checked=$((checked + 1))
}

now=$(stamp 0)
folder p --now "$now"
start --lists p/lists

# --- verdicts ------------------------------------------------------------------
for kind in valid young expired withdrawn early elsewhere stranger forged; do
	is "$(verdict "$(code $kind)")" 200
	cp body served
	"$verify" check --lists p/lists --state other --now "$now" --json \
		"$(code $kind)" >out 2>err || :
	is "$(cat served)" "$(cat out)"
done
is "$(verdict "$(code valid)")" 200
has body '"verdict":"valid"'
has fields 'Content-Type: application/json'
has fields 'Cache-Control: no-store'
is "$(verdict "  $(code valid)
")" 200
has body '"verdict":"valid"'
is "$(verdict 'no code')" 200
has body '"reason":"malformed"'
is "$(verdict 'M6SC-7N75-0')" 200
has body '"reason":"serial_only"'
is "$(ask /v1/verify --data-binary "$(code valid)" \
	-H 'Content-Type: text/plain; charset=utf-8')" 200
has body '"verdict":"valid"'
is "$(verdict "$(code valid)" -H 'Accept-Language: cy, en;q=0.5')" 200
has fields 'Content-Language: cy'
has body '"verdict":"valid"'
is "$(verdict "$(code valid)" -H 'Accept-Language: en-GB, cy;q=0.5')" 200
has fields 'Content-Language: en-GB'
is "$(verdict "$(code valid)" -H 'Host: look-alike.example')" 200
has body '"verdict":"valid"'

"$python" - "$(code valid)" >token <<'END'
import sys
digits = sys.argv[1].split('#')[1]
width = {3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6, 17: 7}
for i in range(0, len(digits), 17):
    part = digits[i:i + 17]
    sys.stdout.buffer.write(int(part).to_bytes(width[len(part)], 'big'))
END
is "$(ask /v1/verify --data-binary @token \
	-H 'Content-Type: application/cwt')" 200
has body '"verdict":"valid"'

# --- what it does not take -----------------------------------------------------
is "$(ask /v1/verify)" 405
has fields 'Allow: POST'
has fields 'Content-Type: application/problem+json'
has body '"status":405'
is "$(ask /v1/verify -X DELETE)" 405
is "$(ask /lists/trust.cwt --data-binary x)" 405
has fields 'Allow: GET, HEAD'
is "$(ask /v1/verify --data-binary x)" 415
is "$(ask /v1/verify --data-binary x -H 'Content-Type: application/json')" 415
head -c 4096 /dev/zero | tr '\0' 1 >most
is "$(verdict @most)" 200
printf 1 >>most
is "$(verdict @most)" 413
has body '"status":413'
head -c 3000000 /dev/zero >much
is "$(verdict @much)" 413
is "$(ask /nothing)" 404
is "$(ask /lists/nothing)" 404
is "$(ask /lists/../root.pub --path-as-is)" 400
is "$(ask /v1/verify --data-binary x -H 'Content-Type: text/plain' \
	-H 'Transfer-Encoding: chunked')" 400
has fields 'Connection: close'

# --- the published folder ------------------------------------------------------
printf '{"trust":{},"status":[]}\n' >p/lists/index.json
is "$(ask /lists/root.pub)" 200
cmp body p/lists/root.pub
is "$(ask /lists/trust.cwt)" 200
cmp body p/lists/trust.cwt
has fields 'Content-Type: application/cwt'
has fields 'Access-Control-Allow-Origin: *'
tag=$(sed -n 's/^ETag: //p' fields)
is "$(ask /lists/trust.cwt -H "If-None-Match: $tag")" 304
has fields "ETag: $tag"
lacks fields 'Content-Length: 0'
is "$(wc -c <body)" 0
is "$(ask /lists/trust.cwt -H 'If-None-Match: "other"')" 200
is "$(ask /lists/status/0.cwt)" 200
cmp body p/lists/status/0.cwt
has fields 'Content-Type: application/statuslist+cwt'
is "$(ask /lists/trust.cwt -I)" 200
has fields 'Content-Length:'
is "$(ask /lists/trust.cwt --compressed)" 200
cmp body p/lists/trust.cwt
index() { ask /lists/index.json >/dev/null && cat body; }
until_is index '{"trust":{},"status":[]}'

# --- the page ------------------------------------------------------------------
is "$(ask /)" 200
has fields 'Content-Type: text/html; charset=utf-8'
has fields "Content-Security-Policy: default-src 'none'; script-src 'self'"
has fields 'camera=(self)'
is "$(ask '/?anything')" 200
is "$(ask /sw.js)" 200
has fields 'Content-Type: text/javascript'
is "$(ask /core.wasm)" 200
has fields 'Content-Type: application/wasm'
is "$(ask /ward.js.gz)" 404
is "$(ask /ward.js --compressed)" 200
has fields 'Content-Encoding: gzip'

# --- health and figures --------------------------------------------------------
is "$(ask /healthz)" 200
is "$(ask /readyz)" 200
is "$(ask /metrics)" 200
has body 'carerpass_verdicts_total{verdict="not_valid",reason="withdrawn"} 1'
has body 'carerpass_http_requests_total{method="POST",route="/v1/verify",status="415"} 2'
has body 'carerpass_trust_list_seq 7'
has body 'carerpass_status_lists 1'
for personal in Thompson Nia Riverside A81001 M6SC; do
	lacks body "$personal"
	lacks log "$personal"
done

# --- lists that come while it serves -------------------------------------------
reason() {
	verdict "$(code "$1")" >/dev/null
	sed 's/.*"reason":"\([a-z_]*\)".*/\1/' body
}
valid_reason() { reason valid; }
is "$(valid_reason)" ok
folder q --now "$now" --status-iat "$(stamp -60)" --seq 8
mv p/lists/status/0.cwt older.cwt
cp p/lists/trust.cwt older-trust.cwt
mv q/lists/status/0.cwt p/lists/status/0.cwt
mv q/lists/trust.cwt p/lists/trust.cwt
seq_is() {
	ask /metrics >/dev/null
	sed -n 's/^carerpass_trust_list_seq //p' body
}
until_is seq_is 8
is "$(valid_reason)" ok

# Older ones again: the newer stay in use, and are what is handed on.
cp p/lists/trust.cwt newer-trust.cwt
cp older-trust.cwt p/lists/trust.cwt
mv older.cwt p/lists/status/0.cwt
refused() { grep -c 'going on with' log || :; }
until_is refused 2
is "$(valid_reason)" ok
is "$(seq_is)" 8
is "$(ask /lists/trust.cwt)" 200
cmp body newer-trust.cwt
is "$(ask /readyz)" 200

# The folder is gone: everything stays, and says so.
mv p/lists gone
until_is refused 3
is "$(valid_reason)" ok
stop

# --- what cannot be fresh is not green -----------------------------------------
# Started with only the older ones, it cannot tell.
mv gone p/lists
start --lists p/lists
is "$(valid_reason)" rolled_back
is "$(ask /readyz)" 503
has body 'older than lists that were seen before'
stop
rm -rf state

# Lists near their end age into "cannot tell" by themselves.
folder r --now "$now" --status-iat "$(stamp -604797)"
start --lists r/lists
ready() { ask /readyz; }
cp r/code/valid p/code/valid
first=$(valid_reason)
case $first in ok | lists_stale) ;; *) fail "at first: $first" ;; esac
until_is valid_reason lists_stale
is "$(ready)" 503
has body 'A status list has ended.'
stop
rm -rf state

# No trust list at all: it serves and cannot tell.
rm r/lists/trust.cwt
start --lists r/lists
is "$(valid_reason)" no_lists
is "$(ready)" 503
is "$(ask /healthz)" 200
is "$(ask /lists/trust.cwt)" 404
stop

# --- starting ------------------------------------------------------------------
exits 66 "$verify" serve --lists nowhere --state state
exits 2 "$verify" serve --lists p/lists --state state --listen nonsense
has err "'nonsense' is not an address to listen on"
start --lists p/lists
exits 69 "$verify" serve --lists p/lists --state state \
	--listen "${at#http://}"
has err 'Address already in use'
stop
exits 78 "$verify" serve --lists p/lists --state state --root /dev/null

# A socket file: taken from a service that is dead, and from nobody else.
echo "somebody's letter" >letter
exits 69 "$verify" serve --lists p/lists --state state --listen unix:letter
is "$(cat letter)" "somebody's letter"
for round in 1 2; do
	"$verify" serve --lists p/lists --state state --listen unix:socket \
		>said 2>log &
	server=$!
	waited=0
	until curl -sf --unix-socket socket http://a/readyz >body; do
		waited=$((waited + 1))
		[ $waited -lt 200 ] || fail "no answer at the socket file"
		sleep 0.05
	done
	has said 'listening on unix:socket'
	exits 69 "$verify" serve --lists p/lists --state state \
		--listen unix:socket
	[ $round = 2 ] || kill -9 "$server"
	[ $round = 2 ] || wait "$server" || :
done
stop
for fds in 2 0; do
	exits 2 env LISTEN_FDS=$fds sh -c 'LISTEN_PID=$$ exec "$@"' sh \
		"$verify" serve --lists p/lists --state state
	has err 'sockets were passed, and not one'
done
exits 2 env LISTEN_FDS=1 sh -c 'exec 3</dev/null; LISTEN_PID=$$ exec "$@"' \
	sh "$verify" serve --lists p/lists --state state
has err 'is no socket that listens'

# As systemd starts it: a socket that is there already, with people waiting; a
# word when ready.
folder p --now "$now"
rm -rf state
"$python" - "$verify" <<'END'
import os
import socket
import subprocess
import sys

notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind('notify')
notify.settimeout(10)
given = socket.create_server(('127.0.0.1', 0), backlog=64)
port = given.getsockname()[1]
waiting = [socket.create_connection(('127.0.0.1', port)) for _ in range(40)]
for c in waiting:
    c.settimeout(10)
    c.sendall(b'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n')


def pass_on():
    os.dup2(given.fileno(), 3)


env = dict(os.environ, NOTIFY_SOCKET=os.path.abspath('notify'))
run = subprocess.Popen(
    ['/bin/sh', '-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', 'sh',
     sys.argv[1], 'serve', '--lists', 'p/lists', '--state', 'state'],
    preexec_fn=pass_on, pass_fds=(3,), env=env, stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL)
try:
    assert notify.recv(100) == b'READY=1'
    for c in waiting:
        assert b' 200 OK' in c.recv(4096)
    c = socket.create_connection(('127.0.0.1', port))
    c.settimeout(10)
    c.sendall(b'GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n')
    assert b' 200 OK' in c.recv(4096)
    run.terminate()
    said = b''
    while said != b'STOPPING=1':
        said = notify.recv(100)
        assert said in (b'WATCHDOG=1', b'STOPPING=1'), said
    assert run.wait(10) == 0
finally:
    run.kill()
END
checked=$((checked + 1))

# A request under way is answered before the end.
start --lists p/lists
"$python" - "$at" "$server" <<'END'
import os
import signal
import socket
import sys
import time

host, port = sys.argv[1].removeprefix('http://').split(':')
c = socket.create_connection((host, int(port)))
c.settimeout(10)
c.sendall(b'POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n'
          b'Content-Length: 5\r\n\r\nhel')
time.sleep(0.3)
os.kill(int(sys.argv[2]), signal.SIGTERM)
time.sleep(0.5)
c.sendall(b'lo')
answer = b''
while True:
    part = c.recv(65536)
    if not part:
        break
    answer += part
assert b' 200 OK' in answer and b'"malformed"' in answer, answer
assert b'Connection: close' in answer, answer
END
got=0
wait "$server" || got=$?
server=
is "$got" 0

finish
