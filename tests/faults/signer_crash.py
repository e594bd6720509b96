#!/usr/bin/python3
"""Goal: whenever the signer or the process that asks it dies, the same command
given again finishes the same card with the same bytes, and nothing is ever
signed twice, lost or left half done.

    BIN=build/release tests/faults/signer_crash.py

Each run copies one scheme, kills one of the two processes at its N-th write or
synchronising (preload_crash.c), for every N there is, gives the command again,
and then reads registry, journal and published folder with keyfolder.py and
registry_check: independently of the programs.
"""
import concurrent.futures
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import place as places  # noqa: E402  (also puts ../oracle on the path)
import harness    # noqa: E402
import keyfolder  # noqa: E402
from place import faults_of  # noqa: E402

STEPS = 30        # more steps than any command has


def run(place, *command, **crash):
    return place.run(*command, shims=('crash',),
                     **{'CRASH_' + k.upper(): v for k, v in crash.items()})


# --- the commands, and what must be so after the second try -------------------

def payloads(place):
    db = place.open()
    out = {c[0]: c[3] for c in keyfolder.cards(db, place.keys())}
    db.close()
    return out


def signed_cards(place):
    db = place.open()
    n = db.execute('SELECT count(signature) FROM card').fetchone()[0]
    db.close()
    return n


def after_issue(place, before, ran):
    now = payloads(place)
    bad = []
    if len(now) != 2:
        bad.append('%d cards where there should be 2' % len(now))
    for serial, payload in before.items():
        if now.get(serial) != payload:
            bad.append('the reserved card %d was not the one finished' % serial)
    url = json.loads(ran.out)['url']
    if place.run('publish', '--out', place.out).code != 0:
        bad.append('publish fails')
    elif place.reason(url) != 'ok':
        bad.append('the card is ' + place.reason(url))
    return bad


def after_withdraw(place, before, ran):
    db = place.open()
    n = db.execute('SELECT count(*) FROM event WHERE kind = 3').fetchone()[0]
    db.close()
    bad = [] if n == 1 else ['%d withdrawals' % n]
    if place.run('publish', '--out', place.out).code != 0:
        bad.append('publish fails')
    elif place.reason(BASE['url']) != 'withdrawn':
        bad.append('the card is ' + place.reason(BASE['url']))
    return bad


def after_publish(place, before, ran):
    reason = place.reason(BASE['url'])
    return [] if reason == 'ok' else ['the card is ' + reason]


def after_enrol(place, before, ran):
    db = place.open()
    n = db.execute('SELECT count(*) FROM signing_key WHERE ods = ?'
                   ' AND state = 0', ('A81002',)).fetchone()[0]
    db.close()
    bad = [] if n == 1 else ['%d active keys' % n]
    p = place.run('issue', '--org', 'A81002', '--name', 'Case Person',
                  '--ref', 'E1', '--json')
    if p.code != 0:
        bad.append('the organisation cannot issue: %r' % p)
    return bad


def after_reconcile(place, before, ran):
    older = BASE['older']
    bad = []
    if place.run('publish', '--out', place.out).code != 0:
        bad.append('publish fails')
    for url, want in ((older['lost'], 'withdrawn'), (older['gone'], 'withdrawn'),
                      (BASE['url'], 'ok')):
        if place.reason(url) != want:
            bad.append('a card is %s, not %s' % (place.reason(url), want))
    db = place.open()
    n = db.execute('SELECT (SELECT count(*) FROM lost_card),'
                   ' (SELECT count(*) FROM event WHERE kind = 16),'
                   ' (SELECT status_index FROM lost_card)').fetchone()
    db.close()
    if n[:2] != (1, 1):
        bad.append('%d lost cards by %d events' % n[:2])
    if sum(r[0] == keyfolder.WITHDRAWN and r[3] == n[2]
           for r in place.keys().journal()) != 1:
        bad.append('the journal was not told of the lost card once')
    return bad


COMMANDS = {
    'issue': (('issue', '--org', 'A81001', '--name', 'Case Person', '--ref',
               'C1', '--json'), after_issue),
    'withdraw': (('withdraw', 'SERIAL', '--reason', 'lost'), after_withdraw),
    'publish': (('publish', '--out', 'OUT'), after_publish),
    'org enrol': (('org', 'enrol', 'A81002'), after_enrol),
    'reconcile': (('reconcile', '--lists', 'OUT'), after_reconcile),
}
BASE = {'left': 0}   # cards found reserved and not signed


def words(place, command):
    swap = {'SERIAL': BASE['serial'], 'OUT': place.out}
    return [swap.get(w, w) for w in command]


def one(case):
    """one(case): Returns None where the command has no such step, else a list
    of what went wrong."""
    name, who, how, n = case
    command, after = COMMANDS[name]
    base = BASE['older']['place'] if name == 'reconcile' else BASE['place']
    place = base.copy(os.path.join(BASE['root'], '-'.join(case_words(case))))
    try:
        first = run(place, *words(place, command), who=who, how=how, at=n)
        died = first.code == -9 if who == 'asker' else first.code == 69
        if how == 'eio':
            died = first.code != 0
        if not died:
            return None if first.code == 0 else ['first try: %r' % first]
        bad = []
        if who == 'signer' and b'carerpass: ' not in first.err:
            bad.append('the asker says nothing: %r' % first)
        # Whatever died: what a ward has still confirms the old card.
        if place.reason(BASE['url']) != 'ok':
            bad.append('in between the old card is '
                       + place.reason(BASE['url']))
        before = payloads(place)
        BASE['left'] += len(before) - signed_cards(place)
        second = place.run(*words(place, command))
        if second.code != 0:
            return bad + ['second try: %r' % second]
        bad += after(place, before, second)
        return bad + faults_of(place)
    finally:
        shutil.rmtree(place.root)


def case_words(case):
    return [str(w).replace(' ', '_') for w in case]


def every_step(tally, pool, name, who, how):
    """every_step(...): n = 1, 2, ... until the command has no such step."""
    steps = 0
    for start in range(1, STEPS, 4):
        cases = [(name, who, how, n) for n in range(start, start + 4)]
        for case, bad in zip(cases, pool.map(one, cases)):
            if bad is None:
                return steps
            steps += 1
            tally.check(' '.join(case_words(case)), not bad, '; '.join(bad))
    tally.check('%s %s %s ends' % (name, who, how), False)
    return steps


def old_backup(tally):
    """Yesterday's registry beside today's journal: nothing is signed with it."""
    place = BASE['place'].copy(os.path.join(BASE['root'], 'backup'))
    old = open(place.db, 'rb').read()
    command = words(place, COMMANDS['issue'][0])
    tally.equal('backup: issue', place.run(*command).code, 0)
    journal = open(place.data + '/keys/journal', 'rb').read()
    new = open(place.db, 'rb').read()
    put(place, old)
    for again in (command, ['publish'], ['org', 'enrol', 'A81002']):
        p = place.run(*again)
        tally.equal('backup: %s is refused' % again[0], p.code, 78)
        tally.check('backup: says what to do', b'newest backup' in p.err, p.err)
    tally.check('backup: nothing was signed', journal == open(
        place.data + '/keys/journal', 'rb').read())
    put(place, new)
    tally.equal('backup: the newest works', place.run(*command).code, 0)
    tally.equal('backup: all is well', faults_of(place), [])
    shutil.rmtree(place.root)


def put(place, db):
    for tail in ('-wal', '-shm'):
        if os.path.exists(place.db + tail):
            os.unlink(place.db + tail)
    with open(place.db, 'wb') as f:
        f.write(db)


def make_older():
    """make_older(): a place whose registry is of the day before: since then a
    card was issued, another withdrawn, and both published."""
    place = BASE['place'].copy(os.path.join(BASE['root'], 'older'))
    cards = []
    for name in ('Gone Person', 'Lost Person'):
        p = place.run('issue', '--org', 'A81001', '--name', name, '--ref',
                      name, '--json')
        cards.append(json.loads(p.out))
        if len(cards) == 1:
            old = open(place.db, 'rb').read()
    for command in (('withdraw', cards[0]['serial'], '--reason', 'lost'),
                    ('publish', '--out', place.out)):
        if place.run(*command).code != 0:
            sys.exit('set-up: %s' % (command,))
    put(place, old)
    BASE['older'] = {'place': place, 'gone': cards[0]['url'],
                     'lost': cards[1]['url']}


def set_up(root):
    place, serial, url = places.set_up(root)
    BASE.update(place=place, root=root, url=url, serial=serial)


def main():
    os.umask(0o077)
    tally = harness.Tally()
    with tempfile.TemporaryDirectory(prefix='signer-crash-',
                                     dir=places.MEMORY) as root:
        places.build_shims(root, 'quick', 'crash')
        set_up(root)
        make_older()
        old_backup(tally)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for name in COMMANDS:
                for who, hows in (('signer', ('before', 'after', 'torn', 'eio')),
                                  ('asker', ('before', 'after'))):
                    n = [every_step(tally, pool, name, who, how)
                         for how in hows]
                    print('%s: the %s killed at %s' % (name, who, ', '.join(
                        '%d steps %s' % x for x in zip(n, hows))), flush=True)
                    tally.check('%s: %s has steps' % (name, who), n[0] > 0)
    print('%d cards were reserved and unsigned in between' % BASE['left'])
    tally.check('some were', BASE['left'] > 0)
    tally.finish()


main()
