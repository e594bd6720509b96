#!/usr/bin/python3
"""Goal: a backup that is made while a practice issues is whole: it holds every
card that was acknowledged before it began, passes the audit, and issues.

    BIN=build/release [BACKUPS=6] tests/faults/backups.py

Registers are issued in a loop, without a pause. Meanwhile docs/examples/backup.sh
makes copies; and so do SQLite's own backup and VACUUM INTO, which ask nobody.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import place as places  # noqa: E402  (also puts ../oracle on the path)
import harness    # noqa: E402

BACKUPS = int(os.environ.get('BACKUPS', '6'))
ROWS = 300             # of a register
REGISTERS = 4000       # more than are made
LETTERS = 'abcdefghij'


def register(folder, first):
    path = folder + '/register.csv'
    with open(path, 'w') as f:
        f.write('name,ref\n')
        f.writelines('Case %s,C%d\n' % (''.join(
            LETTERS[int(c)] for c in str(i)), i)
            for i in range(first, first + ROWS))
    return ['issue', '--org', 'A81001', '--csv', path, '--json']


class Desk(threading.Thread):
    """Issues register after register until it is told to stop."""

    def __init__(self, place):
        super().__init__()
        self.place = place
        self.stop = threading.Event()
        self.acked = {}     # url: nothing
        self.refused = 0    # while a backup was made
        self.bad = []

    def run(self):
        done = 0
        for _ in range(REGISTERS):
            if self.stop.is_set():
                break
            p = self.place.run(*register(self.place.root, done * ROWS))
            if p.code == 0:
                done += 1
            elif p.code == 69 and b'another carerpass' in p.err:
                self.refused += 1
            else:
                self.bad.append(repr(p))
                break
            for line in p.out.splitlines():
                self.acked[json.loads(line)['url']] = None


def by_script(place, to):
    p = harness.run(['sh', os.path.join(HERE, '..', '..', 'docs', 'examples',
                                        'backup.sh'), place.data, to])
    return p.out.decode().strip() if p.code == 0 else p


def events(path):
    db = sqlite3.connect(path)
    rows = [(s, bytes(h)) for s, h in
            db.execute('SELECT seq, hash FROM event ORDER BY seq')]
    db.close()
    return rows


def restored(tally, label, desk, folder, before):
    """restored(...): a copy in the place of the data folder."""
    root = folder + '.place'
    os.mkdir(root)
    place = places.Place(root)
    shutil.copytree(folder, place.data)
    shutil.copy(desk.place.root + '/pass', root)
    p = place.audit()
    tally.check(label + ': audit', p.code == 0, repr(p))
    tally.equal(label + ': all is well', places.faults_of(place), [])
    p = place.run('issue', '--org', 'A81001', '--name', 'After Wards', '--ref',
                  'A1', '--json')
    tally.check(label + ': issues', p.code == 0, repr(p))
    p = place.run('publish', '--out', place.out)
    tally.check(label + ': publishes', p.code == 0, repr(p))
    said = place.reasons(before)
    tally.check(label + ': has what was acknowledged', said == ['ok'] * len(
        before), '%d of %d' % (said.count('ok'), len(before)))
    tally.equal(label + ': all is well after it', places.faults_of(place), [])
    return place.one('SELECT count(*) FROM card')


def bare_copy(place, how, folder):
    """bare_copy(...): only the registry, by SQLite, which asks nobody."""
    os.mkdir(folder)
    db = sqlite3.connect(place.db, timeout=30)
    if how == 'vacuum':
        db.execute('VACUUM INTO ?', (folder + '/registry.db',))
    else:
        to = sqlite3.connect(folder + '/registry.db')
        db.backup(to)
        to.close()
    db.close()
    shutil.copy(place.data + '/carerpass.conf', folder)


def copies(tally, root, place, desk):
    """copies(...): Returns (folder, what was acknowledged before) of each that
    the script made, and the folders of the others."""
    whole, bare = [], []
    for i in range(BACKUPS):
        before = list(desk.acked)
        made = by_script(place, '%s/backup%d' % (root, i))
        if tally.check('backup.sh', isinstance(made, str), repr(made)):
            whole.append((made, before))
        for how in ('backup', 'vacuum'):
            bare.append('%s/%s-bare%d' % (root, how, i))
            bare_copy(place, how, bare[-1])
    return whole, bare


def look(tally, desk, place, whole, bare):
    """look(...): Returns how many cards the copies of the script hold."""
    final = events(place.db)
    for folder in bare:
        p = harness.run([harness.program('carerpass'), 'audit', '--data',
                         folder])
        tally.check(folder + ': audit', p.code == 0, repr(p))
        found = events(folder + '/registry.db')
        tally.check(folder + ': a beginning', found == final[:len(found)])
    return [restored(tally, folder, desk, folder, before)
            for folder, before in whole]


def main():
    os.umask(0o077)
    tally = harness.Tally()
    with tempfile.TemporaryDirectory(prefix='backups-',
                                     dir=places.MEMORY) as root:
        places.build_shims(root, 'quick')
        place, _, _ = places.set_up(root)
        desk = Desk(place)
        desk.start()
        try:
            whole, bare = copies(tally, root, place, desk)
        finally:
            desk.stop.set()
            desk.join()
        tally.equal('the desk goes on', desk.bad, [])
        tally.equal('all is well at the desk', places.faults_of(place), [])
        cards = look(tally, desk, place, whole, bare)
    print('%d backups while %d cards were issued (the desk was asked to wait '
          '%d times); they hold %s cards' % (
              len(whole) + len(bare), len(desk.acked), desk.refused,
              ', '.join(str(n) for n in cards)))
    tally.check('something was issued meanwhile', len(desk.acked) > 0)
    tally.finish()


main()
