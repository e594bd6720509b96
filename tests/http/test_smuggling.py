"""Goal of this test: no request hides in another. Every head that two readers
could think differently of gets one answer and the end of its connection, or is
one request for all; straight, and behind nginx as we ship it.

Each row: a name, what is sent, and what must come of it for the service itself
and behind the proxy: the statuses of the answers, then '.' for a connection that
is ended or '+' for one that goes on (a sound request is sent to see). '?' in
place of statuses: no answer, but it waits for more.

A request is hidden if the service runs it and whoever sent it, or the proxy,
did not ask for it: straight there is none that may run, behind the proxy each
stands in the proxy's log.
"""
import os
import re
import socket
import ssl
import sys
import time

sys.path[:0] = [os.path.join(os.environ['ROOT'], 'tests', d)
                for d in ('kit', 'oracle')]
import harness  # noqa: E402
from proxy import HOST, Proxy  # noqa: E402
from rawhttp import Raw, connect  # noqa: E402
from service import Service, folder  # noqa: E402

# What must never run: it is counted as no other request here is.
HIDDEN = b'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n'
GET = b'GET /healthz HTTP/1.1\r\n'
HOSTED = GET + b'Host: x\r\n'
POST = b'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
CHUNKED = POST + b'Transfer-Encoding: chunked\r\n\r\n'


def length(value, body=b'hello'):
    return POST + b'Content-Length: ' + value + b'\r\n\r\n' + body


ROWS = (
    # Sound.
    ('one request', HOSTED + b'\r\n', '200+', '200+'),
    ('two in a row', (HOSTED + b'\r\n') * 2, '200 200+', '200 200+'),
    ('a verdict', length(b'5'), '200+', '200+'),
    ('a verdict, then another request', length(b'5') + HOSTED + b'\r\n',
     '200 200+', '200 200+'),
    ('no body at all', length(b'0', b''), '200+', '200+'),
    ('expects to be told to go on', POST + b'Content-Length: 5\r\n'
     b'Expect: 100-continue\r\n\r\nhello', '200+', '200+'),
    # Host.
    ('no host', GET + b'\r\n', '400.', '400.'),
    ('two hosts', HOSTED + b'Host: y\r\n\r\n', '400.', '400.'),
    ('a host that is twice the same', HOSTED + b'Host: x\r\n\r\n',
     '400.', '400.'),
    # Two lengths.
    ('length and chunks', POST + b'Content-Length: 5\r\n'
     b'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n' + HIDDEN, '400.', '400.'),
    ('chunks and length', POST + b'Transfer-Encoding: chunked\r\n'
     b'Content-Length: 5\r\n\r\n0\r\n\r\n' + HIDDEN, '400.', '400.'),
    ('two lengths', POST + b'Content-Length: 0\r\nContent-Length: %d\r\n\r\n'
     % len(HIDDEN) + HIDDEN, '400.', '400.'),
    ('two lengths, the long one first', POST + b'Content-Length: %d\r\n'
     b'Content-Length: 0\r\n\r\n' % len(HIDDEN) + HIDDEN, '400.', '400.'),
    ('the same length twice', POST + b'Content-Length: 5\r\n'
     b'Content-Length: 5\r\n\r\nhello', '400.', '400.'),
    # A length that is none.
    ('a length with a sign', length(b'+5'), '400.', '400.'),
    ('a length below zero', length(b'-5'), '400.', '400.'),
    ('a length in hex', length(b'0x5'), '400.', '400.'),
    ('a list of lengths', length(b'5, 5'), '400.', '400.'),
    ('a length with a blank inside', length(b'5 5'), '400.', '400.'),
    ('an empty length', length(b''), '400.', '400.'),
    ('a length beyond all numbers', length(b'9' * 23), '413.', '400.'),
    # Transfer-Encoding, which nobody needs here.
    ('a blank before the colon', POST + b'Transfer-Encoding : chunked\r\n'
     b'Content-Length: 5\r\n\r\n0\r\n\r\n' + HIDDEN, '400.', '400.'),
    ('a length with a blank before the colon', POST + b'Content-Length : %d'
     b'\r\n\r\n' % len(HIDDEN) + HIDDEN, '400.', '400.'),
    ('an unknown encoding', POST + b'Transfer-Encoding: xchunked\r\n\r\n'
     b'0\r\n\r\n' + HIDDEN, '400.', '501.'),
    ('two encodings', POST + b'Transfer-Encoding: gzip, chunked\r\n\r\n'
     b'0\r\n\r\n' + HIDDEN, '400.', '501.'),
    ('an encoding on a line of its own', POST + b'Transfer-Encoding:\r\n'
     b' chunked\r\n\r\n0\r\n\r\n' + HIDDEN, '400.', '400.'),
    ('chunks', CHUNKED + b'5\r\nhello\r\n0\r\n\r\n', '400.', '200+'),
    ('a chunk with an extension', CHUNKED + b'5;a=b\r\nhello\r\n0\r\n\r\n',
     '400.', '200+'),
    ('chunks with bare line feeds', CHUNKED + b'5\nhello\n0\n\n' + HIDDEN,
     '400.', '200 200+'),
    ('a chunk below zero', CHUNKED + b'-5\r\nhello\r\n0\r\n\r\n' + HIDDEN,
     '400.', '400.'),
    ('a chunk beyond all numbers', CHUNKED + b'F' * 18 + b'\r\nhello\r\n'
     b'0\r\n\r\n' + HIDDEN, '400.', '400.'),
    # Lines that the library drops or joins to others (src/http/cover.c).
    ('a field without a name, and chunks', POST + b': b\r\n'
     b'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n' + HIDDEN, '400.', '400.'),
    ('a field without a name, and a length', POST + b': b\r\n'
     b'Content-Length: %d\r\n\r\n' % len(HIDDEN) + HIDDEN, '400.', '400.'),
    ('a folded encoding before a request', POST + b'Transfer-Encoding:\r\n'
     b' chunked\r\n\r\n' + HIDDEN, '400.', '400.'),
    ('a folded encoding', POST + b'Transfer-Encoding: chunked\r\n x\r\n\r\n'
     b'0\r\n\r\n' + HIDDEN, '400.', '400.'),
    ('a folded length', POST + b'Content-Length:\r\n %d\r\n\r\n'
     % len(HIDDEN) + HIDDEN, '400.', '400.'),
    ('a folded length in the middle', POST + b'Content-Length:\r\n %d\r\n'
     b'X-A: b\r\n\r\n' % len(HIDDEN) + HIDDEN, '400.', '400.'),
    ('a fold and bare line feeds to make up for it', b'POST /v1/verify '
     b'HTTP/1.1\nHost: x\nContent-Type: text/plain\n'
     b'Content-Length:\r\n %d\r\n\r\n' % len(HIDDEN) + HIDDEN, '400.', '400.'),
    # Odd, but sound.
    ('fields without blanks', GET + b'Host:x\r\nX-A:b\r\nX-B:\r\n\r\n', '200+',
     '200+'),
    ('fields with many blanks', GET + b'Host:   x\r\nX-A: \t b  \r\nX-B: \r\n'
     b'\r\n', '200+', '200+'),
    ('a long head', HOSTED + b''.join(b'X-%d: %s\r\n' % (i, b'b' * 70)
                                     for i in range(60)) + b'\r\n', '200+',
     '200+'),
    # Line ends and blanks.
    ('bare line feeds', b'GET /healthz HTTP/1.1\nHost: x\n\n', '400.', '200+'),
    ('bare carriage returns', b'GET /healthz HTTP/1.1\rHost: x\r\r', '?',
     '400.'),
    ('a folded field', HOSTED + b'X-A: b\r\n  c\r\n\r\n', '400.', '400.'),
    ('a blank before the first field', GET + b' Host: x\r\n\r\n', '400.',
     '400.'),
    ('a field without a name', HOSTED + b': b\r\n\r\n', '400.', '400.'),
    ('a NUL in a field', HOSTED + b'X-A: a\0b\r\n\r\n', '400.', '400.'),
    # The target.
    ('a NUL in the target', b'GET /healthz\0b HTTP/1.1\r\nHost: x\r\n\r\n',
     '400.', '400.'),
    ('%00 in the target', b'GET /healthz%00b HTTP/1.1\r\nHost: x\r\n\r\n',
     '400.', '400.'),
    ('a path that climbs', b'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
     '400.', '400.'),
    ('a whole address', b'GET http://evil/healthz HTTP/1.1\r\nHost: x\r\n\r\n',
     '400.', '200+'),
    ('a blank in the target', b'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n', '400.',
     '400.'),
    ('a fragment', b'GET /healthz#x HTTP/1.1\r\nHost: x\r\n\r\n', '400.',
     '400+'),
    # Version and method.
    ('HTTP/0.9', b'GET /healthz\r\n\r\n', '400.', '.'),
    ('HTTP/1.0', b'GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n', '200.', '200.'),
    ('HTTP/2.0', b'GET /a HTTP/2.0\r\nHost: x\r\n\r\n', '505.', '505.'),
    ('HTTP/1.9', b'GET /healthz HTTP/1.9\r\nHost: x\r\n\r\n', '400.', '200+'),
    ('small letters', b'get /a http/1.1\r\nHost: x\r\n\r\n', '400.', '400.'),
    ('an odd method', b'G@T /a HTTP/1.1\r\nHost: x\r\n\r\n', '400.', '400.'),
    ('TRACE', b'TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n', '405.', '405.'),
    ('CONNECT', b'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', '400.', '400.'),
    ('a body where none belongs', HOSTED + b'Content-Length: %d\r\n\r\n'
     % len(HIDDEN) + HIDDEN, '400.', '400+'),
    # Too much.
    ('a field of 20,000 bytes', HOSTED + b'X-A: ' + b'a' * 20000 + b'\r\n\r\n',
     '431.', '400.'),
    ('1,000 fields', HOSTED + b''.join(b'A%d: b\r\n' % i for i in range(1000))
     + b'\r\n', '431.', '400.'),
    ('a target of 20,000 bytes', b'GET /' + b'a' * 20000 + b' HTTP/1.1\r\n'
     b'Host: x\r\n\r\n', '414.', '414.'),
    ('a target of 2,049 bytes', b'GET /' + b'a' * 2048 + b' HTTP/1.1\r\n'
     b'Host: x\r\n\r\n', '400.', '400+'),
    ('a body of 100,000 bytes', length(b'100000', b'a' * 100000), '413.',
     '413.'),
)
MARK = b'GET /lists/index.json HTTP/1.1\r\nHost: x\r\n\r\n'


def outcome(raw, data, wanted):
    """outcome(...): what came of it, in the words of the table; never more
    answers than asked for, and then the mark."""
    raw.send(data)
    if wanted == '?':
        raw.sock.shutdown(socket.SHUT_WR)
        return '?' if raw.shut() else raw.buf[:40]
    statuses = []
    for _ in range(len(wanted.strip('.+').split()) + 1 if wanted else 3):
        if wanted.endswith('+') and len(statuses) == len(wanted.split()):
            raw.send(MARK)
            a = raw.answer()
            return ' '.join(statuses) + (
                '+' if a and a[2].startswith(b'{"trust"') else ' then %r' % (a,))
        a = raw.answer()
        if a is None:
            return ' '.join(statuses) + '.'
        statuses.append(str(a[0]))
    return ' '.join(statuses) + ' and no end'


def hidden_runs(service):
    """hidden_runs(service): how often the hidden request was answered."""
    return sum(int(n) for n in re.findall(
        rb'route="/readyz",status="\d+"} (\d+)',
        service.ask('GET', '/metrics')[2]))


def asked_for(proxy, runs):
    """asked_for(proxy, runs): whether the proxy knows of so many; its log may
    come a moment later."""
    for _ in range(40):
        if proxy.log().count('GET /readyz ') >= runs:
            return True
        time.sleep(0.05)
    return False


def secure(proxy):
    c = ssl.create_default_context(cafile=proxy.pem)
    s = socket.create_connection(('127.0.0.1', proxy.tls), 15)
    return Raw(c.wrap_socket(s, server_hostname=HOST))


def check_pieces(tally, service):
    """check_pieces(tally, service): a head that comes byte by byte, and many
    requests on one connection, are whole all the same."""
    raw = connect(service.port)
    for data in (HOSTED + b'\r\n', length(b'5'), HOSTED + b'X-A: b\r\n\r\n'):
        for i in range(len(data)):
            raw.send(data[i:i + 1])
        tally.equal('byte by byte', raw.answer()[0], 200)
    fields = b''.join(b'X-%d: %s\r\n' % (i, b'b' * 90) for i in range(80))
    for cut in (37, 700, 1400, 4096, 7000):
        data = HOSTED + fields + b'\r\n' + length(b'5')
        for i in range(0, len(data), cut):
            raw.send(data[i:i + cut])
        tally.equal('in pieces of %d' % cut, (raw.answer()[0], raw.answer()[0]),
                    (200, 200))
    raw.close()


def main():
    tally = harness.Tally()
    folder('p')
    show = 'SHOW_OUTCOMES' in os.environ
    with Service('p/lists') as service, \
            Proxy('proxy', '127.0.0.1:%d' % service.port) as proxy:
        for name, data, direct, behind in ROWS:
            for way, open_, wanted in (
                    ('straight', lambda: connect(service.port), direct),
                    ('behind', lambda: secure(proxy), behind)):
                raw, before = open_(), hidden_runs(service)
                try:
                    got = outcome(raw, data, wanted)
                except (OSError, ValueError) as e:
                    got = repr(e)
                raw.close()
                if show:
                    print('%-8s %-40s %s' % (way, name, got))
                tally.equal('%s: %s' % (way, name), got, wanted)
                runs = hidden_runs(service)
                tally.check('%s: %s: hidden requests' % (way, name),
                            runs == before or way == 'behind' and
                            asked_for(proxy, runs), runs)
        check_pieces(tally, service)
    tally.finish()


main()
