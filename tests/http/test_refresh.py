"""Goal of this test: a service that runs for a day while its lists are replaced
every hour grows by nothing, never goes back, and answers all the while; killed
at any moment of a replacement it starts again with lists no older than before.

    REFRESHES=24 REFRESH_KILLS=8 [SEED=N]
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import load
from service import Service, folder

import carer
import harness

REFRESHES = int(os.environ.get('REFRESHES', '24'))
KILLS = int(os.environ.get('REFRESH_KILLS', '8'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
MIB = 1 << 20
SWAP = '''
import ctypes, os, sys
c = ctypes.CDLL(None, use_errno=True)
if c.renameat2(-100, sys.argv[1].encode(), -100, sys.argv[2].encode(), 2):
    sys.exit(os.strerror(ctypes.get_errno()))
'''


class Hours:
    """A folder whose every hour is there beforehand, put in place in one step
    as carerpass publish does."""

    def __init__(self, root, n):
        self.root, self.hour = root, 0
        now = int(time.time())
        for i in range(n + 1):
            at = now - 3600 * 2 + i
            folder('%s/hour%d' % (root, i), '--seq', str(100 + i), '--lists',
                   '4', '--status-iat', carer.rfc3339(at))
        shutil.copytree(self.path(0), self.lists)

    @property
    def lists(self):
        return self.root + '/lists'

    def path(self, i):
        return '%s/hour%d/lists' % (self.root, i)

    def code(self):
        with open('%s/hour0/code/valid' % self.root) as f:
            return f.read()

    def next(self):
        self.hour += 1
        subprocess.run([sys.executable, '-c', SWAP, self.path(self.hour),
                        self.lists], check=True)
        shutil.rmtree(self.path(self.hour))
        return 100 + self.hour


def a_day(tally, hours):
    """a_day(tally, hours): a replacement after the other; memory is looked at
    once each list has been there."""
    with Service(hours.lists, state='day') as service:
        stop, bad, asked = threading.Event(), [], [0]

        def ask():
            while not stop.is_set():
                if load.good(service.port, hours.code()) is None:
                    bad.append(hours.hour)
                asked[0] += 1
                time.sleep(0.02)

        t = threading.Thread(target=ask)
        t.start()
        settled = None
        for i in range(REFRESHES):
            seq = hours.next()
            service.run.send_signal(signal.SIGHUP)
            tally.check('hour %d' % i, load.until(
                lambda: load.metric(service, 'trust_list_seq') == seq))
            if i == min(6, REFRESHES // 3):
                settled = load.rss(service.pid), load.fds(service.pid)
        stop.set()
        t.join()
        load.until(lambda: load.metric(service, 'http_connections') <= 1)
        grown = load.rss(service.pid) - settled[0]
        more = load.fds(service.pid) - settled[1]
        print('%d replacements, %d verdicts meanwhile: %d KiB more in memory, '
              '%+d descriptors' % (REFRESHES, asked[0], grown // 1024, more))
        tally.check('every verdict was given', not bad, bad[:5])
        tally.check('memory', grown < 2 * MIB, grown)
        tally.check('descriptors', more <= 2, more)
        tally.equal('changes that could not be read', load.metric(
            service, 'lists_refresh_failures_total'), 0)


def killed(tally, hours):
    """killed(tally, hours): kill -9 in the middle of replacements."""
    rng, newest = random.Random(SEED), 0
    for i in range(KILLS):
        with Service(hours.lists, state='killed') as service:
            seq = load.metric(service, 'trust_list_seq')
            tally.check('life %d: not older' % i, seq >= newest,
                        (seq, newest))
            tally.check('life %d: a verdict' % i, load.good(
                service.port, hours.code()) is not None)
            tally.equal('life %d: rolled back' % i, load.metric(
                service, 'lists_rolled_back'), 0)
            newest = hours.next()
            service.run.send_signal(signal.SIGHUP)
            time.sleep(rng.uniform(0, 0.03))
            if rng.random() < 0.5:
                newest = hours.next()
            service.run.kill()
    print('%d times killed in a replacement' % KILLS)


def main():
    tally = harness.Tally()
    print('SEED=%d' % SEED)
    hours = Hours('h', REFRESHES + 2 * KILLS)
    a_day(tally, hours)
    killed(tally, hours)
    tally.finish()


main()
