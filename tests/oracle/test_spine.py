"""The whole path on the real programs: a scheme is made, real organisations are
imported, practices enrolled, carers issued, lists published, cards judged,
withdrawn and judged again. Everything printed and published is held against
the independent reading of the format.

Every command that needs the passphrase costs half a second on purpose, so
there are about 50 of them. ORACLE_BLNS=all runs every naughty string through
the commands that unlock keys, too (some minutes).
"""
import concurrent.futures
import datetime
import json
import os
import re
import signal
import stat
import subprocess
import time
import unicodedata

import carer
import harness
import verify_folder
from harness import fresh, program, run, run_check, scratch

T = harness.Tally()
verify_folder.T = T

HOST = '127.0.0.1:8443'
SCHEME = 'Example Carer Passport'
ADULT = 'Si\u00e2n Llewelyn-Rh\u0177s'
YOUNG = 'Ad\u00e9b\u00e1y\u1ecd\u0300 O\u2019Neill'
NHS_NUMBERS = ()                # filled from the vectors in main()

PASS_FILE = os.path.join(scratch(), 'passphrase')
DATA = os.path.join(scratch(), 'data')
OUT = os.path.join(scratch(), 'published')

ISSUED = ('serial', 'name', 'valid_to', 'url', 'status_index', 'kind')
ORG = ('ods', 'name', 'setting', 'enrolled', 'pcn', 'sub_icb', 'icb', 'region')


def write_private(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    os.chmod(path, 0o600)


def cp(*args, data=DATA, unlock=False, **how):
    """cp(args...): Runs carerpass on the data folder; unlock gives it the
    passphrase. There is never a terminal."""
    argv = [program('carerpass'), *args[:1]]
    rest = list(args[1:])
    if args[0] in ('org', 'root'):
        argv.append(rest.pop(0))
    argv += ['--data', data]
    if unlock:
        argv += ['--passphrase-file', PASS_FILE]
    env = {k: v for k, v in os.environ.items() if k != 'CARERPASS_DATA'}
    return run(argv + rest, env=how.pop('env', env), **how)


def done(label, r):
    return T.check(label, r.code == 0 and not r.is_crash(), repr(r))


def refused(label, r, codes, words=()):
    """refused(label, r, codes, words): The command ended with one of the codes,
    gave a reason that names each word, and printed nothing else."""
    ok = T.check(label, r.code in codes and not r.is_crash(),
                 'want exit %s: %r' % (sorted(codes), r))
    T.check(label + ': gives a reason', r.err.strip() and not r.out, repr(r))
    for w in words:
        T.check('%s: names %s' % (label, w), w.lower() in r.err.decode(
            'utf-8', 'replace').lower(), repr(r))
    clean(label, r)
    return ok


def clean(label, r):
    T.check(label + ': no control characters', not re.search(
        rb'[\x00-\x08\x0b-\x1f\x7f]', r.out + r.err), repr(r))


def objects(label, r, order):
    """objects(label, r, order): Returns the JSON objects of the output, one a
    line, having checked that members stand in that order and none is null."""
    out = []
    for line in r.out.decode().splitlines():
        try:
            pairs = harness.pairs_of(line)
        except ValueError as e:
            T.check(label + ': JSON', False, '%s: %r' % (e, line))
            return out
        keys = [k for k, _ in pairs]
        if keys != [k for k in order if k in keys] or None in dict(
                pairs).values():
            T.check(label + ': members in order', False, line)
            return out
        if harness.compact(pairs) != line:
            T.check(label + ': compact raw UTF-8', False, line)
            return out
        out.append(dict(pairs))
    T.check(label + ': members in order', True)
    return out


def one(label, r, order=ISSUED):
    found = objects(label, r, order)
    if T.equal(label + ': one object', len(found), 1):
        return found[0]
    return {}


# --- data ------------------------------------------------------------------------

def ods_files():
    for folder in (os.path.join(carer.HERE, '..', '..', '..', 'shared', 'data',
                                'ods'),
                   os.path.join(carer.HERE, '..', 'data', 'ods'),
                   os.path.join(carer.HERE, '..', 'data')):
        found = [os.path.join(folder, n) for n in (
            'epraccur.csv', 'etr.csv', 'gp-reg-pat-prac-map.csv')]
        found = [f for f in found if os.path.exists(f)]
        if found:
            return found
    raise FileNotFoundError('no ODS files')


def practices(files):
    """practices(files): Returns {code: row} of epraccur."""
    import csv
    path = next(f for f in files if f.endswith('epraccur.csv'))
    with open(path, newline='', encoding='utf-8', errors='replace') as f:
        return {row[0]: row for row in csv.reader(f)}


def open_modes(folder):
    """open_modes(folder): Returns what in it others may read or enter."""
    bad = []
    for d, dirs, files in os.walk(folder):
        for name in dirs + files:
            path = os.path.join(d, name)
            if not os.path.islink(path) and os.stat(path).st_mode & 0o077:
                bad.append(os.path.relpath(path, folder))
    return bad


# --- the path ----------------------------------------------------------------------

def init():
    r = cp('init', '--host', HOST, '--scheme', SCHEME)
    refused('init without a passphrase', r, {77})
    r = cp('init', unlock=True)
    refused('init without a host', r, {2, 65})
    done('init', cp('init', '--host', HOST, '--scheme', SCHEME, unlock=True))
    T.check('the data folder is private', stat.S_IMODE(
        os.stat(DATA).st_mode) & 0o077 == 0)
    bad = [p for p in open_modes(DATA) if not p.startswith(('public', 'lists'))
           and not p.endswith('.pub')]
    T.check('everything in it is private', not bad, repr(bad))
    before = snapshot(DATA)
    r = cp('init', '--host', HOST, '--scheme', SCHEME, unlock=True)
    T.check('init again is refused', r.code in (65, 73, 77, 78) and r.err,
            repr(r))
    T.equal('and changes nothing', snapshot(DATA), before)


def snapshot(folder):
    out = {}
    for d, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(d, name)
            if name.endswith(('-wal', '-shm', 'lock')):
                continue
            with open(path, 'rb') as f:
                out[os.path.relpath(path, folder)] = hash(f.read())
    return out


def import_and_enrol(files, rows):
    start = time.time()
    done('org import', cp('org', 'import', *files))
    took = time.time() - start
    print('  import of %d files: %.2f s' % (len(files), took))
    done('org import again', cp('org', 'import', *files))
    r = cp('org', 'list', '--json')
    done('org list', r)
    listed = {o['ods']: o for o in objects('org list', r, ORG)}
    T.check('A81001 is listed', 'A81001' in listed)
    T.check('nobody is enrolled', not any(o.get('enrolled')
                                          for o in listed.values()))
    T.equal('the name is the file\'s', listed.get('A81001', {}).get('name'),
            rows['A81001'][1])
    area = listed.get('A81001', {})
    T.equal('its areas', [area.get(k) for k in ('pcn', 'sub_icb', 'icb',
                                                'region')],
            ['U89141', '16C', 'QHM', 'Y63'])
    r = cp('org', 'list', '--json', '--area', 'QHM')
    some = objects('org list --area', r, ORG)
    T.check('org list --area', some and len(some) < len(listed) and all(
        o['icb'] == 'QHM' for o in some), repr(r))
    env = {**os.environ, 'CARERPASS_DATA': DATA}
    r = run([program('carerpass'), 'org', 'list', '--json'], env=env)
    T.check('$CARERPASS_DATA', r.code == 0 and r.out, repr(r))

    bad = os.path.join(scratch(), 'bad.csv')
    write_private(bad, 'this,is\nnot,ODS\n')
    refused('org import of something else', cp('org', 'import', bad), {65})
    refused('org import of nothing', cp('org', 'import', bad + '.not'), {66},
            ['bad.csv.not'])
    refused('org enrol without a passphrase', cp('org', 'enrol', 'A81001'),
            {77})
    closed = next(c for c, row in sorted(rows.items()) if row[12] == 'C'
                  and row[25] == '4')
    for label, code, word in (('closed', closed, closed),
                              ('unknown', 'Z99999', 'Z99999'),
                              ('no code at all', 'not a code', 'not a code')):
        refused('org enrol, %s' % label, cp('org', 'enrol', code,
                                            unlock=True), {65, 66}, [word])
    done('org enrol', cp('org', 'enrol', 'A81001', unlock=True))
    done('org enrol with a telephone', cp(
        'org', 'enrol', 'A81002', '--phone', '01632 960123', unlock=True))
    done('org enrol of a trust', cp('org', 'enrol', 'R0A', unlock=True))
    r = cp('org', 'list', '--enrolled', '--json')
    T.equal('org list --enrolled', {o['ods'] for o in objects(
        'org list --enrolled', r, ORG) if o.get('enrolled')},
        {'A81001', 'A81002', 'R0A'})


def issue():
    """Returns the JSON of the cards issued, by a name of ours."""
    today = datetime.datetime.utcnow().date()
    cards = {}
    pdf = os.path.join(scratch(), 'card.pdf')
    base = ('issue', '--org', 'A81001', '--json')
    r = cp(*base, '--name', ADULT, '--ref', 'R-0001', '--card', pdf,
           unlock=True)
    if not done('issue, adult', r):
        return cards
    T.check('before the first publication it says so',
            b'publish' in r.err, repr(r))
    cards['adult'] = one('issue, adult', r)
    with open(pdf, 'rb') as f:
        drawn = f.read()
    T.check('the card is a PDF', drawn.startswith(b'%PDF-')
            and drawn.rstrip().endswith(b'%%EOF'))
    T.check('the card is private', os.stat(pdf).st_mode & 0o077 == 0)
    T.equal('24 months', cards['adult'].get('valid_to'),
            carer.add_months(today, 24).isoformat())
    T.equal('first', cards['adult'].get('kind'), 'first')

    soon = today + datetime.timedelta(days=100)       # the 18th birthday
    if (soon.month, soon.day) == (2, 29):
        soon += datetime.timedelta(days=1)
    born = soon.replace(year=soon.year - 18)
    r = cp(*base, '--name', YOUNG, '--ref', 'R-0002', '--young', '--born',
           born.isoformat(), unlock=True)
    if done('issue, young', r):
        cards['young'] = one('issue, young', r)
        T.equal('ends the day before the 18th birthday', cards['young'].get(
            'valid_to'), (soon - datetime.timedelta(days=1)).isoformat())
    r = cp(*base, '--name', 'Zo\u00eb d\u2019Arcy', '--ref', 'R-0003',
           '--young', '--born', '%d-06-15' % (today.year - 12), unlock=True)
    if done('issue, a child', r):
        cards['child'] = one('issue, a child', r)
        T.equal('a child\'s 24 months', cards['child'].get('valid_to'),
                carer.add_months(today, 24).isoformat())
    r = cp('issue', '--org', 'A81002', '--json', '--name', 'Margaret Thompson',
           '--nhs-number', NHS_NUMBERS[0], '--months', '36', unlock=True)
    if done('issue with an NHS number, 36 months', r):
        cards['nhs'] = one('issue with an NHS number', r)
        T.equal('36 months', cards['nhs'].get('valid_to'),
                carer.add_months(today, 36).isoformat())
    r = cp('issue', '--org', 'R0A', '--json', '--name', 'A', '--ref', 'R-0001',
           '--months', '1', unlock=True)
    if done('issue, the same reference elsewhere', r):
        cards['month'] = one('issue, one month', r)
        T.equal('1 month', cards['month'].get('valid_to'),
                carer.add_months(today, 1).isoformat())
    r = cp(*base, '--name', 'Nobody Special', unlock=True)
    if done('issue without reference', r):
        T.check('with a warning', r.err.strip(), repr(r))
        cards['warned'] = one('issue without reference', r)
    # A decomposed name is signed composed; a typographic hyphen is a hyphen.
    r = cp(*base, '--name', unicodedata.normalize('NFD', 'Zo\u00eb Rh\u0177s')
           + '\u2010Ann', '--ref', 'R-0004', unlock=True)
    if done('issue, a decomposed name', r):
        cards['nfd'] = one('issue, a decomposed name', r)
        T.equal('composed', cards['nfd'].get('name'), 'Zo\u00eb Rh\u0177s-Ann')
    # Known reference.
    r = cp(*base, '--name', ADULT, '--ref', 'R-0001', unlock=True)
    T.check('the same reference and person: nothing new', r.code in (0, 65)
            and not r.is_crash(), repr(r))
    if r.code == 0:
        again = one('the same again', r)
        T.equal('the same again: the card there is', (
            again.get('serial'), again.get('kind')),
            (cards['adult'].get('serial'), 'existing'))
    refused('the same reference, another name', cp(
        *base, '--name', 'Another Person', '--ref', 'R-0001', unlock=True),
        {65})
    return cards


def issue_refusals():
    base = ('issue', '--org', 'A81001', '--ref', 'X-1')
    year = datetime.date.today().year
    for label, args, codes in (
            ('no name', base, {2}),
            ('no organisation', ('issue', '--name', 'Ann'), {2}),
            ('37 months', (*base, '--name', 'Ann', '--months', '37'), {2, 65}),
            ('0 months', (*base, '--name', 'Ann', '--months', '0'), {2, 65}),
            ('-1 months', (*base, '--name', 'Ann', '--months', '-1'), {2, 65}),
            ('x months', (*base, '--name', 'Ann', '--months', 'x'), {2, 65}),
            ('young without a birth date', (*base, '--name', 'Ann', '--young'),
             {2, 65}),
            ('young but 40', (*base, '--name', 'Ann', '--young', '--born',
                              '%d-01-01' % (year - 40)), {2, 65}),
            ('born tomorrow', (*base, '--name', 'Ann', '--young', '--born',
                               '%d-01-01' % (year + 1)), {2, 65}),
            ('born on 30 February', (*base, '--name', 'Ann', '--young',
                                     '--born', '2015-02-30'), {2, 65}),
            ('an NHS number that is none', (
                *base, '--name', 'Ann', '--nhs-number', '1234567890'),
             {2, 65}),
            ('not enrolled', ('issue', '--org', 'A81004', '--name', 'Ann',
                              '--ref', 'X'), {65, 66, 77, 78}),
            ('an unknown organisation', ('issue', '--org', 'Z99999', '--name',
                                         'Ann', '--ref', 'X'),
             {65, 66, 77, 78}),
            ('an unknown option', (*base, '--name', 'Ann', '--colour', 'red'),
             {2})):
        refused('issue, ' + label, cp(*args, unlock=True), codes)


def find(cards):
    if 'adult' not in cards:
        return
    serial = cards['adult'].get('serial')
    for label, args in (('by reference', ('--ref', 'R-0001')),
                        ('by name', ('--name', ADULT))):
        r = cp('find', '--org', 'A81001', *args, '--json', unlock=True)
        if done('find ' + label, r):
            found = objects('find ' + label, r, ISSUED)
            T.equal('find %s: the card' % label, [f.get('serial')
                                                  for f in found], [serial])
    r = cp('find', '--org', 'A81002', '--ref', 'R-0001', '--json', unlock=True)
    T.check('find at another practice: nothing', not r.out
            and r.code in (0, 1, 66), repr(r))
    refused('find without a passphrase', cp(
        'find', '--org', 'A81001', '--ref', 'R-0001'), {77})


def draw(cards):
    if 'adult' not in cards:
        return
    serial = cards['adult']['serial']
    typed = serial.lower().replace('-', '')
    again = os.path.join(scratch(), 'again.pdf')
    r = cp('card', typed, '-o', again, unlock=True)
    if done('card, serial as it may be typed', r):
        with open(again, 'rb') as f, open(
                os.path.join(scratch(), 'card.pdf'), 'rb') as g:
            T.check('card: the same bytes as when it was issued',
                    f.read() == g.read())
    n = serial[:-1] + ('0' if serial[-1] != '0' else '1')
    refused('card, wrong check symbol', cp('card', n, '-o', again,
                                           unlock=True), {2, 65, 66})
    refused('card, unknown serial', cp('card', '0000-0000-0', '-o', again,
                                       unlock=True), {65, 66})


def no_secrets_in_files(cards):
    """Names and references are nowhere in the data folder in the clear."""
    words = [w.encode() for w in (ADULT, YOUNG, 'R-0001', 'R-0002',
                                  'Llewelyn', 'Margaret Thompson',
                                  NHS_NUMBERS[0])]
    with open(PASS_FILE, 'rb') as f:
        words.append(f.read().strip())
    for d, _, files in os.walk(DATA):
        for name in files:
            with open(os.path.join(d, name), 'rb') as f:
                data = f.read()
            for w in words:
                T.check('%s is not in the clear in %s' % (
                    w.decode(), os.path.relpath(os.path.join(d, name), DATA)),
                    w not in data)


def publish(label):
    """publish(label): Publishes, checks the folder, returns trust and lists."""
    done(label, cp('publish', '--out', OUT, unlock=True))
    return verify_folder.check_folder(OUT)


def judge_all(label, cards, state, want):
    """judge_all(...): The program's verdict on each card is the oracle's, and
    is want[name] where given, else valid."""
    now = int(time.time()) + 1
    for name, card in cards.items():
        if 'url' not in card:
            continue
        j = carer.judge(card['url'], OUT, now)
        r = run_check(card['url'], OUT, now, state)
        T.equal('%s, %s: exit' % (label, name), r.code, j.exit)
        T.equal('%s, %s: verdict' % (label, name), (j.verdict, j.reason),
                want.get(name, ('valid', 'ok')))
        harness.compare(T, '%s, %s' % (label, name), j, r.out)


def life(cards):
    refused('publish without a passphrase', cp('publish', '--out', OUT), {77})
    trust, lists = publish('publish')
    T.equal('scheme', trust.scheme, SCHEME)
    T.check('host', HOST in trust.hosts, repr(trust.hosts))
    T.equal('trust list: 90 days', trust.exp - trust.iat, 90 * carer.DAY)
    issuers = {o: k for k in trust.keys.values() if k[3] == 0 for o in k[4]}
    T.equal('the issuers', set(issuers), {'A81001', 'A81002', 'R0A'})
    T.equal('settings', {o: k[8] for o, k in issuers.items()},
            {'A81001': 0, 'A81002': 0, 'R0A': 1})
    T.equal('telephone from epraccur', issuers['A81001'].get(10),
            '01642 672351')
    T.equal('telephone as enrolled', issuers['A81002'].get(10), '01632 960123')
    months = {'adult': 24, 'child': 24, 'nhs': 36, 'month': 1, 'nfd': 24,
              'warned': 24}
    seen = set()
    for name, card in cards.items():
        c = verify_folder.check_token(json.dumps(card), trust, lists,
                                      months.get(name))
        if c:
            seen.add((c.index, c.cti))
            T.equal('class of ' + name, c.cls, name in ('young', 'child'))
            T.equal('issuer of ' + name, c.iss, {'nhs': 'A81002',
                                                 'month': 'R0A'}.get(
                                                     name, 'A81001'))
    T.equal('no serial, no index twice', (len({i for i, _ in seen}),
                                          len({s for _, s in seen})),
            (len(cards), len(cards)))
    T.check('indices are random', len(cards) < 3 or max(
        i for i, _ in seen) - min(i for i, _ in seen) > 100)
    state = fresh()
    judge_all('published', cards, state, {})
    if 'adult' not in cards:
        return
    serial = cards['adult']['serial']
    refused('withdraw without a passphrase', cp('withdraw', serial,
                                                '--reason', 'lost'), {77})
    refused('withdraw for no known reason', cp(
        'withdraw', serial, '--reason', 'boredom', unlock=True), {2, 65})
    refused('withdraw an unknown serial', cp(
        'withdraw', '0000-0000-0', '--reason', 'lost', unlock=True), {65, 66})
    r = cp('withdraw', serial, '--reason', 'lost', unlock=True)
    done('withdraw', r)
    T.check('withdraw: says that lists must be published',
            b'publish' in r.out + r.err, repr(r))
    judge_all('withdrawn, not yet published', {'adult': cards['adult']}, state,
              {})
    time.sleep(1.1)                            # so that the list is newer
    old = {n: s for n, (s, _) in lists.items()}
    old_trust = trust
    trust, lists = publish('publish again')
    T.check('seq only rises', trust.seq > old_trust.seq
            or trust.sha256 == old_trust.sha256)
    for n, (s, _) in lists.items():
        if n in old:
            was, now = (int.from_bytes(x.bits, 'little') for x in (old[n], s))
            T.check('list %d: nothing is cleared' % n, was & now == was)
            added = bin(now ^ was).count('1')
            T.check('list %d: 0 to 7 decoys more, and one card' % n,
                    added <= 8, str(added))
            T.check('list %d: is newer' % n, s.iat > old[n].iat)
    judge_all('withdrawn', cards, state, {'adult': ('not_valid', 'withdrawn')})
    r = cp('withdraw', serial, '--reason', 'lost', unlock=True)
    T.check('withdraw twice: no harm', r.code in (0, 65) and not r.is_crash(),
            repr(r))
    r = cp('find', '--org', 'A81001', '--ref', 'R-0001', '--json', unlock=True)
    found = objects('find a withdrawn card', r, ISSUED)
    T.check('find a withdrawn card: ended', [f.get('kind') for f in found] in (
        ['ended'], []), repr(r))
    refused('publish for x days', cp('publish', '--out', OUT, '--trust-days',
                                     'x', unlock=True), {2, 65})


def exits(cards):
    """Exit codes of design 5."""
    missing = os.path.join(scratch(), 'no data here')
    for label, args in (('no command', []), ('an unknown command', ['isue']),
                        ('org without a verb', ['org']),
                        ('org with an unknown one', ['org', 'enroll']),
                        ('publish with an argument too many', [
                            'publish', '--data', DATA, 'x', 'y'])):
        r = run([program('carerpass'), *args])
        refused('usage: ' + label, r, {2})
    for args in (('org', 'list'), ('publish',), ('issue', '--org', 'A81001',
                                                 '--name', 'Ann')):
        r = cp(*args, data=missing, unlock=args[0] != 'org')
        refused('no data folder: ' + args[0], r, {66, 74, 77, 78})
    T.check('no data folder is made on the way', not os.path.exists(missing))
    # 77 at once: no terminal, no passphrase.
    serial = cards.get('adult', {}).get('serial', '7K3M-9QPR-K')
    for args in (('org', 'enrol', 'A81004'), ('org', 'rotate', 'A81001'),
                 ('org', 'revoke', 'A81001', '--reason', 'error'),
                 ('issue', '--org', 'A81001', '--name', 'Ann', '--ref', 'q'),
                 ('card', serial, '-o', os.path.join(scratch(), 'x.pdf')),
                 ('find', '--org', 'A81001', '--ref', 'R-0001'),
                 ('withdraw', serial, '--reason', 'lost'),
                 ('publish', '--out', OUT)):
        start = time.time()
        r = cp(*args)
        refused('77 at once: ' + ' '.join(args[:2]), r, {77})
        T.check('at once: ' + args[0], time.time() - start < 5)
    good = open(PASS_FILE, encoding='utf-8').read()
    for label, text in (('wrong', 'wrong passphrase\n'), ('empty', '')):
        write_private(PASS_FILE, text)
        refused('a passphrase that is %s' % label, cp(
            'publish', '--out', OUT, unlock=True), {77} if text else
            {2, 65, 66, 77})
    write_private(PASS_FILE, good)
    r = run([program('carerpass'), 'publish', '--data', DATA, '--out', OUT,
             '--passphrase-file', missing])
    refused('no passphrase file', r, {66, 74, 77})


def private_or_nothing():
    """Keys that others could read are not used."""
    private = [p for p in (os.path.join(d, n) for d, _, files in os.walk(DATA)
                           for n in files) if os.stat(p).st_mode & 0o077 == 0]
    for label, paths, mode in (('files', private, 0o644),
                               ('the folder', [DATA] + [
                                   os.path.join(d, n) for d, dirs, _ in
                                   os.walk(DATA) for n in dirs], 0o755)):
        before = {p: stat.S_IMODE(os.stat(p).st_mode) for p in paths
                  if os.path.exists(p)}
        for p in before:
            os.chmod(p, mode)
        refused('%s open to others' % label, cp('publish', '--out', OUT,
                                                unlock=True), {77})
        for p, m in before.items():
            os.chmod(p, m)


def is_locked(inodes):
    """is_locked(inodes): Whether any process holds a lock on one of them."""
    with open('/proc/locks', encoding='ascii') as f:
        held = {line.split()[-3].split(':')[-1] for line in f}
    return bool(held & inodes)


def second_signer():
    """While one command holds the signer, another on the folder gets 69. The
    first is stopped as soon as it has locked any file among the keys."""
    argv = [program('carerpass'), 'issue', '--data', DATA, '--passphrase-file',
            PASS_FILE, '--org', 'A81001', '--name', 'Ann', '--json', '--card',
            os.path.join(scratch(), 'held.pdf'), '--ref']
    for attempt in range(3):
        inodes = {str(os.stat(os.path.join(d, n)).st_ino)
                  for d, _, files in os.walk(os.path.join(DATA, 'keys'))
                  for n in files}
        p = subprocess.Popen(argv + ['S-%d' % attempt],
                             stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, start_new_session=True)
        while p.poll() is None and not is_locked(inodes):
            time.sleep(0.0005)
        if p.returncode is not None:          # it was too quick for us
            p.communicate()
            continue
        os.killpg(p.pid, signal.SIGSTOP)
        time.sleep(0.05)
        held = is_locked(inodes)
        start = time.time()
        r = run(argv + ['T-%d' % attempt], timeout=20) if held else None
        took = time.time() - start
        os.killpg(p.pid, signal.SIGCONT)
        p.communicate(timeout=60)
        T.equal('two signers: the first ends well', p.returncode, 0)
        if held:
            refused('a second signer', r, {69})
            T.check('a second signer does not wait', took < 5, '%.1f s' % took)
            return
    T.check('a second signer: set-up', False, 'no lock was seen on a file of '
            'the keys while a command was at work')


def naughty():
    """Naughty strings in every text field: a clean error or a round trip."""
    with open(os.path.join(carer.vectors_folder('blns'), 'blns.json'),
              encoding='utf-8') as f:
        strings = [s for s in json.load(f) if '\0' not in s]
    strings += ['%s%n%x', 'A' * 5000, '\x1b[2J', '\x7f', 'a\nb', '\u202eabc',
                '-', '--', '=', '\u00a0', 'e\u0301' * 40]
    new = os.path.join(scratch(), 'new data')

    def locked(i):
        """All without a passphrase: nothing may be done, nothing may break.
        The last six fields see every third string."""
        out, s = [], strings[i]
        for what, args, data, codes in (
                ('issue', ('issue', '--org', 'A81001', '--name', s, '--ref', s,
                           '--nhs-number', s), DATA, {2, 65, 77}),
                ('issue ref', ('issue', '--org', 'A81001', '--name', 'Ann',
                               '--ref', s), DATA, {2, 65, 77}),
                ('enrol', ('org', 'enrol', 'A81004', '--phone', s,
                           '--setting', s), DATA, {2, 65, 77}),
                ('issue org', ('issue', '--org', s, '--name', 'Ann', '--ref',
                               'x'), DATA, {2, 65, 66, 77, 78}),
                ('issue born', ('issue', '--org', 'A81001', '--name', 'Ann',
                                '--ref', 'x', '--young', '--born', s), DATA,
                 {2, 65, 77}),
                ('init host', ('init', '--host', s, '--scheme', 'Test'), new,
                 {2, 65, 77, 78}),
                ('init scheme', ('init', '--host', 'h.example', '--scheme', s),
                 new, {2, 65, 77, 78}),
                ('find', ('find', '--org', 'A81001', '--name', s), DATA,
                 {2, 65, 77}),
                ('list', ('org', 'list', '--area', s), DATA,
                 {0, 2, 65, 66}))[:None if i % 3 == 0 else 3]:
            out.append((what, s, codes, cp(*args, data=data)))
        return out
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for results in pool.map(locked, range(len(strings))):
            for what, s, codes, r in results:
                label = 'naughty %s %.40r' % (what, s)
                # Two run at a time: one may be told that the other is at work.
                T.check(label, r.code in codes | {69} and not r.is_crash(),
                        repr(r))
                if r.code:
                    clean(label, r)
                    T.check(label + ': a reason and nothing else',
                            r.err.strip() and not r.out, repr(r))
    T.check('no scheme was made', not os.path.exists(new)
            or not os.listdir(new))
    # With the passphrase: a few of each kind, or all of them.
    rule = carer.NAMES
    good = [s for s in strings if rule.person(s) and s[0] != '-']
    bad = [s for s in strings if s and not rule.person(s) and not rule.person(
        unicodedata.normalize('NFC', s))]
    everything = os.environ.get('ORACLE_BLNS') == 'all'
    if not everything:
        good = ['null', 'Dr. Herman I. Libshitz'] + good[-1:]
        bad = [bad[i] for i in range(7, len(bad), len(bad) // 4)][:4] + [
            '\x1b[2J']
    for i, s in enumerate(good):
        r = cp('issue', '--org', 'A81001', '--json', '--name', s, '--ref',
               'N-%d' % i, unlock=True)
        if done('naughty name %r' % s, r):
            T.equal('naughty name %r: as typed' % s, one(
                'naughty name', r).get('name'), s)
    for s in bad:
        r = cp('issue', '--org', 'A81001', '--json', '--name', s, '--ref',
               'B-1', unlock=True)
        refused('naughty name %.40r' % s, r, {2, 65})
    refs = [s for s in strings if s]
    if not everything:
        refs = ["'; DROP TABLE cards; --", '\U0001f600 \u202e\u0645', '%s%n']
    for i, s in enumerate(refs):
        r = cp('issue', '--org', 'A81002', '--json', '--name', 'Ann', '--ref',
               s, unlock=True)
        clean('naughty reference %.40r' % s, r)
        if r.code:
            refused('naughty reference %.40r' % s, r, {2, 65})
            continue
        serial = one('naughty reference %.40r' % s, r).get('serial')
        r = cp('find', '--org', 'A81002', '--json', '--ref', s, unlock=True)
        T.equal('naughty reference %.40r is found again' % s, [
            f.get('serial') for f in objects('find', r, ISSUED)], [serial])
    for host in ('https://x', 'A.EXAMPLE', 'a b', '', 'x:0', 'x:99999', 'x/y'):
        r = cp('init', '--host', host, '--scheme', 'Test', data=new,
               unlock=True)
        refused('init for host %r' % host, r, {2, 65, 78})
    for scheme in ('<b>Test</b>', 'Test\U0001f600', ''):
        r = cp('init', '--host', 'x.example', '--scheme', scheme, data=new,
               unlock=True)
        refused('init for scheme %r' % scheme, r, {2, 65, 78})
    for phone in ('<script>', '0\n1', 'x' * 500):
        r = cp('org', 'enrol', 'A81004', '--phone', phone, unlock=True)
        refused('enrol with telephone %.20r' % phone, r, {2, 65})


def main():
    global NHS_NUMBERS
    start = time.time()
    with open(os.path.join(carer.vectors_folder('nhs-number'),
                           'nhs_numbers.json'), encoding='utf-8') as f:
        NHS_NUMBERS = tuple(json.load(f)['valid'][:2])
    write_private(PASS_FILE, 'correct horse battery staple, and a bit more\n')
    files = ods_files()
    rows = practices(files)

    def part(f, *args):
        before, t = T.passed + T.failed, time.time()
        result = f(*args)
        print('%-20s %5d checks %5.1f s' % (
            f.__name__, T.passed + T.failed - before, time.time() - t),
            flush=True)
        return result
    part(init)
    part(import_and_enrol, files, rows)
    cards = part(issue)
    part(issue_refusals)
    part(find, cards)
    part(draw, cards)
    part(no_secrets_in_files, cards)
    part(life, cards)
    part(exits, cards)
    part(private_or_nothing)
    part(second_signer)
    part(naughty)
    part(no_secrets_in_files, cards)
    print('test_spine: %.1f s' % (time.time() - start))
    T.finish()


if __name__ == '__main__':
    main()
