"""Makes a published folder and codes to try on it, for the shell scenarios.

    folder.py OUT [--now T] [--keys N] [--codes N] [--name SCHEME]
                  [--root LABEL] [--seq N] [--status-iat T] [--extra-root LABEL]

OUT/lists is the folder, OUT/code/KIND one code a file (valid, young, expired,
withdrawn, early, forged, stranger), OUT/codes many valid codes, one a line.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'oracle'))
import carer  # noqa: E402

HOST = 'verify.example'
NOW = carer.epoch('2026-11-22T12:00:00Z')


def arguments():
    a = argparse.ArgumentParser()
    a.add_argument('out')
    a.add_argument('--now', type=carer.epoch, default=NOW)
    a.add_argument('--keys', type=int, default=1)
    a.add_argument('--codes', type=int, default=0)
    a.add_argument('--name', default='Riverside carers')
    a.add_argument('--root', default='kit')
    a.add_argument('--extra-root')
    a.add_argument('--seq', type=int, default=7)
    a.add_argument('--trust-iat', type=carer.epoch)
    a.add_argument('--status-iat', type=carer.epoch)
    a.add_argument('--lists', type=int, default=1)
    return a.parse_args()


def scheme(o):
    iat = o.trust_iat or o.now - carer.DAY
    begin, end = iat - 100 * carer.DAY, iat + 200 * carer.DAY
    s = carer.Scheme(o.name, [HOST], iat, label=o.root, seq=o.seq)
    status = s.add_status_key(carer.Key('kit/status'), begin, end)
    s.add_service('https://%s/lists/status/' % HOST, status.kid)
    keys = []
    for i in range(o.keys):
        keys.append(s.add_issuer(
            carer.Key('kit/issuer/%d' % i), ['A%05d' % (81001 + i)],
            'Riverside Surgery' if i == 0 else 'Practice %d' % i,
            begin, end, phone='01632 960123'))
    return s, status, keys


def codes(o, keys):
    day = carer.DAY
    key, iat = keys[0], o.now - 10 * day
    exp = carer.epoch('2028-11-22')
    kinds = {
        'valid': (key, dict(index=1)),
        'young': (key, dict(index=1, cls=1, name='Nia Example')),
        'expired': (key, dict(index=1, iat=o.now - 90 * day,
                              exp=o.now - day)),
        'withdrawn': (key, dict(index=2)),
        'early': (key, dict(index=1, iat=o.now + 3 * day)),
        'elsewhere': (key, dict(index=9 << 17)),
        'stranger': (carer.Key('kit/stranger'), dict(index=1)),
    }
    for kind, (k, c) in kinds.items():
        c = {'iat': iat, 'exp': exp, **c}
        yield kind, carer.passport(k, carer.claims(**c))
    token = bytearray(carer.passport(key, carer.claims(
        iat=iat, exp=exp, index=1)))
    token[-1] ^= 1
    yield 'forged', bytes(token)


def write(path, text):
    with open(path, 'w') as f:
        f.write(text)


def main():
    o = arguments()
    s, status_key, keys = scheme(o)
    iat = o.status_iat or o.now - 3600
    status = {n: s.status(status_key, s.status_payload(
        0, n, iat, iat + 7 * carer.DAY, indices=[2])) for n in range(o.lists)}
    roots = [s.root.public]
    if o.extra_root:
        roots.append(carer.Key(o.extra_root + '/root').public)
    s.write(os.path.join(o.out, 'lists'), status, roots=roots)
    os.makedirs(os.path.join(o.out, 'code'), exist_ok=True)
    for kind, token in codes(o, keys):
        write(os.path.join(o.out, 'code', kind), carer.link(HOST, token))
    lines = []
    for i in range(o.codes):
        k = i % len(keys)
        lines.append(carer.link(HOST, carer.passport(keys[k], carer.claims(
            iss='A%05d' % (81001 + k), iat=o.now - 1000 - i,
            exp=carer.epoch('2028-11-22'), cti=i.to_bytes(5, 'big'),
            index=1000 + i))))
    write(os.path.join(o.out, 'codes'), ''.join(x + '\n' for x in lines))


if __name__ == '__main__':
    main()
