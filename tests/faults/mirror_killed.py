#!/usr/bin/python3
"""Goal: kill -9 of carerpass-lists at any moment leaves a copy that is whole,
judges cards, and is never older than it was; the next run tidies up.

    BIN=build/release [MIRROR_KILLS=50] [SEED=N] tests/faults/mirror_killed.py

A server publishes a newer folder all the time, also in the middle of a run. The
copy is read by the independent checker after each kill, and by verifiers that
remember what they saw: one after each kill, one all the while.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'oracle'),
                os.path.join(HERE, '..', 'kit')]
import carer          # noqa: E402
import harness        # noqa: E402
import mirror_server  # noqa: E402

KILLS = int(os.environ.get('MIRROR_KILLS', '50'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
LISTS = 4
HOST = 'verify.example'
WHOLE = {'root.pub', 'trust.cwt', 'index.json', 'status'}


class Publisher:
    """Folders that grow newer by a second, one at a time at ROOT/lists."""

    def __init__(self, root):
        self.root, self.seq = root, 0
        self.begin = int(time.time()) - 20000
        self.old = None
        self.status = carer.Key('kit/status')
        self.issuer = carer.Key('kit/issuer')
        self.lock = threading.Lock()
        os.makedirs(root)
        self.publish()

    def scheme(self, iat):
        s = carer.Scheme('Riverside carers', [HOST], iat, label='kit',
                         seq=self.seq)
        period = self.begin - carer.DAY, self.begin + 200 * carer.DAY
        s.add_status_key(self.status, *period)
        s.add_service('https://%s/lists/status/' % HOST, self.status.kid)
        s.add_issuer(self.issuer, ['A81001'], 'Riverside Surgery', *period)
        return s

    def publish(self):
        with self.lock:
            self.seq += 1
            iat = self.begin + self.seq
            s = self.scheme(iat)
            new = os.path.join(self.root, 'gen%d' % self.seq)
            s.write(new, {n: s.status(self.status, s.status_payload(
                0, n, iat, iat + 7 * carer.DAY, indices=[7]))
                for n in range(LISTS)})
            link = os.path.join(self.root, 'lists')
            os.symlink(new, link + '.new')
            os.rename(link + '.new', link)
            # A request may still be reading the one before.
            if self.old and self.seq > 5:
                shutil.rmtree(os.path.join(
                    self.root, 'gen%d' % (self.seq - 4)), ignore_errors=True)
            self.old = new
            self.public = s.root.public

    def code(self, n):
        return carer.link(HOST, carer.passport(self.issuer, carer.claims(
            iat=self.begin, exp=self.begin + 300 * carer.DAY,
            index=n << 17 | 11)))


class Watch:
    """A copy, and how new it was at the last look."""

    def __init__(self, copy, public):
        self.copy, self.public = copy, public
        self.seq, self.iats = 0, [0] * LISTS

    def read(self, name):
        with open(os.path.join(self.copy, name), 'rb') as f:
            return f.read()

    def look(self):
        """look(): what is wrong with the copy, '' for nothing."""
        try:
            if set(os.listdir(self.copy)) != WHOLE:
                return 'holds %r' % sorted(os.listdir(self.copy))
            trust = carer.Trust(self.read('trust.cwt'), [self.public])
            iats = [carer.Status(self.read('status/%d.cwt' % n), trust,
                                 trust.services[0], n).iat
                    for n in range(LISTS)]
        except (carer.Bad, OSError) as e:
            return repr(e)
        older = trust.seq < self.seq or any(
            a < b for a, b in zip(iats, self.iats))
        was = (self.seq, self.iats)
        self.seq, self.iats = trust.seq, iats
        return 'from %r back to %r' % (was, (trust.seq, iats)) if older else ''


def check(copy, state, codes):
    return harness.run([harness.program('carerpass-verify'), 'check',
                        '--lists', copy, '--state', state] + codes)


class Reader(threading.Thread):
    """A ward that checks cards all the while."""

    def __init__(self, copy, state, codes):
        super().__init__(daemon=True)
        self.words = copy, state, codes
        self.end, self.looks, self.bad = threading.Event(), 0, []

    def run(self):
        while not self.end.is_set():
            r = check(*self.words)
            self.looks += 1
            if r.code != 0:
                self.bad.append(repr(r))
            time.sleep(0.01)


def main():
    rng = random.Random(SEED)
    tally = harness.Tally()
    print('SEED=%d' % SEED, flush=True)
    with tempfile.TemporaryDirectory(prefix='mirror-') as root:
        site = Publisher(os.path.join(root, 'site'))
        server = mirror_server.make(site.root)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        copy = os.path.join(root, 'copy')
        pub = os.path.join(root, 'root.pub')
        carer.write_roots(pub, [site.public])
        argv = [harness.program('carerpass-lists'), '--quiet', '--root', pub,
                'http://127.0.0.1:%d/lists/' % server.server_address[1], copy]
        start = time.monotonic()
        tally.equal('first run', harness.run(argv).code, 0)
        whole = time.monotonic() - start
        watch = Watch(copy, site.public)
        codes = [site.code(n) for n in range(LISTS)]
        reader = Reader(copy, os.path.join(root, 'ward'), codes)
        reader.start()
        killed = mid = left = 0
        while killed < KILLS:
            site.publish()
            p = subprocess.Popen(argv, stderr=subprocess.PIPE)
            wait = rng.uniform(0, 1.3 * whole)
            if rng.random() < 0.3:          # published in the middle of a run
                time.sleep(wait / 2)
                site.publish()
                wait /= 2
            time.sleep(wait)
            p.send_signal(signal.SIGKILL)
            mid += p.wait() == -signal.SIGKILL
            p.stderr.close()
            killed += 1
            left += any('.fetch.' in n for n in os.listdir(root))
            wrong = watch.look()
            tally.check('kill %d' % killed, not wrong, wrong)
            r = check(copy, os.path.join(root, 'state'), codes)
            tally.check('kill %d: verdicts' % killed, r.code == 0, repr(r))
            if killed % 5 == 0:
                r = harness.run(argv)
                tally.check('run %d' % killed, r.code == 0, repr(r))
                tally.equal('newest', (watch.look(), watch.seq),
                            ('', site.seq))
                tally.equal('beside the copy', sorted(
                    n for n in os.listdir(root) if n.startswith('copy')),
                    ['copy', 'copy.etags', 'copy.lock'])
        reader.end.set()
        reader.join()
        tally.check('a ward meanwhile', not reader.bad and
                    reader.looks >= KILLS, reader.bad[:3])
        server.shutdown()
    print('%d kills, %d of them before the run had ended, %d with a half copy '
          'beside; %d checks by a ward meanwhile, %d folders published' % (
              killed, mid, left, reader.looks, site.seq))
    tally.check('some were killed at work', mid > KILLS // 4)
    tally.check('some had begun a copy', left > 0)
    tally.finish()


main()
