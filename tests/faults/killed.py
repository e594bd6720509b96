#!/usr/bin/python3
"""Goal: kill -9 of the command or of its signer, at any moment of a batch, loses
no card that was acknowledged, and leaves none twice; the same commands, given
again, finish the register.

    BIN=build/release [KILLS=100] [SEED=N] tests/faults/killed.py

What was acknowledged is what reached standard output as a whole line. A life is
one scheme that is killed again and again; after each kill the registry must
pass the audit as it lies there, the next command must finish what was reserved,
and every acknowledged card must be there, be signed, stand in no other's place
in the journal, and be judged as it should be by the published lists.
"""
import concurrent.futures
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import place as places  # noqa: E402  (also puts ../oracle on the path)
import carer      # noqa: E402
import harness    # noqa: E402

KILLS = int(os.environ.get('KILLS', '100'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
KILLS_A_LIFE = 13
STEP = 500          # rows by which a finished register grows
LIMIT = 60          # seconds a command may take
LETTERS = 'abcdefghij'


def name_of(n):
    return 'Person ' + ''.join(LETTERS[int(c)] for c in str(n)).capitalize()


def number(serial):
    """number(serial): the registry's number of a printed serial."""
    text = serial.replace('-', '')[:8]
    n = 0
    for c in text:
        n = n * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.index(c)
    return n


class Life:
    """One scheme, and what was said of it."""

    def __init__(self, base, root, seed, kills):
        self.place = base.copy(root)
        self.random = random.Random(seed)
        self.kills = kills
        self.people = STEP
        self.live = {}       # name: (serial, url) acknowledged, newest
        self.urls = {}       # serial: url, of every acknowledged card
        self.ended = set()   # serials of which the end was acknowledged
        self.touched = set()  # serials of which it was asked for
        self.forgotten = set()
        self.others = set()  # names of the other organisation's people
        self.usual = {}      # seconds that a kind of command takes
        self.bad = []
        self.tally = {'kills': 0, 'acked': 0, 'unsigned': 0, 'lines': 0}
        self.extra = 0

    def fault(self, what):
        self.bad.append(what)

    # --- the commands -----------------------------------------------------

    def some(self, n):
        names = sorted(self.live)
        return [self.live[x][0] for x in
                self.random.sample(names, min(n, len(names)))]

    def csv(self):
        path = self.place.root + '/register.csv'
        with open(path, 'w') as f:
            f.write('name,ref\n')
            f.writelines('%s,R%d\n' % (name_of(i), i)
                         for i in range(self.people))
        argv = ['issue', '--org', 'A81001', '--csv', path, '--json']
        if self.random.random() < .25:
            argv += ['--cards', self.place.root + '/cards.pdf']
        return argv, b''

    def single(self):
        self.extra += 1
        n = 1000000 + self.extra
        return ['issue', '--org', 'A81001', '--name', name_of(n), '--ref',
                'S%d' % n, '--json'], b''

    def again(self, command, n):
        serials = self.some(n)
        self.touched.update(serials)
        return ([command, '-', '--json'],
                ''.join(s + '\n' for s in serials).encode())

    def period(self):
        path = self.place.root + '/other.csv'
        self.extra += 1
        with open(path, 'w') as f:
            f.write('name,ref\n')
            f.writelines('%s,P%d\n' % (name_of(n), n) for n in range(
                2000000 + 150 * self.extra, 2000150 + 150 * self.extra))
        p = self.place.run('issue', '--org', 'A81002', '--csv', path, '--json')
        if p.code != 0:
            self.fault('other organisation: %r' % p)
        self.others.update(json.loads(x)['name'] for x in p.out.splitlines())
        self.heard(p.out, True)
        self.touched.update(c[0] for n, c in self.live.items()
                            if n in self.others)
        today = time.strftime('%Y-%m-%d', time.gmtime())
        return ['withdraw', '--org', 'A81002', '--from', '2020-01-01', '--to',
                today, '--reason', 'error', '--json'], b''

    def erase(self):
        serials = self.some(1)
        self.touched.update(serials)
        self.forgotten.update(serials)
        return ['erase'] + serials, b''

    KINDS = (('csv', 8, lambda s: s.csv()),
             ('single', 2, lambda s: s.single()),
             ('renew', 3, lambda s: s.again('renew', 400)),
             ('replace', 2, lambda s: s.again('replace', 200)),
             ('withdraw', 2, lambda s: s.again('withdraw', 150)),
             ('period', 2, lambda s: s.period()),
             ('erase', 1, lambda s: s.erase()))

    # --- what was acknowledged ----------------------------------------------

    def heard(self, out, whole):
        """heard(out, whole): takes in the lines that were printed."""
        lines = out.split(b'\n')
        if whole and lines[-1]:
            self.fault('a line without an end: %r' % lines[-1])
        for line in lines[:-1]:
            card = json.loads(line)
            serial, name = card['serial'], card['name']
            self.tally['lines'] += 1
            if card['kind'] == 'ended':
                self.ended.add(serial)
                if name in self.live and self.live[name][0] == serial:
                    del self.live[name]
                continue
            if card['kind'] != 'existing':
                self.tally['acked'] += 1
                if serial in self.urls:
                    self.fault('%s was acknowledged twice' % serial)
                if name in self.live:
                    if card['kind'] == 'first':
                        self.fault('%s has a second first card' % name)
                    self.ended.add(self.live[name][0])
            self.live[name] = (serial, card['url'])
            self.urls[serial] = card['url']

    # --- one kill -------------------------------------------------------------

    def start(self, argv, stdin):
        files = [tempfile.TemporaryFile(dir=self.place.root)
                 for _ in range(3)]
        files[0].write(stdin)
        files[0].seek(0)
        p = subprocess.Popen(self.place.argv(*argv), stdin=files[0],
                             stdout=files[1], stderr=files[2],
                             env=self.place.env(), start_new_session=True)
        return p, files

    @staticmethod
    def children(pid):
        try:
            with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
                return [int(w) for w in f.read().split()]
        except (OSError, ValueError):
            return []

    def kill(self, p, who):
        """kill(p, who): Returns whether somebody was there to be killed."""
        victims = self.children(p.pid) if who != 'command' else []
        if who != 'signer':
            victims.insert(0, p.pid)
        if p.poll() is not None or not victims:
            return False
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                return False
        return True

    def round(self):
        kind, _, make = self.random.choices(
            self.KINDS, [k[1] for k in self.KINDS])[0]
        if len(self.live) < 400:
            kind, make = 'csv', Life.csv
        argv, stdin = make(self)
        who = self.random.choice(('command', 'command', 'signer', 'both'))
        limit = self.usual.get(kind, .5)
        begun = time.monotonic()
        p, files = self.start(argv, stdin)
        wait = self.random.uniform(0, .9 * limit)
        while time.monotonic() - begun < wait and p.poll() is None:
            time.sleep(.0005)
        hit = self.kill(p, who)
        try:
            p.wait(LIMIT)
        except subprocess.TimeoutExpired:
            p.kill()
            self.fault('%s hangs after the %s was killed' % (kind, who))
        if not hit and p.returncode == 0:
            self.usual[kind] = time.monotonic() - begun
        for f in files:
            f.seek(0)
        out, err = files[1].read(), files[2].read()
        for f in files:
            f.close()
        label = '%s, %s killed' % (kind, who if hit else 'nobody')
        self.after(label, kind, who if hit else None, p.returncode, out, err)
        return hit

    def after(self, label, kind, who, code, out, err):
        before = len(self.bad)
        if who in (None, 'signer') and code != 0 and b'carerpass: ' not in err:
            self.fault('it says nothing: exit %d' % code)
        if who is None and code != 0:
            self.fault('exit %d: %r' % (code, err))
        if who == 'signer' and code not in (0, 69):
            self.fault('exit %d: %r' % (code, err))
        if kind == 'erase':
            if code == 0:
                self.ended.update(self.forgotten)
            for name in [n for n, c in self.live.items()
                         if c[0] in self.forgotten]:
                del self.live[name]
        else:
            self.heard(out, code >= 0)
        p = harness.run(self.place.argv('audit'))
        if p.code != 0:
            self.fault('audit as it lies: %r' % p)
        self.tally['unsigned'] += self.place.one(
            'SELECT count(*) FROM card WHERE signature IS NULL'
            ' AND payload IS NOT NULL')
        self.next_command()
        self.check()
        self.bad[before:] = [label + ': ' + b for b in self.bad[before:]]

    def next_command(self):
        for _ in range(100):
            p = self.place.run('publish', '--out', self.place.out)
            if p.code != 69:
                break
            time.sleep(.05)     # the signer that was left alone is ending
        if p.code != 0:
            self.fault('the next command: %r' % p)

    # --- what must hold -------------------------------------------------------

    def check(self, whole=False):
        p = self.place.audit()
        if p.code != 0:
            self.fault('audit: %r' % p)
        self.bad += places.faults_of(self.place)
        db = self.place.open()
        cards = {s: (e, g) for s, e, g in db.execute(
            'SELECT serial, ended, payload IS NULL OR signature IS NOT NULL'
            ' FROM card')}
        double = db.execute('SELECT count(*) FROM (SELECT 1 FROM card WHERE'
                            ' ended IS NULL GROUP BY holder HAVING count(*) >'
                            ' 1)').fetchone()[0]
        db.close()
        if double:
            self.fault('%d people have two cards' % double)
        if not all(good for _, good in cards.values()):
            self.fault('cards are still not signed')
        for serial in self.urls:
            ended, good = cards.get(number(serial), (None, None))
            if good is None:
                self.fault('%s was acknowledged and is not there' % serial)
            elif serial in self.ended and ended is None:
                self.fault('the end of %s was acknowledged and is not there'
                           % serial)
            elif ended is not None and serial not in self.touched | self.ended:
                self.fault('%s has ended and nobody asked for it' % serial)
        self.judge(sorted(self.urls) if whole else self.random.sample(
            sorted(self.urls), min(len(self.urls), 300)), cards)

    def judge(self, serials, cards):
        said = self.place.reasons([self.urls[s] for s in serials])
        if len(said) != len(serials):
            self.fault('%d of %d codes were judged' % (len(said),
                                                       len(serials)))
        for serial, reason in zip(serials, said):
            ended = cards.get(number(serial), (None, None))[0]
            want = 'ok' if ended is None else 'withdrawn'
            if reason != want:
                self.fault('%s is %s, not %s' % (serial, reason, want))

    def finish(self):
        """finish(): the same register once more, to the end."""
        p = self.place.run(*self.csv()[0])
        if p.code != 0:
            self.fault('the register again: %r' % p)
        self.heard(p.out, True)
        if p.out.count(b'\n') != self.people:
            self.fault('%d lines for %d people' % (p.out.count(b'\n'),
                                                   self.people))
        p = self.place.run('publish', '--out', self.place.out)
        self.check(whole=True)
        db = self.place.open()
        refs = db.execute('SELECT count(ref_index), count(DISTINCT ref_index)'
                          ' FROM holder').fetchone()
        db.close()
        if refs[0] != refs[1]:
            self.fault('a reference has two holders')

    def live_on(self):
        for _ in range(20 * self.kills):
            if self.tally['kills'] == self.kills or len(self.bad) > 20:
                break
            self.tally['kills'] += self.round()
            names = {name_of(i) for i in range(self.people)}
            if names <= set(self.live):
                self.people += STEP
        self.finish()
        shutil.rmtree(self.place.root)


def life(base, root, seed, kills):
    os.umask(0o077)
    one = Life(places.Place(base), root, seed, kills)
    one.live_on()
    return one.tally, one.bad


def main():
    os.umask(0o077)
    print('SEED=%d' % SEED, flush=True)
    tally = harness.Tally()
    total = {}
    left, jobs = KILLS, []
    with tempfile.TemporaryDirectory(prefix='killed-',
                                     dir=places.MEMORY) as root:
        places.build_shims(root, 'quick')
        base, _, _ = places.set_up(root, ('A81001', 'A81002'))
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            while left > 0:
                n = min(left, KILLS_A_LIFE)
                left -= n
                jobs.append(pool.submit(
                    life, base.root, '%s/life%d' % (root, len(jobs)),
                    SEED + len(jobs), n))
            for i, job in enumerate(jobs):
                counts, bad = job.result()
                tally.check('life %d' % i, not bad, '\n  '.join(bad[:20]))
                for k, v in counts.items():
                    total[k] = total.get(k, 0) + v
    print('%(kills)d kills, %(acked)d cards acknowledged (%(lines)d lines), '
          '%(unsigned)d found reserved and finished' % total)
    tally.equal('kills', total['kills'], KILLS)
    tally.check('some were reserved', total['unsigned'] > 0)
    tally.check('some were acknowledged', total['acked'] > KILLS)
    tally.finish()


main()
