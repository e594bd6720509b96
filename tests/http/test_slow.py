"""Goal of this test: a thousand clients that are slow on purpose, and come back
when they are put out, hold nobody up: who asks properly from ten seconds on gets
a verdict, and 99 of 100 within a second.

    SLOW_CLIENTS=1000 SLOW_SECS=14 SLOW_KINDS=mixed|all     how many, how long;
                          all: a run for each kind of slowness
"""
import os
import socket
import sys
import threading
import time

import load
from service import Service, folder

import harness

CLIENTS = int(os.environ.get('SLOW_CLIENTS', '1000'))
SECS = int(os.environ.get('SLOW_SECS', '14'))
TAKE = 512      # bytes a second of an answer
TIRED = 9       # seconds of that; then the service has let go, unnoticed
GRACE = 10      # seconds after which nobody is held up any more

HEAD = b'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '
BODY = (b'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
        b'Content-Length: 4000\r\n\r\n')
READ = b'GET /lists/trust.cwt HTTP/1.1\r\nHost: x\r\n\r\n' * 60


class Slow:
    """One client that is slow in its way, and its descriptor."""

    def __init__(self, port, kind):
        self.port, self.kind, self.sock, self.turns = port, kind, None, 0

    def begin(self):
        self.end()
        s = socket.socket()
        if self.kind == 'read':
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.setblocking(False)
        try:
            s.connect(('127.0.0.1', self.port))
        except BlockingIOError:
            pass
        self.sock, self.said, self.age = s, False, 0

    def end(self):
        if self.sock:
            self.sock.close()
        self.sock = None

    def step(self):
        """step(): a byte more, or begins again if it was put out."""
        if self.sock is None or self.kind == 'read' and self.age >= TIRED:
            return self.begin()
        self.age += 1
        try:
            if not self.said:
                self.said = self.sock.send({'head': HEAD, 'body': BODY,
                                            'read': READ, 'idle': b'G'
                                            }[self.kind]) > 0
            elif self.kind in ('head', 'body'):
                self.sock.send(b'a')
                try:
                    if self.sock.recv(1) == b'':
                        raise ConnectionError
                except BlockingIOError:
                    pass
            elif self.sock.recv(TAKE) == b'':
                raise ConnectionError
        except BlockingIOError:
            pass
        except OSError:
            self.turns += 1
            self.begin()


def slow(port, kinds, stop, out):
    """slow(...): all the slow ones: each second a byte, or TAKE bytes of an
    answer."""
    all_ = [Slow(port, kinds[i % len(kinds)]) for i in range(CLIENTS)]
    while not stop.is_set():
        start = time.monotonic()
        for i, one in enumerate(all_):
            one.step()
            if i % 50 == 0:
                time.sleep(0.001)
        stop.wait(max(0.0, 1 - (time.monotonic() - start)))
    out['turns'] = sum(s.turns for s in all_)
    for s in all_:
        s.end()


def attack(tally, service, code, kinds):
    stop, out = threading.Event(), {}
    t = threading.Thread(target=slow, args=(service.port, kinds, stop, out))
    ended = load.metric(service, 'http_connections_ended_total')
    t.start()
    begin, early, late = time.monotonic(), [], []
    while time.monotonic() - begin < SECS:
        into = late if time.monotonic() - begin >= GRACE else early
        into.append(load.good(service.port, code))
        time.sleep(0.02)
    open_ = load.metric(service, 'http_connections')
    stop.set()
    t.join()
    name = '+'.join(kinds)
    ended = load.metric(service, 'http_connections_ended_total') - ended
    answered = [x for x in late if x is not None]
    p99 = load.share(answered, 0.99)
    print('%s: %d slow clients, %d connections open, %d put out; from %d s on '
          '%d of %d good requests answered, p99 %.1f ms (before: %d of %d)' % (
              name, CLIENTS, open_, ended, GRACE, len(answered), len(late),
              (p99 or 0) * 1000, sum(x is not None for x in early),
              len(early)))
    tally.equal(name + ': all good requests answered', len(answered),
                len(late))
    tally.check(name + ': p99 under a second', p99 is not None and p99 < 1,
                p99)
    tally.check(name + ': many at a time', open_ >= CLIENTS * 3 // 4, open_)
    tally.check(name + ': the slow were put out',
                ended >= CLIENTS // 2 or kinds == ('read',), ended)
    tally.check(name + ': all of it passes', load.until(
        lambda: load.metric(service, 'http_connections') <= 3))


def main():
    tally = harness.Tally()
    if load.room_for_sockets() < CLIENTS + 100:
        sys.exit('this needs %d descriptors: ulimit -n' % (CLIENTS + 100))
    code = folder('p', '--keys', '3000')['valid']
    runs = [('head', 'body', 'read', 'idle')]
    if os.environ.get('SLOW_KINDS') == 'all':
        runs += [(k,) for k in runs[0]]
    with Service('p/lists') as service:
        tally.check('quiet', load.good(service.port, code) is not None)
        for kinds in runs:
            attack(tally, service, code, kinds)
    tally.finish()


main()
