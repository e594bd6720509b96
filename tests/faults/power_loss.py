#!/usr/bin/python3
"""Goal: a power cut at any moment of a batch, whatever it leaves of the files,
leaves a registry that is a beginning of what happened, or one that says that it
is damaged; and where the disk kept what it promised, nothing that was
acknowledged is gone and the work goes on.

    BIN=build/release [IMAGES=300] [SEED=N] tests/faults/power_loss.py

A register is issued and followed up once, with every change of every file
written down (preload_disk.c). From that the files at any moment are rebuilt:

  honest   what was synchronised is there, of the rest any part, torn at 512
           bytes: then the next command must finish the work
  damaged  registry.db and -wal as the programs saw them, then cut, a bit
           flipped, 4 KiB zeroed, a sector torn, frames dropped or swapped:
           opened, it must hold a beginning of the finished run's chain of
           events, with the same hash at each number, or be refused
"""
import concurrent.futures
import json
import os
import random
import shutil
import sqlite3
import struct
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import place as places  # noqa: E402  (also puts ../oracle on the path)
import harness    # noqa: E402

IMAGES = int(os.environ.get('IMAGES', '300'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
ROWS = 600
ROOM = 256 << 20       # of records
OPENED, WRITTEN, CUT, SYNCED, RENAMED, UNLINKED = range(1, 7)
HEAD = struct.Struct('<IIQqq')
SECTOR, PAGE = 512, 4096
DAMAGED = (65, 71, 74, 78)     # how an audit may refuse an image
IMPORTED = ('organisation', 'area', 'org_area')
RUN = {}               # what happened, in each process


# --- what was written down -----------------------------------------------------

def read_log(data):
    """read_log(data): Returns (kind, file, offset, bytes on standard output by
    then, data) of each record."""
    used = struct.unpack_from('<Q', data, 16)[0]
    if used > len(data) - 128:
        sys.exit('the records are longer than there is room for')
    at, end, out, records = 128, 128 + used, 0, []
    while at < end:
        kind, n, file, off, said = HEAD.unpack_from(data, at)
        at += HEAD.size
        out = max(out, said)
        records.append((kind, file, off, out, data[at:at + n]))
        at += (n + 7) & ~7
    return records


class Files:
    """The files of a data folder while records are played back: as the
    programs see them, and the changes that are not on the disk for sure."""

    def __init__(self, folder):
        self.folder = folder
        self.inode = {}     # name: inode
        self.data = {}      # inode: what the programs see
        self.sure = {}      # inode: what is on the disk
        self.loose = {}     # inode: [changes since]
        self.old = {}       # name: bytes, before the run
        for at, _, names in os.walk(folder):
            for n in names:
                path = os.path.join(at, n)
                self.old[path] = open(path, 'rb').read()

    @staticmethod
    def change(data, kind, off, piece):
        if kind == CUT:
            del data[off:]
            data.extend(bytes(off - len(data)))
            return
        if len(data) < off:
            data.extend(bytes(off - len(data)))
        data[off:off + len(piece)] = piece

    def play(self, record):
        kind, file, off, _, piece = record
        if kind == OPENED:
            name = piece.decode()
            if os.path.isdir(name) or self.inode.get(name) == file:
                return
            self.inode[name] = file
            self.data[file] = bytearray(self.old.pop(name, b''))
            self.sure[file] = bytearray(self.data[file])
            self.loose[file] = []
        elif kind in (WRITTEN, CUT) and file in self.data:
            self.change(self.data[file], kind, off, piece)
            self.loose[file].append((kind, off, piece))
        elif kind == SYNCED and file in self.data:
            self.sure[file] = bytearray(self.data[file])
            self.loose[file] = []
        elif kind == RENAMED:
            a, b = (x.decode() for x in piece.split(b'\0'))
            if a in self.inode:
                self.inode[b] = self.inode.pop(a)
                self.old.pop(b, None)
        elif kind == UNLINKED:
            self.inode.pop(piece.decode(), None)
            self.old.pop(piece.decode(), None)

    def seen(self, name):
        """seen(name): what the programs see of DATA/name, or None."""
        path = os.path.join(self.folder, name)
        if path in self.inode:
            return bytes(self.data[self.inode[path]])
        return self.old.get(path)

    def honest(self, lot):
        """honest(lot): Returns {path: bytes} that a disk may hold that keeps
        what it promised, and nothing more."""
        out = dict(self.old)
        for path, file in self.inode.items():
            data = bytearray(self.sure[file])
            for kind, off, piece in self.loose[file]:
                if kind == CUT:
                    if lot.random() < .5:
                        self.change(data, kind, off, piece)
                    continue
                for at in range(0, len(piece), SECTOR):
                    if lot.random() < .5:
                        self.change(data, kind, off + at,
                                    piece[at:at + SECTOR])
            out[path] = bytes(data)
        return out


# --- damage ---------------------------------------------------------------------

def flip(lot, data):
    at = lot.randrange(len(data))
    data[at] ^= 1 << lot.randrange(8)


def cut(lot, data):
    del data[lot.randrange(len(data)):]


def zero(lot, data):
    at = lot.randrange(max(1, len(data) // PAGE)) * PAGE
    data[at:at + PAGE] = bytes(len(data[at:at + PAGE]))


def tear(lot, data):
    at = lot.randrange(max(1, len(data) // SECTOR)) * SECTOR
    n = lot.randrange(1, SECTOR)
    data[at + n:at + SECTOR] = bytes(len(data[at + n:at + SECTOR]))


def frame(n):
    size = 24 + PAGE
    return slice(32 + n * size, 32 + (n + 1) * size)


def frames(data):
    return max(0, (len(data) - 32) // (24 + PAGE))


def drop(lot, data):
    """Of the last 20 frames one is not there."""
    n = frames(data)
    if n:
        del data[frame(lot.randrange(max(0, n - 20), n))]


def swap(lot, data):
    """Of the last 20 frames two stand in each other's place."""
    n = frames(data)
    if n > 1:
        a, b = lot.sample(range(max(0, n - 20), n), 2)
        data[frame(a)], data[frame(b)] = data[frame(b)], data[frame(a)]


def ends(lot, data):
    """Behind some frame there is another's rubbish."""
    n = frames(data)
    if n:
        at = frame(lot.randrange(n)).start
        data[at:] = lot.randbytes(len(data) - at)


KINDS = (('wal', cut), ('wal', flip), ('wal', zero), ('wal', tear),
         ('wal', drop), ('wal', swap), ('wal', ends),
         ('db', cut), ('db', flip), ('db', zero), ('db', tear))


# --- one image --------------------------------------------------------------------

def events(path):
    """events(path): [(seq, hash)] of a registry, or None if SQLite refuses."""
    db = sqlite3.connect(path)
    try:
        return [(s, bytes(h)) for s, h in
                db.execute('SELECT seq, hash FROM event ORDER BY seq')]
    except (sqlite3.Error, TypeError):
        return None
    finally:
        db.close()


def contents(path):
    """contents(path): what a registry holds, or None; but for the public lists
    of organisations, which no event covers and a new import mends."""
    db = sqlite3.connect(path)
    try:
        names = [n for n, in db.execute(
            'SELECT name FROM sqlite_schema WHERE type = \'table\'')]
        return [(n, db.execute('SELECT * FROM %s' % n).fetchall())
                for n in names if n not in IMPORTED]
    except sqlite3.Error:
        return None
    finally:
        db.close()


def wanted(n):
    return RUN['final'][:n]


def put(folder, files):
    os.makedirs(folder + '/keys', mode=0o700)
    for path, data in files.items():
        with open(os.path.join(folder, path), 'wb') as f:
            f.write(data)


def audit_of(place):
    p = harness.run(place.argv('audit'))
    return p, p.code == 0


def damaged(lot, files, folder):
    """damaged(...): Returns (kind, what came of it, what is wrong)."""
    which, how = lot.choice(KINDS)
    db, wal = files.seen('registry.db'), files.seen('registry.db-wal') or b''
    if which == 'wal' and not wal:
        which, how = 'db', flip
    name = '%s %s' % (how.__name__, which)
    new = {'registry.db': bytearray(db), 'registry.db-wal': bytearray(wal)}
    how(lot, new['registry.db' + ('' if which == 'db' else '-wal')])
    if lot.random() < .3:       # of no meaning after a power cut
        new['registry.db-shm'] = lot.randbytes(32768)
    place = places.Place(folder)
    for n in ('carerpass.conf',):
        new[n] = files.seen(n)
    put(place.data, new)
    shutil.copytree(place.data, folder + '/look')
    p, clean = audit_of(place)
    found = events(folder + '/look/registry.db')
    if p.is_crash() or p.code not in (0,) + DAMAGED:
        return name, 'bad', 'audit: %r' % p
    if not clean and b'carerpass: ' not in p.err:
        return name, 'bad', 'refused without a word'
    if not clean:
        return name, 'refused', None
    if found is None or found != wanted(len(found)):
        return name, 'bad', 'another history, and the audit is content'
    if which == 'wal':
        return name, 'prefix', None
    # A flipped bit where nothing is kept: all else must be as it was.
    put(folder + '/whole', {'registry.db': db, 'registry.db-wal': wal})
    same = (contents(folder + '/look/registry.db')
            == contents(folder + '/whole/registry.db'))
    return name, 'prefix', None if same else 'changed, and the audit is content'


def honest(lot, files, out, folder):
    """honest(...): as damaged(); the next command must go on."""
    place = places.Place(folder)
    put(place.data, {os.path.relpath(p, files.folder): d
                     for p, d in files.honest(lot).items()})
    shutil.copy(RUN['base'] + '/pass', folder)
    shutil.copytree(place.data, folder + '/look')
    found = events(folder + '/look/registry.db')
    if found is None or found != wanted(len(found)):
        return 'honest', 'bad', 'another history: %s' % (
            found and len(found))
    p = place.run('publish', '--out', place.out)
    if p.code != 0:
        return 'honest', 'bad', 'the next command: %r' % p
    bad = places.faults_of(place)
    p = place.audit()
    if p.code != 0:
        bad.append('audit: %r' % p)
    bad += lost(place, out)
    return 'honest', 'prefix', '; '.join(bad[:4]) or None


def lost(place, out):
    """lost(place, out): what was acknowledged in the first ${out} bytes of
    standard output and is not so."""
    said = RUN['said'][:out]
    cards = [json.loads(x) for x in said[:said.rfind(b'\n') + 1].splitlines()]
    RUN['acked'] += len(cards)
    # A card whose follower was acknowledged is out of force.
    newest, state = {}, {}
    for c in cards:
        if c['kind'] != 'ended':
            if c['name'] in newest:
                state[newest[c['name']]] = 'withdrawn'
            newest[c['name']] = c['url']
            state[c['url']] = 'ok'
        else:
            state[c['url']] = 'withdrawn'
    for url, reason in zip(state, place.reasons(list(state))):
        # What was reserved and not acknowledged has ended its forerunner, too.
        if reason != state[url] and not (
                reason == 'withdrawn' and url in RUN['ends']):
            yield '%s is %s, not %s' % (url[-12:], reason, state[url])


def images(job):
    """images(job): the images of some moments, in order of time."""
    number, moments, seed = job
    os.umask(0o077)
    lot = random.Random(seed)
    files, at, said = Files(RUN['base'] + '/data'), 0, []
    RUN['acked'] = 0
    for n, moment in enumerate(moments):
        while at < moment:
            files.play(RUN['records'][at])
            at += 1
        folder = '%s/image%d.%d' % (RUN['root'], number, n)
        out = RUN['records'][min(at, len(RUN['records']) - 1)][3]
        if n % 3 == 0:
            said.append(honest(lot, files, out, folder))
        else:
            said.append(damaged(lot, files, folder))
        shutil.rmtree(folder)
    return said, RUN['acked']


# --- the run ----------------------------------------------------------------------

def record(place, root, argv, stdin, state, out):
    p = places.append(place.argv(*argv), stdin, out, place.env(
        'disk', DISK_ROOT=place.root + '/data', DISK_STATE=state,
        DISK_RECORD=1))
    if p.code != 0:
        sys.exit('the run: %r' % p)


def run(place, root):
    """run(place, root): a register, then renewals and withdrawals."""
    state, out = root + '/state', root + '/out'
    with open(state, 'wb') as f:
        f.truncate(ROOM)
    with open(root + '/register.csv', 'w') as f:
        f.write('name,ref\n')
        f.writelines('Case %s,C%d\n' % (''.join('abcdefghij'[int(c)]
                                                for c in str(i)), i)
                     for i in range(ROWS))
    record(place, root, ['issue', '--org', 'A81001', '--csv',
                         root + '/register.csv', '--json'], b'', state, out)
    serials = [json.loads(x)['serial'] for x in open(out, 'rb')]
    record(place, root, ['renew', '-', '--json'],
           '\n'.join(serials[:100]).encode(), state, out)
    record(place, root, ['withdraw', '-', '--json'],
           '\n'.join(serials[100:130]).encode(), state, out)
    with open(out, 'rb') as f:
        said = f.read()
    with open(state, 'rb') as f:
        records = read_log(f.read())
    cards = [json.loads(x) for x in said.splitlines()]
    gone = set(serials[:130])
    return {'records': records, 'said': said,
            'ends': {c['url'] for c in cards if c['serial'] in gone}}


def main():
    os.umask(0o077)
    print('SEED=%d' % SEED, flush=True)
    lot = random.Random(SEED)
    tally = harness.Tally()
    counts, acked = {}, 0
    with tempfile.TemporaryDirectory(prefix='power-loss-',
                                     dir=places.MEMORY) as root:
        places.build_shims(root, 'quick', 'disk')
        base, _, _ = places.set_up(root)
        place = base.copy(root + '/run')
        RUN.update(run(place, root), root=root, base=place.root,
                   final=events(place.db))
        # The records speak of the folder that they were made in.
        shutil.rmtree(place.root)
        shutil.copytree(base.root, place.root)
        os.unlink(root + '/state')
        moments = sorted(lot.randrange(1, len(RUN['records']) + 1)
                         for _ in range(IMAGES))
        lots = max(2, IMAGES // 100)
        jobs = [(i, moments[i::lots], SEED + i) for i in range(lots)]
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            for said, n in pool.map(images, jobs):
                acked += n
                for kind, came, bad in said:
                    key = (kind, came)
                    counts[key] = counts.get(key, 0) + 1
                    tally.check(kind, bad is None, bad)
    for kind, came in sorted(counts):
        print('%-10s %-8s %d' % (kind, came, counts[kind, came]))
    print('%d images of %d changes: %d a beginning, %d refused, %d bad; %d '
          'times a card was acknowledged before the cut' % (
              IMAGES, len(RUN['records']),
              sum(v for k, v in counts.items() if k[1] == 'prefix'),
              sum(v for k, v in counts.items() if k[1] == 'refused'),
              tally.failed, acked))
    for came in ('prefix', 'refused'):
        tally.check('some are ' + came, any(k[1] == came for k in counts))
    tally.check('some were acknowledged', acked > 0)
    tally.finish()


main()
