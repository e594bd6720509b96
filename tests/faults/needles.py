#!/usr/bin/python3
"""Goal: names, references, NHS numbers and birth dates are found nowhere but on
cards and where the program is asked to say them; and after "erase" not even
what they were sealed in.

    BIN=build/release [PEOPLE=50] [SEED=N] tests/faults/needles.py

Fifty people whose names and references are unlike any others, with NHS numbers
of the test range (999...), go through every command and every mistake. Then all
files, all that was printed where it should not be said, and the memory of a
killed command's core are searched for each of their bytes, in UTF-8, cp1252 and
UTF-16. It finds them where they must be: on stdout and on the cards.
"""
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import place as places  # noqa: E402  (also puts ../oracle on the path)
import harness    # noqa: E402

PEOPLE = int(os.environ.get('PEOPLE', '50'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
FIRST = ('Zéphyrine', 'Quenbÿ', 'Oðinnka', 'Žofíja', 'Wrzesław', 'Ngọcxuân',
         'Llywélwyn', 'Þrúðvang', 'Ixchéla', 'Bjørnulfa')
LETTERS = 'bcdfghjklmnpqrstvwxz'
SAID = []              # (command, bytes that may not hold a needle)


class Person:
    def __init__(self, lot, i):
        tail = ''.join(lot.choice(LETTERS) for _ in range(9))
        self.name = '%s %s' % (FIRST[i % len(FIRST)], tail.capitalize())
        self.ref = 'NDL/' + ''.join(lot.choice(LETTERS.upper())
                                    for _ in range(8))
        self.nhs = nhs_number(lot)
        self.born = '19%02d-%02d-%02d' % (lot.randrange(30, 99),
                                          lot.randrange(1, 13),
                                          lot.randrange(1, 29))

    def needles(self):
        """needles(): yields (what, text) that stand nowhere else by chance; a
        birth date in all the ways in which it could be written."""
        y, m, d = self.born.split('-')
        nhs = self.nhs
        yield 'name', self.name
        yield 'surname', self.name.split()[1]
        yield 'surname', self.name.split()[1].upper()
        yield 'surname', self.name.split()[1].lower()
        yield 'reference', self.ref
        yield 'reference', self.ref.lower()
        yield 'NHS number', nhs
        yield 'NHS number', '%s %s %s' % (nhs[:3], nhs[3:6], nhs[6:])
        yield 'birth date', self.born
        yield 'birth date', '%s/%s/%s' % (d, m, y)
        yield 'birth date', y + m + d


def nhs_number(lot):
    while True:
        digits = '999' + ''.join(lot.choice('0123456789') for _ in range(6))
        check = 11 - sum(int(c) * w for c, w in
                         zip(digits, range(10, 1, -1))) % 11
        if check != 10:
            return digits + str(check % 11)


def forms(text):
    yield text.encode()
    yield text.encode('utf-16-le')
    yield text.encode('utf-16-be')
    try:
        yield text.encode('cp1252')
    except UnicodeEncodeError:
        pass


def found(people, data):
    """found(people, data): Returns what of whom is in the data."""
    return sorted({'%s %d' % (what, i) for i, p in enumerate(people)
                   for what, text in p.needles()
                   for f in forms(text) if f in data})


def files(folder):
    for at, _, names in os.walk(folder):
        for n in sorted(names):
            path = os.path.join(at, n)
            with open(path, 'rb') as f:
                yield path, f.read()


# --- through everything ------------------------------------------------------------

class Journey:
    def __init__(self, tally, place, people, lot):
        self.tally, self.place, self.people, self.lot = (tally, place, people,
                                                         lot)
        self.serial = {}     # name: newest
        self.shown = b''     # where needles must be

    def go(self, want, *command, shows=False, errors=False, stdin=b''):
        """go(want, command...): runs it. Standard output is searched unless it
        shows people, standard error unless it is about a value."""
        p = self.place.run(*command, stdin=stdin)
        self.tally.check(command[0], p.code == want, repr(p))
        if shows:
            self.shown += p.out
        else:
            SAID.append((command[0] + ' stdout', p.out))
        if not errors:
            SAID.append((command[0] + ' stderr', p.err))
        return p

    def take(self, p):
        for line in p.out.splitlines():
            card = json.loads(line)
            if 'name' in card:
                self.serial[card['name']] = card['serial']

    def csv(self, name, people, coding='utf-8'):
        path = '%s/in-%s' % (self.place.root, name)
        with open(path, 'w', encoding=coding, errors='replace') as f:
            f.write('name,ref,nhs_number,born\n')
            f.writelines('%s,%s,%s,%s\n' % (p.name, p.ref, p.nhs, p.born)
                         for p in people)
        return path

    def issue(self):
        half = len(self.people) // 2
        for p in self.people[:5]:
            self.take(self.go(0, 'issue', '--org', 'A81001', '--name', p.name,
                              '--ref', p.ref, '--nhs-number', p.nhs, '--born',
                              p.born, '--json', shows=True))
        path = self.csv('whole.csv', self.people)
        argv = ('issue', '--org', 'A81001', '--csv', path)
        self.go(0, *argv, '--dry-run', '--json', shows=True)
        self.go(0, *argv, '--dry-run')
        self.take(self.go(0, 'issue', '--org', 'A81001', '--csv',
                          self.csv('half.csv', self.people[:half]), '--json',
                          '--cards', self.place.root + '/out-half.pdf',
                          shows=True))
        self.take(self.go(0, *argv, '--json', shows=True))
        # No line of a person for a person: only the sum.
        self.go(0, *argv)

    def mistakes(self):
        """Everybody once with something that is refused."""
        bad = self.csv('bad.csv', self.people[:20])
        with open(bad, 'a') as f:
            for p in self.people[20:40]:
                f.write('%s,%s,%s,%s\n' % (p.name, p.ref, p.nhs[:9], p.born))
                f.write('Another Name,%s,,%s\n' % (p.ref, p.born))
                f.write('%s,%s,,01/13/1980\n' % (p.name, p.ref))
                f.write('%s\n' % p.name)
        argv = ('issue', '--org', 'A81001', '--csv', bad)
        self.go(65, *argv, '--json', shows=True)
        self.go(65, *argv, '--all-or-nothing', errors=True)
        p = self.people[40]
        self.go(65, 'issue', '--org', 'A81001', '--name', 'Somebody Else',
                '--ref', p.ref)
        self.go(65, 'issue', '--org', 'A81001', '--name', p.name, '--ref',
                p.ref, '--nhs-number', p.nhs[:9], errors=True)

    def life(self):
        names = sorted(self.serial)
        lot = self.lot.sample(names, min(30, len(names)))
        some = lambda a, b: ''.join(self.serial[n] + '\n'
                                    for n in lot[a:b]).encode()
        self.take(self.go(0, 'renew', '-', '--json', stdin=some(0, 10),
                          shows=True))
        self.take(self.go(0, 'replace', '-', '--json', stdin=some(10, 20),
                          shows=True))
        self.go(0, 'withdraw', '-', stdin=some(20, 25))
        self.go(0, 'withdraw', '-', '--json', stdin=some(25, 28), shows=True)
        for p in self.people[:8]:
            self.go(0, 'find', '--org', 'A81001', '--name',
                    p.name.split()[1], shows=True)
            self.go(0, 'find', '--org', 'A81001', '--ref', p.ref, '--json',
                    shows=True)
        for ending in ('pdf', 'svg', 'png'):
            self.go(0, 'card', self.serial[lot[0]], '-o',
                    '%s/out-card.%s' % (self.place.root, ending), shows=True)

    def figures(self):
        self.go(0, 'publish', '--out', self.place.out)
        self.go(0, 'publish', '--out', self.place.out, '--json')
        for more in ((), ('--json',), ('--public',), ('--by', 'month'),
                     ('--by', 'area', '--format', 'csv')):
            self.go(0, 'adoption', *more)
        self.go(0, 'org', 'list', '--enrolled', '--json')
        self.go(0, 'audit')
        p = self.place.audit()
        self.tally.equal('audit with keys', p.code, 0)
        SAID.append(('audit', p.out + p.err))

    def wrong(self):
        """wrong(): damage, so that the audit has something to say."""
        place = self.place.copy(self.place.root + '.hurt')
        with open(place.db, 'r+b') as f:
            data = f.read()
            at = data.rfind(self.sealed()[0])
            f.seek(at + 30)
            f.write(bytes(4))
        p = place.audit()
        self.tally.check('a damaged registry is refused', p.code == 65, p)
        SAID.append(('audit of a damaged registry', p.out + p.err))
        shutil.rmtree(place.root)

    def sealed(self):
        db = self.place.open()
        rows = [bytes(r) for row in db.execute(
            'SELECT name, key, salt, ref, nhs, born FROM holder WHERE NOT'
            ' erased AND org = ? AND nhs IS NOT NULL', ('A81001',))
            for r in row if r is not None]
        db.close()
        return rows


# --- the search -------------------------------------------------------------------

def may_show(name):
    """may_show(name): what came in, and cards."""
    return name.startswith(('in-', 'out-')) or name == 'pass'


def search(tally, place, people, label):
    n = 0
    for path, data in files(place.root):
        if may_show(os.path.basename(path)) or '/look/' in path:
            continue
        n += 1
        hits = found(people, data)
        tally.check('%s: %s' % (label, path), not hits, hits[:5])
    return n


def core_of(tally, place, people):
    """A command that is made to dump a core leaves none, and is not there for
    others to look at: even if the system wants cores."""
    folder = place.root + '/cores'
    os.mkdir(folder)
    path = place.root + '/in-whole.csv'
    argv = place.argv('issue', '--org', 'A81001', '--csv', path, '--dry-run')
    for seconds in (.01, .03, .05):
        p = subprocess.Popen(
            argv, cwd=folder, env=place.env(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_CORE, resource.getrlimit(
                    resource.RLIMIT_CORE)[1:] * 2))
        try:
            p.wait(seconds)
        except subprocess.TimeoutExpired:
            p.send_signal(6)
            p.wait(30)
    hits = [n for n, d in files(folder) if found(people, d)]
    tally.check('no core dump holds a person', not hits, hits)


def erase_all(tally, journey):
    """Every second person is erased: what they were sealed in is gone, and the
    others' is still there."""
    place = journey.place
    before = place.open()
    # One holder has one key: find the ones to go by their newest card.
    rows = {s: [bytes(x) for x in (key, salt, name, ref, nhs, born)
                if x is not None] for s, key, salt, name, ref, nhs, born in
            before.execute('SELECT c.serial, h.key, h.salt, h.name, h.ref,'
                           ' h.nhs, h.born FROM holder h JOIN card c ON'
                           ' c.holder = h.id')}
    payloads = {}
    for serial, payload in before.execute(
            'SELECT d.serial, c.payload FROM card c JOIN card d'
            ' ON c.holder = d.holder'):
        payloads.setdefault(serial, []).append(bytes(payload))
    before.close()
    names = sorted(journey.serial)
    gone, kept = [], []
    for i, name in enumerate(names):
        n = number(journey.serial[name])
        (gone if i % 2 else kept).extend(rows[n] + payloads[n])
        if i % 2:
            journey.go(0, 'erase', journey.serial[name])
    data = b''.join(d for p, d in files(place.data))
    left = [b for b in gone if b in data]
    tally.check('what was erased is nowhere: %d texts and keys' % len(gone),
                not left, '%d are left' % len(left))
    there = [b for b in kept if b in data]
    tally.check('what was not erased is there', len(there) == len(kept),
                '%d of %d' % (len(there), len(kept)))
    for path, data in files(place.data):
        if os.path.basename(path) == 'registry.db-wal':
            tally.check('the write-ahead log is empty', not data)
    return len(gone)


def number(serial):
    n = 0
    for c in serial.replace('-', '')[:8]:
        n = n * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.index(c)
    return n


def main():
    os.umask(0o077)
    print('SEED=%d' % SEED, flush=True)
    lot = random.Random(SEED)
    tally = harness.Tally()
    people = [Person(lot, i) for i in range(PEOPLE)]
    with tempfile.TemporaryDirectory(prefix='needles-',
                                     dir=places.MEMORY) as root:
        places.build_shims(root, 'quick')
        place, _, _ = places.set_up(root)
        journey = Journey(tally, place, people, lot)
        for step in (journey.issue, journey.mistakes, journey.life,
                     journey.figures, journey.wrong):
            step()
        core_of(tally, place, people)
        looked = search(tally, place, people, 'in use')
        shown = set(found(people, journey.shown))
        tally.check('they are found where they must be', all(
            'surname %d' % i in shown for i in range(PEOPLE)))
        gone = erase_all(tally, journey)
        journey.figures()
        looked += search(tally, place, people, 'after erasing')
        for what, data in SAID:
            tally.check(what + ' says nothing of people',
                        not found(people, data), found(people, data)[:5])
        tally.equal('all is well', places.faults_of(place), [])
    print('%d people, %d needles each; %d files and %d outputs searched; %d '
          'sealed texts and keys gone after erasing' % (
              PEOPLE, len(list(people[0].needles())), looked, len(SAID), gone))
    tally.finish()


main()
