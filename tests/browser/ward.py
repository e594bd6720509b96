"""Makes what the browser tests check: published folders as of now, and codes.

    ward.py OUT [--codes N]

OUT/NAME are folders of lists of one scheme, in time: "now" is what the service
has; "newer" and "withdrawing" come later, "older" (all of it, or only "_trust"
or "_status") and "twin" (same number, other bytes) must be refused; "stale" and "ended" are too old to go by; "other"
has other root keys, "renamed" another scheme's name.
OUT/code/KIND holds one code, OUT/codes N different valid ones, one a line.
"""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'oracle'))
import carer  # noqa: E402

HOSTS = ['pass.example.org', 'pass.example.net']
DAY = carer.DAY
PRACTICE = 'Riverside Surgery'
LONG_PRACTICE = 'The Llanfairpwllgwyngyll and Upper Ystradgynlais Partnership'
LONG_NAME = 'Bartholomew-Featherstonehaugh Cholmondeley-Marjoribanks the Elder'


def scheme(now, name='Riverside carers', seq=7, iat=None, label='ward',
           days=90):
    iat = iat or now - DAY
    begin, end = now - 200 * DAY, now + 100 * DAY
    s = carer.Scheme(name, HOSTS, iat, label=label, seq=seq, days=days)
    status = s.add_status_key(carer.Key('ward/status'), begin, end)
    s.add_service('https://%s/lists/status/' % HOSTS[0], status.kid)
    s.add_issuer(carer.Key('ward/issuer'), ['A81001'], PRACTICE, begin, end,
                 phone='01632 960123')
    s.add_issuer(carer.Key('ward/quiet'), ['A81002'], LONG_PRACTICE, begin, end)
    return s, status


def write(out, what, status_iat, withdrawn=(2,), lists=3):
    s, key = what
    status = {n: s.status(key, s.status_payload(
        0, n, status_iat, status_iat + 7 * DAY, indices=list(withdrawn)))
        for n in range(lists)}
    s.write(out, status)


def folders(out, now):
    hour = 3600

    def at(name):
        return os.path.join(out, name)
    write(at('now'), scheme(now), now - 2 * hour)
    write(at('newer'), scheme(now, seq=8, iat=now - hour), now - hour)
    write(at('withdrawing'), scheme(now), now - hour, withdrawn=(1, 2))
    write(at('older'), scheme(now, seq=6, iat=now - 9 * DAY), now - 3 * DAY)
    write(at('older_trust'), scheme(now, seq=6, iat=now - 9 * DAY), now - hour)
    write(at('older_status'), scheme(now), now - 3 * DAY)
    write(at('twin'), scheme(now, iat=now - DAY + 1), now - 2 * hour)
    write(at('stale'), scheme(now), now - 8 * DAY)
    write(at('ended'), scheme(now, iat=now - 40 * DAY, days=30), now - hour)
    write(at('other'), scheme(now, label='elsewhere', seq=9), now - hour)
    write(at('renamed'), scheme(now, name='Another scheme', seq=9), now - hour)
    write(at('few'), scheme(now), now - 2 * hour, lists=1)


def kinds(now):
    day = DAY
    exp = (now // day + 700) * day
    iat = now - 10 * day
    key = carer.Key('ward/issuer')
    quiet = carer.Key('ward/quiet')

    def card(key=key, **c):
        return carer.passport(key, carer.claims(
            **{'iat': iat, 'exp': exp, 'index': 1, **c}))
    yield 'valid', card()
    yield 'second', card(name='Ieuan ap Rhys', cti=b'\1\2\3\4\5', index=4)
    yield 'young', card(cls=1, name='Nia Example')
    yield 'long', card(quiet, iss='A81002', name=LONG_NAME[:64])
    yield 'accents', card(name="Siân Ŵyn-O'Brien Łukaszewicz Ngô Thị Hường")
    yield 'expired', card(iat=now - 90 * day, exp=(now // day) * day - day)
    yield 'withdrawn', card(index=2)
    yield 'early', card(iat=now + 3 * day)
    yield 'soon', card(iat=now + 3600)
    yield 'elsewhere', card(index=9 << 17)
    yield 'stranger', card(carer.Key('ward/stranger'))
    forged = bytearray(card())
    forged[-1] ^= 1
    yield 'forged', bytes(forged)
    for i, name in enumerate(hostile()):
        yield 'hostile%d' % i, card(name=name)


def hostile():
    """Names that a signer should never have signed."""
    return ['<img src=x onerror=alert(1)>', '<script>alert(1)</script>',
            'Ann \u202eeip', 'Ann\u200bSmith', '\u0410nn Smith', '{issuer}',
            'javascript:alert(1)', 'Ann\x00Smith', 'A' * 65, '<b>Ann</b>',
            '"><svg onload=alert(1)>', 'Ann\nSmith']


def put(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('out')
    a.add_argument('--codes', type=int, default=0)
    o = a.parse_args()
    now = int(time.time())
    folders(o.out, now)
    os.makedirs(os.path.join(o.out, 'code'))
    for kind, token in kinds(now):
        put(os.path.join(o.out, 'code', kind), carer.link(HOSTS[0], token))
        if kind == 'valid':
            put(os.path.join(o.out, 'code', 'foreign'),
                carer.link('evil.example.com', token))
    put(os.path.join(o.out, 'codes'), ''.join(carer.link(
        HOSTS[0], carer.passport(carer.Key('ward/issuer'), carer.claims(
            iat=now - 1000 - i, exp=(now // DAY + 700) * DAY,
            name='Carer %s' % chr(ord('A') + i % 26) * (1 + i % 3),
            cti=i.to_bytes(5, 'big'), index=1000 + i * 97 % 390000))) + '\n'
        for i in range(o.codes)))


if __name__ == '__main__':
    main()
