"""Goal of this test: too much of anything costs the service nothing it does not
get back: bodies too long, without end or cut short, floods of connections, no
descriptors left; and answers of one client never reach another.

    FLOOD_SECS=3 FLOOD_RATE=20000 PAIRS=1000     how long, how many
"""
import os
import random
import socket
import subprocess
import threading
import time

import load
from service import ROOT, Service, folder

import harness
from rawhttp import connect

FLOOD_SECS = int(os.environ.get('FLOOD_SECS', '3'))
FLOOD_RATE = int(os.environ.get('FLOOD_RATE', '20000'))
PAIRS = int(os.environ.get('PAIRS', '1000'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
MIB = 1 << 20
POST = b'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'


def outcome(port, parts, half=False):
    """outcome(port, parts): the status of the answer to what the parts say, or
    None if the connection was ended without one."""
    r = connect(port)
    for part in parts:
        if not r.send(part):
            break
    if half:
        r.sock.shutdown(socket.SHUT_WR)
    a = r.answer()
    gone = r.shut() if a is None or a[0] >= 400 else True
    r.close()
    return (a[0] if a else None) if gone else 'goes on'


def bodies(tally, service):
    """bodies(tally, service): 413 or the end, and the memory stays."""
    port, zeros = service.port, bytes(65536)

    def sized(n):
        return [POST + b'Content-Length: %d\r\n\r\n' % n] + \
            [b'a' * 65536] * (n // 65536) + [b'a' * (n % 65536)]

    endless = [POST + b'Transfer-Encoding: chunked\r\n\r\n'] + \
        [b'10000\r\n' + zeros + b'\r\n'] * 320
    cases = (
        ('a body of 4,096 bytes', sized(4096), {200}),
        ('one of 4,097', sized(4097), {413}),
        ('one of 1 MiB', sized(MIB), {413}),
        ('one of 100 MB', sized(100000000), {413, None}),
        ('one that only says so', [POST + b'Content-Length: 100000000\r\n\r\n'],
         {413}),
        ('chunks without end', endless, {400, None}),
        ('a field of 20,000 bytes', [POST + b'X: ' + b'a' * 20000 +
                                     b'\r\n\r\n'], {431}),
        ('1,000 fields', [POST + b''.join(b'A%d: b\r\n' % i for i in
                                          range(1000)) + b'\r\n'], {431}),
        ('a target of 20,000 bytes', [b'GET /' + b'a' * 20000 +
                                      b' HTTP/1.1\r\nHost: x\r\n\r\n'], {414}),
    )
    for _ in range(20):             # what the library sets up once
        for _, parts, _ in cases[:3]:
            outcome(port, parts)
    before = load.rss(service.pid)
    for _ in range(8):
        for name, parts, want in cases:
            got = outcome(port, parts)
            tally.check(name, got in want, got)
    tally.equal('a body cut short', outcome(
        port, [POST + b'Content-Length: 10\r\n\r\nhello'], half=True), None)
    tally.check('the rest of it waits for nobody', outcome(
        port, [POST + b'Content-Length: 10\r\n\r\nhello']) is None)
    grown = load.rss(service.pid) - before
    print('long bodies: %d KiB more in memory' % (grown // 1024))
    tally.check('memory', grown < 2 * MIB, grown)


def pairs(tally, service, codes):
    """pairs(tally, service, codes): of two requests on one connection, each
    has its own answer, in their order, whatever others ask meanwhile."""
    wanted = {'valid': b'"reason":"ok"', 'withdrawn': b'"reason":"withdrawn"',
              'forged': b'"reason":"bad_signature"',
              'expired': b'"reason":"expired"'}
    asks = {k: POST + b'Content-Length: %d\r\n\r\n' % len(codes[k])
            + codes[k].encode() for k in wanted}
    wrong, done = [], []

    def one(seed, n):
        rng, r = random.Random(seed), connect(service.port)
        for i in range(n):
            two = [rng.choice(list(wanted)) for _ in range(2)]
            r.send(b''.join(asks[k] for k in two))
            for k in two:
                a = r.answer()
                if a is None or wanted[k] not in a[2]:
                    wrong.append((k, a))
            done.append(i)
        r.close()

    threads = [threading.Thread(target=one, args=(SEED + i, PAIRS // 8))
               for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    tally.check('pairs: %d of %d wrong' % (len(wrong), len(done)),
                not wrong and len(done) == PAIRS // 8 * 8, wrong[:2])
    print('%d pairs of requests, none mixed up' % len(done))


def flood(tally, service, code):
    """flood(tally, service, code): connections by the ten thousand, then all
    is as before within five seconds."""
    program = os.path.abspath('flood')
    subprocess.run(['cc', '-std=gnu17', '-O2', '-pthread', '-o', program,
                    ROOT + '/tests/http/flood.c'], check=True)
    before = load.rss(service.pid)
    p = subprocess.Popen([program, str(service.port), str(FLOOD_SECS),
                          str(FLOOD_RATE), '2'], stdout=subprocess.PIPE)
    most = 0
    while p.poll() is None:
        most = max(most, load.fds(service.pid))
        time.sleep(0.05)
    rate, failed = p.communicate()[0].split()
    end = time.monotonic()
    back = load.until(lambda: load.good(service.port, code, 1) is not None, 20)
    took = time.monotonic() - end
    print('a flood of %s connections a second for %d s (%s failed), at most %d '
          'descriptors; a good answer %.2f s after' % (
              rate.decode(), FLOOD_SECS, failed.decode(), most, took))
    tally.check('back within five seconds', back and took < 5, took)
    tally.check('descriptors', most < 2100, most)
    tally.check('the process is the same', service.run.poll() is None)
    times = [load.good(service.port, code) for _ in range(50)]
    tally.check('and stays', None not in times, times)
    tally.check('all have gone', load.until(
        lambda: load.metric(service, 'http_connections') <= 3))
    tally.check('memory', load.rss(service.pid) - before < 8 * MIB,
                load.rss(service.pid) - before)


done = []       # of few_descriptors, which is a thread


def few_descriptors(tally, codes):
    """few_descriptors(tally, codes): more clients than descriptors: those who
    say nothing are put out, the others answered, and lists still change."""
    folder('few', '--seq', '7')
    with Service('few/lists', state='few-state', limit=128) as service:
        silent = [connect(service.port) for _ in range(100)]
        tally.check('answers come back', load.until(
            lambda: load.good(service.port, codes['valid'], 2) is not None,
            40))
        tally.check('no more descriptors than allowed',
                    load.fds(service.pid) <= 128, load.fds(service.pid))
        folder('few', '--seq', '8')
        tally.check('new lists are read', load.until(
            lambda: load.metric(service, 'trust_list_seq') == 8))
        for r in silent:
            r.close()
        tally.check('the process is the same', service.run.poll() is None)
    done.append(True)


def main():
    tally = harness.Tally()
    load.room_for_sockets()
    print('SEED=%d' % SEED)
    codes = folder('p')
    few = threading.Thread(target=few_descriptors, args=(tally, codes))
    few.start()                     # which mostly waits
    with Service('p/lists') as service:
        bodies(tally, service)
        pairs(tally, service, codes)
        flood(tally, service, codes['valid'])
    few.join()
    tally.equal('all of it was looked at', len(done), 1)
    tally.finish()


main()
