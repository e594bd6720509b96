#!/usr/bin/python3
"""Goal: on a disk that is really full a command says so, loses nothing that was
acknowledged, and does its work once there is room again.

    BIN=build/release [FILLS=3] tests/faults/full_disk.py

The disk is a small tmpfs in a mount namespace of this script's own. Where none
can be mounted, that is counted and said: then nothing was shown.
"""
import ctypes
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import place as places  # noqa: E402  (also puts ../oracle on the path)
import harness    # noqa: E402

FILLS = int(os.environ.get('FILLS', '3'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
NEWNS = 0x20000
LETTERS = 'abcdefghij'
COMMANDS = 200         # that fit on no such disk


def apart():
    """apart(): Returns whether this process has mounts of its own now."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.unshare(NEWNS) == 0 and subprocess.run(
        ['mount', '--make-rprivate', '/'],
        stderr=subprocess.DEVNULL).returncode == 0


def mount(folder, kib):
    os.mkdir(folder)
    return subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', 'size=%dk,mode=700' % kib, 'none',
         folder], stderr=subprocess.DEVNULL).returncode == 0


def moved(base, root, disk):
    """moved(...): the base's data folder on the small disk, all else beside
    it."""
    place = places.Place(root)
    os.mkdir(root)
    shutil.copy(base.root + '/pass', root)
    place.data, place.db = disk + '/data', disk + '/data/registry.db'
    shutil.copytree(base.data, place.data)
    return place


def register(place, n, rows):
    path = place.root + '/register.csv'
    with open(path, 'w') as f:
        f.write('name,ref\n')
        f.writelines('Case %s,C%d\n' % (''.join(
            LETTERS[int(c)] for c in str(i)), i)
            for i in range(n, n + rows))
    return ['issue', '--org', 'A81001', '--csv', path, '--json']


def fill(tally, place, rows, acked):
    """fill(...): issues until the disk is full; the command that met it."""
    for i in range(COMMANDS):
        command = register(place, i * rows, rows)
        p = place.run(*command)
        lines = p.out.split(b'\n')[:-1]
        acked += [json.loads(x)['url'] for x in lines]
        if p.code != 0:
            tally.check('a full disk: exit 74', p.code == 74, repr(p))
            tally.check('a full disk: it says so', b'full' in p.err
                        or b'No space' in p.err or b'disk' in p.err, repr(p))
            return command
        if len(lines) != rows:
            tally.check('a full disk: all or an error', False, repr(p))
    tally.check('the disk was filled', False)
    return command


def one(tally, lot, base, root, i):
    disk = '%s/disk%d' % (root, i)
    if not mount(disk, lot.randrange(1200, 3000, 4)):
        return False
    place = moved(base, '%s/place%d' % (root, i), disk)
    ballast = disk + '/ballast'
    with open(ballast, 'wb') as f:
        f.write(bytes(300 << 10))
    acked = []
    command = fill(tally, place, lot.choice((7, 60, 300)), acked)
    for what in (['publish', '--out', place.out], ['audit'],
                 ['issue', '--org', 'A81001', '--name', 'Late Person', '--ref',
                  'L1']):
        p = place.run(*what)
        tally.check('full: %s ends in order' % what[0],
                    p.code in (0, 65, 74) and (p.code == 0 or b'carerpass: '
                                               in p.err), repr(p))
    os.unlink(ballast)
    # Room for what one transaction needs besides: the disk is made larger.
    subprocess.run(['mount', '-o', 'remount,size=64m', disk], check=True)
    p = place.run(*command)
    tally.check('room again: the command is finished', p.code == 0, repr(p))
    acked += [json.loads(x)['url'] for x in p.out.splitlines()
              if json.loads(x)['kind'] == 'first']
    p = place.run('publish', '--out', place.out)
    tally.check('room again: publish', p.code == 0, repr(p))
    said = place.reasons(acked)
    tally.check('what was acknowledged is there', said == ['ok'] * len(acked),
                '%d of %d' % (said.count('ok'), len(acked)))
    p = place.audit()
    tally.check('audit', p.code == 0, repr(p))
    tally.equal('all is well', places.faults_of(place), [])
    RAN['acked'] += len(acked)
    subprocess.run(['umount', disk], check=True)
    shutil.rmtree(place.root)
    return True


RAN = {'acked': 0}


def main():
    os.umask(0o077)
    print('SEED=%d' % SEED, flush=True)
    lot = random.Random(SEED)
    tally = harness.Tally()
    filled = 0
    with tempfile.TemporaryDirectory(prefix='full-disk-',
                                     dir=places.MEMORY) as root:
        places.build_shims(root, 'quick')
        base, _, _ = places.set_up(root)
        if apart():
            filled = sum(one(tally, lot, base, root, i) for i in range(FILLS))
    print('%d disks filled, %d cards acknowledged' % (filled, RAN['acked']))
    if filled < FILLS:
        print('NOT TRIED: %d disks: no tmpfs can be mounted here' % (
            FILLS - filled))
    tally.finish()


main()
