#!/usr/bin/python3
"""Goal: when any one call on the disk fails, or any one allocation, once or from
then on, the command says so or has really done its work; nothing is harmed, and
given again without the fault it succeeds.

    BIN=build/release [EVERY=20] [CASES=...] tests/faults/failing_calls.py

EVERY=1 tries each call (the proof), EVERY=N every N-th, from one drawn by lot.
The disk (preload_disk.c): eio is a call that fails, enospc one that needs room,
short the same after half a write. Memory (preload_memory.c): of the command, or
of its signer.
"""
import concurrent.futures
import hashlib
import json
import os
import random
import shutil
import struct
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import place as places  # noqa: E402  (also puts ../oracle on the path)
import harness    # noqa: E402

EVERY = int(os.environ.get('EVERY', '20'))
SEED = int(os.environ.get('SEED', '0')) or random.SystemRandom().randrange(
    1, 1 << 32)
ONLY = os.environ.get('CASES', '')      # "issue disk", for one of them
MEMORY_THINNER = 12    # allocations are many: so much fewer of them are tried
STATE = 128            # bytes of the shared state
HOW = {'disk': [(what, ever) for what in ('eio', 'enospc', 'short')
                for ever in (False, True)],
       'memory': [(who, ever) for who in ('asker', 'signer')
                  for ever in (False, True)]}
BASE = {}


# --- the commands, and whether their work is done -------------------------------

def cards(place, where='1'):
    return place.one('SELECT count(*) FROM card WHERE signature IS NOT NULL'
                     ' AND ' + where)


def is_pdf(place, name):
    try:
        data = open(os.path.join(place.root, name), 'rb').read()
    except FileNotFoundError:
        return False
    return data.startswith(b'%PDF') and data.rstrip().endswith(b'%%EOF')


def issued(place):
    return cards(place) == 2 and is_pdf(place, 'card.pdf')


def register_done(place):
    return cards(place) == 1 + BASE['rows'] and is_pdf(place, 'cards.pdf')


def renewed(place):
    return cards(place) == 2 and cards(place, 'ended IS NULL') == 1


def withdrawn(place):
    return place.one('SELECT count(*) FROM event WHERE kind = 3') == 1


def published(place):
    """The folder is whole, and is the one that the registry knows of."""
    try:
        with open(place.out + '/index.json') as f:
            index = json.load(f)
        files = [(index['trust'], -1, 'trust.cwt')]
        files += [(x, x['n'], 'status/%d.cwt' % x['n'])
                  for x in index['status']]
        for said, _, name in files:
            with open(os.path.join(place.out, name), 'rb') as f:
                if hashlib.sha256(f.read()).hexdigest() != said['sha256']:
                    return False
    except (OSError, ValueError):
        return False
    db = place.open()
    known = dict(db.execute('SELECT object, iat FROM publication'))
    db.close()
    return (known == {n: said['iat'] for said, n, _ in files}
            and place.reason(BASE['url']) == 'withdrawn')


def erased(place):
    wal = place.db + '-wal'
    return (place.one('SELECT count(*) FROM holder WHERE erased') == 1
            and not (os.path.exists(wal) and os.path.getsize(wal)))


def looked(place):
    return True


COMMANDS = {
    'issue': (('issue', '--org', 'A81001', '--name', 'Case Person', '--ref',
               'C1', '--json', '--card', 'ROOT/card.pdf'), issued),
    'csv': (('issue', '--org', 'A81001', '--csv', 'ROOT/register.csv',
             '--json', '--cards', 'ROOT/cards.pdf', '--layout', 'a4x10'),
            register_done),
    'renew': (('renew', 'SERIAL', '--json'), renewed),
    'withdraw': (('withdraw', 'SERIAL', '--json'), withdrawn),
    'publish': (('publish', '--out', 'OUT'), published),
    'erase': (('erase', 'SERIAL'), erased),
    'audit': (('audit',), looked),
}


def words(place, name):
    out = []
    for w in COMMANDS[name][0]:
        w = w.replace('ROOT', place.root).replace('OUT', place.out)
        out.append(BASE['serial'] if w == 'SERIAL' else w)
    if name == 'audit':     # with the signer: more that can fail
        out += ['--passphrase-file', os.path.join(place.root, 'pass')]
    return out


# --- one case ---------------------------------------------------------------------

def variables(part, what, ever, n, state, root):
    v = ({'DISK_ROOT': root + '/', 'DISK_STATE': state, 'DISK_FAIL': what,
          'DISK_AT': n} if part == 'disk' else
         {'MEMORY_STATE': state, 'MEMORY_WHO': what, 'MEMORY_AT': n})
    if ever:
        v[part.upper() + '_EVER'] = 1
    return v


def hindered(place, name, part, what, ever, n):
    """hindered(...): Returns what came of the command, the number of calls and
    of those that failed, and which was the first."""
    state = place.root + '.state'
    with open(state, 'wb') as f:
        f.write(bytes(STATE))
    ran = place.run(*words(place, name), shims=(part,),
                    **variables(part, what, ever, n, state, place.root))
    with open(state, 'rb') as f:
        data = f.read()
    os.unlink(state)
    calls, hits = struct.unpack('<QQ', data[:16])
    return ran, calls, hits, data[24:].rstrip(b'\0').decode()


def fresh(name, tag):
    place = BASE['withdrawn' if name == 'publish' else 'place'].copy(
        os.path.join(BASE['root'], tag))
    if name == 'csv':
        shutil.copy(BASE['root'] + '/register.csv', place.root)
    return place


def judge(place, name, ran, first):
    """judge(...): yields what is wrong with a command that met a fault."""
    done = COMMANDS[name][1]
    # 70: a library of the drawing that does not say why it could not.
    if ran.is_crash() or ran.code not in (0, 70) + places.HINDERED:
        yield 'exit %d' % ran.code
    if ran.code != 0 and b'carerpass: ' not in ran.err:
        yield 'it says nothing'
    if ran.code == 0 and not done(place):
        yield 'silent: it ends well and is not done'
    p = harness.run(place.argv('audit'))
    if p.code != 0:
        yield 'the audit as it lies: %r' % p
    p = place.run(*words(place, name))
    if p.code != 0:
        yield 'again: %r' % p
    elif not done(place):
        yield 'again: it is not done'
    p = place.audit()
    if p.code != 0:
        yield 'the audit: %r' % p
    yield from places.faults_of(place)


def one(case):
    """one(case): Returns the exit code, whether there was a fault, and what
    went wrong."""
    name, part, what, ever, n = case
    os.umask(0o077)
    place = fresh(name, '-'.join(str(x) for x in case))
    try:
        ran, _, hits, first = hindered(place, *case)
        if hits == 0:
            return ran.code, False, []
        bad = list(judge(place, name, ran, first))
        if bad:
            bad.append('at %s: exit %d, %r' % (first, ran.code,
                                               ran.err[:200]))
        return ran.code, True, bad
    finally:
        shutil.rmtree(place.root)


def count(name, part, what):
    place = fresh(name, 'count')
    ran, calls, _, _ = hindered(place, name, part, what, False, 0)
    if ran.code != 0 or not COMMANDS[name][1](place):
        sys.exit('%s without a fault: %r' % (name, ran))
    shutil.rmtree(place.root)
    return calls


def part_of(tally, pool, lot, name, part):
    """part_of(...): all cases of one command; prints a line."""
    step = EVERY * (MEMORY_THINNER if part == 'memory' and EVERY > 1 else 1)
    cases, total = [], 0
    for what, ever in HOW[part]:
        calls = count(name, part, what)
        total += calls
        cases += [(name, part, what, ever, n) for n in
                  range(lot.randrange(1, 1 + min(step, calls)), calls + 1,
                        step)]
    codes, met, silent, wrong = {}, 0, 0, 0
    for case, (code, hit, bad) in zip(cases, pool.map(one, cases,
                                                      chunksize=4)):
        met += hit
        if hit:
            codes[code] = codes.get(code, 0) + 1
        silent += any('silent' in b for b in bad)
        wrong += bool(bad)
        tally.check(' '.join(str(x) for x in case), not bad, '; '.join(bad))
    tally.check('%s %s: something failed' % (name, part), met > 0)
    print('%s, %s: %d of %d calls failed, %d silent, %d bad; %s' % (
        name, part, met, total, silent, wrong, ', '.join(
            'exit %d: %d' % c for c in sorted(codes.items()))), flush=True)
    return met


def set_up(root):
    place, serial, url = places.set_up(root)
    BASE.update(root=root, place=place, serial=serial, url=url, rows=6)
    with open(root + '/register.csv', 'w') as f:
        f.write('name,ref,born,young\n')
        f.writelines('Row Person %s,R%d,%s,\n' % ('abcdef'[i], i, '1970-02-03')
                     for i in range(BASE['rows']))
    BASE['withdrawn'] = place.copy(root + '/withdrawn')
    p = BASE['withdrawn'].run('withdraw', serial)
    if p.code != 0:
        sys.exit('set-up: %r' % p)


def main():
    os.umask(0o077)
    print('EVERY=%d SEED=%d' % (EVERY, SEED), flush=True)
    lot = random.Random(SEED)
    tally = harness.Tally()
    total = 0
    with tempfile.TemporaryDirectory(prefix='failing-calls-',
                                     dir=places.MEMORY) as root:
        places.build_shims(root, 'quick', 'disk', 'memory')
        set_up(root)
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            for part in HOW:
                for name in COMMANDS:
                    if ONLY in ('', name, part, name + ' ' + part):
                        total += part_of(tally, pool, lot, name, part)
    print('%d calls failed' % total)
    tally.finish()


main()
