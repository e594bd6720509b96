"""What the tests of this folder share: a scheme in a folder that can be copied
and run with something preloaded, and what must hold of one at rest.

Read independently of the programs, by keyfolder.py and registry_check.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import keyfolder  # noqa: E402  (also puts ../oracle on the path)
import carer      # noqa: E402
import harness    # noqa: E402

PASS = b'several plain words'
ODS = os.path.join(HERE, '..', 'data', 'ods')
NO_PASSPHRASE = (['org', 'import'], ['org', 'list'], ['adoption'], ['audit'])
MEMORY = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
# What a program may end with that was hindered: no crash, no fault of its own.
HINDERED = (65, 66, 69, 71, 74, 77, 78)

_SHIMS = {}


def build_shims(folder, *names):
    """build_shims(folder, names): compiles preload_NAME.c of each; run() finds
    them."""
    for name in names:
        so = os.path.join(folder, name + '.so')
        subprocess.run(['cc', '-std=c17', '-D_GNU_SOURCE', '-O1', '-shared',
                        '-fPIC', '-o', so, os.path.join(HERE, 'preload_%s.c' % name),
                        '-ldl', '-lsodium'], check=True)
        _SHIMS[name] = so


def append(argv, stdin, path, env):
    """append(argv, stdin, path, env): runs argv with standard output at the end
    of a file; Returns what came of it."""
    with open(path, 'ab') as out:
        out.seek(0, os.SEEK_END)
        p = subprocess.run(argv, input=stdin, stdout=out, env=env,
                           stderr=subprocess.PIPE, start_new_session=True,
                           timeout=120)
    return harness.Ran(p.returncode, b'', p.stderr)


class Place:
    """A data folder, the passphrase and a published folder."""

    def __init__(self, root):
        self.root = root
        self.data = os.path.join(root, 'data')
        self.out = os.path.join(root, 'lists')
        self.db = os.path.join(self.data, 'registry.db')

    def argv(self, *command, keys=True):
        """argv(command...): the command on this folder; without keys, or if it
        needs none, without the passphrase."""
        n = 2 if command[0] in ('org', 'root') else 1
        words = list(command[:n])
        argv = [harness.program('carerpass')] + words + ['--data', self.data]
        if keys and words not in NO_PASSPHRASE:
            argv += ['--passphrase-file', os.path.join(self.root, 'pass')]
        return argv + list(command[n:])

    def audit_argv(self):
        """audit_argv(): audit with the passphrase: the journal and every sealed
        text are looked at, too."""
        return self.argv('audit') + ['--passphrase-file',
                                     os.path.join(self.root, 'pass')]

    @staticmethod
    def env(*shims, **variables):
        """env(shims..., variables...): an environment with these preloaded, and
        with "quick" if it was built."""
        names = [n for n in ('quick',) + shims if n in _SHIMS]
        env = dict(os.environ,
                   LD_PRELOAD=':'.join(_SHIMS[n] for n in names))
        env.update({k: str(v) for k, v in variables.items()})
        return env

    def run(self, *command, shims=(), stdin=b'', **variables):
        return harness.run(self.argv(*command), stdin,
                           env=self.env(*shims, **variables))

    def audit(self):
        return harness.run(self.audit_argv(), env=self.env())

    def copy(self, to):
        shutil.copytree(self.root, to)
        return Place(to)

    def keys(self):
        return keyfolder.Keys(os.path.join(self.data, 'keys'), PASS,
                              keyfolder.quick)

    def open(self):
        # A copy: looking must not finish what a dead process left behind.
        if os.path.exists(self.root + '/look'):
            shutil.rmtree(self.root + '/look')
        os.mkdir(self.root + '/look')
        for f in os.listdir(self.data):
            if f.startswith('registry.db'):
                shutil.copy(os.path.join(self.data, f), self.root + '/look')
        return sqlite3.connect(self.root + '/look/registry.db')

    def one(self, sql, *values):
        """one(sql, values...): the first column of the first row."""
        db = self.open()
        row = db.execute(sql, values).fetchone()
        db.close()
        return None if row is None else row[0]

    def reason(self, url):
        """reason(url): what is said of url by the published folder."""
        p = harness.run([harness.program('carerpass-verify'), 'check',
                         '--lists', self.out, '--state', self.root + '/ward',
                         '--json', url])
        try:
            return json.loads(p.out)['reason']
        except (ValueError, KeyError):
            return repr(p)

    def reasons(self, urls):
        """reasons(urls): the same of many, in one process."""
        p = harness.run([harness.program('carerpass-verify'), 'check',
                         '--lists', self.out, '--state', self.root + '/ward',
                         '--json', '-'], ''.join(u + '\n' for u in urls)
                        .encode())
        return [json.loads(line)['reason'] for line in p.out.splitlines()]


def set_up(root, orgs=('A81001',)):
    """set_up(root, orgs): Returns a place with these organisations and one
    card, published, and (serial, url) of that card."""
    place = Place(os.path.join(root, 'base'))
    os.mkdir(place.root)
    with open(os.path.join(place.root, 'pass'), 'wb') as f:
        f.write(PASS + b'\n')
    os.chmod(os.path.join(place.root, 'pass'), 0o600)
    commands = [('init', '--host', 'pass.example.org'),
                ('org', 'import', ODS + '/epraccur.csv',
                 ODS + '/gp-reg-pat-prac-map.csv')]
    commands += [('org', 'enrol', ods) for ods in orgs]
    for command in commands:
        p = place.run(*command)
        if p.code != 0:
            sys.exit('set-up: %s: %r' % (command, p))
    p = place.run('issue', '--org', 'A81001', '--name', 'Base Person',
                  '--ref', 'B1', '--json')
    card = json.loads(p.out)
    place.run('publish', '--out', place.out)
    if place.reason(card['url']) != 'ok' or faults_of(place):
        sys.exit('set-up: %s %s' % (place.reason(card['url']),
                                    faults_of(place)))
    return place, card['serial'], card['url']


# --- what must hold of a place at rest ----------------------------------------

def signature_holds(kid, public, payload, sig):
    return carer.is_signed(public, carer.to_sign(
        carer.header(kid), b'carer-passport-1', payload), sig)


def _faults_of_cards(db, keys, signed):
    publics = {bytes(k): bytes(p) for k, p in
               db.execute('SELECT kid, public FROM signing_key')}
    for serial, index, kid, payload, sig in keyfolder.cards(db, keys):
        claims = carer.decode(payload)
        if sig is None:
            yield 'card %d is not signed' % serial
        elif not signature_holds(kid, publics[kid], payload, sig):
            yield 'card %d has a bad signature' % serial
        if (int.from_bytes(claims[7], 'big') != serial
                or claims[-65537][3] != index):
            yield 'card %d is not the card of its payload' % serial
        if signed.pop(index, None) != (serial,
                                       keys.payload_hash(kid, payload)):
            yield 'card %d is not the one in the journal' % serial
    for serial, index in db.execute(
            'SELECT serial, status_index FROM card WHERE payload IS NULL'):
        if signed.pop(index, (0, 0))[0] != serial:
            yield 'erased card %d is not the one in the journal' % serial
    for serial, index in db.execute(
            'SELECT serial, status_index FROM lost_card'):
        if signed.pop(index, (0, 0))[0] != serial:
            yield 'lost card %d is not the one in the journal' % serial
    if signed:
        yield 'signed, but in no card: %s' % sorted(signed)
    if db.execute('SELECT count(*) FROM card JOIN status_decoy'
                  ' ON idx = status_index').fetchone()[0]:
        yield 'a card has a decoy\'s index'


def _faults_of_journal(db, journal):
    seqs = [r[3] for r in journal if r[0] == keyfolder.TRUST]
    if any(x >= y for x, y in zip(seqs, seqs[1:])):
        yield 'trust lists %s' % seqs
    iats = [r[4] for r in journal if r[0] == keyfolder.STATUS]
    if iats != sorted(iats):
        yield 'status lists %s' % iats
    heads = []
    for r in journal:
        if r[0] == keyfolder.RESET:
            heads = [h for h in heads if h[3] < r[3]]
        if r[0] in (keyfolder.HEAD_NOTE, keyfolder.RESET):
            heads.append(r)
    seq = [h[3] for h in heads]
    if seq != sorted(set(seq)):
        yield 'events %s' % seq
    found = db.execute('SELECT hash FROM event WHERE seq = ?',
                       (seq[-1],)).fetchone()
    if found is None or bytes(found[0]) != heads[-1][5]:
        yield 'the newest event of the journal is not in the registry'


def faults_of(place):
    """faults_of(place): Returns what is wrong with a place at rest."""
    keys = place.keys()
    journal = keys.journal()
    db = place.open()
    bad, signed = [], {}
    for kind, _, _, a, b, digest in journal:
        if kind == keyfolder.PASSPORT:
            if a in signed:
                bad.append('index %d stands in the journal twice' % a)
            signed[a] = (b, digest)
    bad += _faults_of_cards(db, keys, signed)
    bad += _faults_of_journal(db, journal)
    for row in keyfolder.registry_keys(db):
        keys.seed(*row)
    keys.root_seed()
    db.close()
    p = harness.run([harness.program('faults/registry_check'), place.db])
    if p.code != 0:
        bad.append('registry: %r' % p.out)
    return bad
