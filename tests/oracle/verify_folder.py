"""Checks a folder published by `carerpass publish`, and cards issued by it.

    verify_folder.py DATA_OR_FOLDER [--months N] [TOKEN...]      tokens also on stdin

The folder is the one that holds trust.cwt, or any above it. A token is a link,
digits, or a line of `carerpass issue --json`, whose members are then held
against what was signed. Reads stdin to its end unless it is a terminal.
"""
import datetime
import hashlib
import json
import os
import re
import sys
import time

import carer
import harness
from carer import DAY, LIST_SIZE

T = harness.Tally()


def find_folder(path):
    """find_folder(path): Returns the folder that holds trust.cwt, at path or
    anywhere below it."""
    found = [d for d, _, files in os.walk(path) if 'trust.cwt' in files]
    if not found:
        sys.exit('no trust.cwt in or below ' + path)
    return min(found, key=len)


def check_roots(folder):
    with open(os.path.join(folder, 'root.pub'), encoding='ascii') as f:
        text = f.read()
    T.check('root.pub: ends its last line', text.endswith('\n'))
    for line in text.splitlines():
        T.check('root.pub: 64 lower-case hex digits or a comment', re.fullmatch(
            r'([0-9a-f]{64})?\s*(#.*)?', line), line)
    roots = carer.read_roots(os.path.join(folder, 'root.pub'))
    for r in roots:
        T.check('root.pub: a point of the curve', carer.point_ok(r), r.hex())
    return roots


def same_bytes(label, data, typ, any_order=False):
    """same_bytes(label, data, typ): Checks that decoding and encoding again
    gives the bytes that were published: the writer is deterministic."""
    s = carer.Signed(data, typ)
    again = carer.pack(carer.encode(carer.decode(s.protected)),
                       carer.encode(carer.decode(s.payload)), s.signature)
    T.equal(label + ': deterministic', again, data)
    return s


def check_trust(folder, roots, now):
    with open(os.path.join(folder, 'trust.cwt'), 'rb') as f:
        data = f.read()
    try:
        t = carer.Trust(data, roots)
    except carer.Bad as e:
        T.check('trust list: sound', False, str(e))
        T.finish()
    T.check('trust list: sound', True)
    same_bytes('trust list', data, carer.TRUST_TYP)
    T.check('trust list: issued in the past', t.iat <= now + 5)
    T.check('trust list: not over', now < t.exp)
    T.equal('trust list: whole days', (t.exp - t.iat) % DAY, 0)
    T.check('trust list: seq from 1', t.seq >= 1)
    T.check('trust list: a host', len(t.hosts) >= 1)
    for k in t.keys.values():
        label = 'key %s' % k[1].hex()
        T.equal(label + ': kid is the thumbprint', k[1], carer.kid_of(k[2]))
        T.check(label + ': a point of the curve', carer.point_ok(k[2]))
        T.check(label + ': at most 12 months', k[6] - k[5] <= 366 * DAY)
        if k[3] == 0:
            T.check(label + ': its service', k[9] < len(t.services))
            T.check(label + ': ODS codes', all(
                re.fullmatch(r'[A-Z0-9]{3,10}', o) for o in k[4]), repr(k[4]))
            T.check(label + ': telephone', k.get(10, '0').strip() != '')
    T.check('keys: no public key twice', len({k[2] for k in t.keys.values()})
            == len(t.keys))
    T.check('keys: no root among them', not {k[2] for k in t.keys.values()}
            & set(roots))
    for v in t.services:
        T.check('service: https, ends in a slash', re.fullmatch(
            r'https://[a-z0-9.:-]+/lists/status/', v[1]), v[1])
        T.check('service: its key is a status key', t.keys.get(
            v[2], {}).get(3) == 1)
    return t, data


def check_status(folder, trust, now):
    """check_status(...): Returns {n: (Status, bytes)} of every list published."""
    out = {}
    where = os.path.join(folder, 'status')
    for name in sorted(os.listdir(where)):
        m = re.fullmatch(r'(0|[1-9][0-9]*)\.cwt', name)
        if not T.check('status: file name', m, name):
            continue
        n = int(m.group(1))
        label = 'status list %d' % n
        with open(os.path.join(where, name), 'rb') as f:
            data = f.read()
        s = why = None
        for service in trust.services:
            try:
                s = carer.Status(data, trust, service, n)
                break
            except carer.Bad as e:
                why = str(e)
        if not T.check(label + ': sound', s is not None, why):
            continue
        same_bytes(label, data, carer.STATUS_TYP)
        T.equal(label + ': ttl', s.ttl, 43200)
        p = carer.decode(carer.Signed(data, carer.STATUS_TYP).payload)
        T.equal(label + ': claims', set(p), {2, 4, 6, 65533, 65534})
        T.equal(label + ': members', set(p[65533]), {'lst', 'bits'})
        T.check(label + ': issued in the past, not over',
                s.iat <= now + 5 and now < s.exp)
        T.check(label + ': not above the trust list\'s end', s.iat <= trust.exp)
        ones = sum(bin(b).count('1') for b in s.bits)
        T.check(label + ': about 5 % decoys', 0.045 < ones / LIST_SIZE < 0.06,
                '%d of %d' % (ones, LIST_SIZE))
        # Drawn at random: each sixteenth of the list has its share.
        step = len(s.bits) // 16
        for i in range(16):
            part = sum(bin(b).count('1') for b in s.bits[i * step:][:step])
            T.check(label + ': decoys everywhere', 280 < part < 560, str(part))
        out[n] = (s, data)
    T.check('status: list 0 is there', 0 in out)
    return out


def number(v):
    return carer.epoch(v) if isinstance(v, str) else v


def check_index(folder, trust, trust_bytes, lists):
    with open(os.path.join(folder, 'index.json'), encoding='utf-8') as f:
        index = json.load(f)
    T.equal('index.json: members', list(index), ['trust', 'status'])
    row = index['trust']
    T.equal('index.json: trust members', list(row), ['seq', 'iat', 'exp',
                                                     'sha256'])
    T.equal('index.json: trust', (row['seq'], number(row['iat']),
                                  number(row['exp']), row['sha256']),
            (trust.seq, trust.iat, trust.exp,
             hashlib.sha256(trust_bytes).hexdigest()))
    T.equal('index.json: lists', sorted(r['n'] for r in index['status']),
            sorted(lists))
    for r in index['status']:
        T.equal('index.json: status members', list(r), ['n', 'iat', 'exp',
                                                        'sha256'])
        if r['n'] not in lists:
            continue
        s, data = lists[r['n']]
        T.equal('index.json: status %d' % r['n'],
                (number(r['iat']), number(r['exp']), r['sha256']),
                (s.iat, s.exp, hashlib.sha256(data).hexdigest()))


def check_files(folder):
    """The published folder holds what the format names, and nothing else that
    a stranger should not have."""
    for d, _, files in os.walk(folder):
        for name in files:
            path = os.path.relpath(os.path.join(d, name), folder)
            T.check('folder: nothing but what the format names', re.fullmatch(
                r'root\.pub|trust\.cwt|index\.json|status/[0-9]+\.cwt', path),
                path)


ISSUED = ['serial', 'name', 'valid_to', 'url', 'status_index', 'kind']


def check_token(text, trust, lists, months=None):
    """check_token(text, trust, lists, months): Holds one card against the
    format and the lists; returns its claims, None when it is not sound."""
    shown = None
    if text.startswith('{'):
        shown = dict(json.loads(text))
        text = shown['url']
    kind, host, digits = carer.read_text(text)
    if not T.check('card: a link', kind == 'code', text[:60]):
        return None
    try:
        data = carer.from_digits(digits)
        s = carer.Signed(data)
        c = carer.Claims(s.payload)
    except carer.Bad as e:
        T.check('card: sound', False, '%s: %s' % (e, text))
        return None
    label = 'card ' + carer.serial_text(c.cti)
    key = trust.keys.get(s.kid)
    if not T.check(label + ': its key is in the trust list', key):
        return None
    T.check(label + ': host is ours', host is None or host in trust.hosts, host)
    T.check(label + ': the link as it is printed', text == 'https://%s/#%s' % (
        host, digits) if host else True, text[:60])
    T.equal(label + ': digits are the bytes', carer.to_digits(data), digits)
    T.check(label + ': signature', s.good(key[2], carer.PASSPORT_AAD))
    T.equal(label + ': deterministic', carer.pack(
        carer.encode(carer.decode(s.protected)),
        carer.encode(carer.decode(s.payload)), s.signature), data)
    T.check(label + ': a passport key', key[3] == 0)
    T.check(label + ': issuer', c.iss in key[4], c.iss)
    T.check(label + ': signed in the key\'s period',
            key[5] <= c.iat <= key[6])
    T.equal(label + ': exp is a midnight', c.exp % DAY, 0)
    T.check(label + ': valid on the day of issue', c.exp > c.iat)
    first = carer.utc(c.iat).date()
    last = carer.utc(c.exp - 1).date()
    T.check(label + ': at most 36 months', last <= carer.add_months(first, 36))
    if months is not None:
        T.equal(label + ': %d months' % months, last,
                carer.add_months(first, months))
    where = c.index >> carer.LIST_BITS
    if T.check(label + ': its status list is there', where in lists, where):
        T.check(label + ': the list is of its service', lists[where][0].kid
                == trust.services[key[9]][2])
    if shown is not None:
        T.equal(label + ': members in order', [k for k in ISSUED if k in shown],
                list(shown))
        T.equal(label + ': serial', shown['serial'], carer.serial_text(c.cti))
        T.equal(label + ': name', shown['name'], c.name)
        T.equal(label + ': valid_to', shown['valid_to'], last.isoformat())
        T.equal(label + ': status_index', shown['status_index'], c.index)
    return c


def check_folder(path):
    """check_folder(path): Checks everything published; returns the trust list
    and {n: (Status, bytes)}."""
    now = int(time.time())
    folder = find_folder(path)
    roots = check_roots(folder)
    trust, data = check_trust(folder, roots, now)
    lists = check_status(folder, trust, now)
    check_index(folder, trust, data, lists)
    check_files(folder)
    return trust, lists


def main(argv):
    months = None
    if '--months' in argv:
        i = argv.index('--months')
        months = int(argv[i + 1])
        del argv[i:i + 2]
    if not argv:
        sys.exit(__doc__)
    trust, lists = check_folder(argv[0])
    tokens = argv[1:]
    if not sys.stdin.isatty():
        tokens += [line.strip() for line in sys.stdin if line.strip()]
    seen, serials = set(), set()
    for t in tokens:
        c = check_token(t, trust, lists, months)
        if c:
            T.check('cards: no index twice', c.index not in seen, str(c.index))
            T.check('cards: no serial twice', c.cti not in serials)
            seen.add(c.index)
            serials.add(c.cti)
    T.finish()


if __name__ == '__main__':
    main(sys.argv[1:])
