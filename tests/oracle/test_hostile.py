"""Hostile cards and lists: hand-made cases with the reason each must give, one
valid card with every small change, and each signed thing in place of another."""
import json
import os
import struct
import time
import zlib

import carer
from carer import (BODY, DAY, PASSPORT_AAD, PRIVATE, STATUS_AAD, STATUS_TYP,
                   TRUST_AAD, TRUST_TYP, Key, Pairs, Raw, Scheme, encode)
import harness
from harness import compare, run_check, run_lines, scratch

T = harness.Tally()
NOW = carer.test_time()
ISSUED = NOW - 6 * 3600
IAT = NOW - 30 * DAY
EXP = (IAT // DAY + 732) * DAY
HOST = 'carers.example.nhs.uk'
URI = 'https://%s/lists/status/' % HOST

VALID = ('valid', 'ok')
MALFORMED = ('not_valid', 'malformed')
UNKNOWN = ('not_valid', 'unknown_issuer')
FORGED = ('not_valid', 'bad_signature')
EXPIRED = ('not_valid', 'expired')
WITHDRAWN = ('not_valid', 'withdrawn')
NO_LISTS = ('cannot_tell', 'no_lists')
STALE = ('cannot_tell', 'lists_stale')

GP, HOSPITAL, DEAD = Key('h/gp'), Key('h/hospital'), Key('h/dead')
STATUS, STRANGER = Key('h/status'), Key('h/stranger')


def scheme(**change):
    s = Scheme('Example Carer Passport', [HOST], ISSUED, 'h')
    s.add_status_key(STATUS, NOW - 300 * DAY, NOW + 60 * DAY)
    s.add_service(URI, STATUS.kid)
    s.add_issuer(GP, ['A81001'], 'Beech Hill Surgery', NOW - 300 * DAY,
                 NOW + 60 * DAY, 0, 0, '01632 960001')
    s.add_issuer(HOSPITAL, ['RX999'], 'St Anne\u2019s Hospital',
                 NOW - 300 * DAY, NOW + 60 * DAY, 1, 0)
    s.tombs.append(DEAD.kid)
    for k, v in change.items():
        setattr(s, k, v)
    return s


S = scheme()


def status_payload(**change):
    p = S.status_payload(0, 0, NOW - 3600, NOW + 6 * DAY, [0, 9])
    p.update(change)
    return p


GOOD_STATUS = S.status(STATUS, status_payload())
MAIN = S.write(os.path.join(scratch(), 'main'), {0: GOOD_STATUS})


def claim_map(**change):
    return carer.claims(**{**dict(iss='A81001', iat=IAT, exp=EXP, index=4711),
                           **change})


PAYLOAD = encode(claim_map())
PROTECTED = carer.header(GP.kid)
SIGNATURE = GP.sign(carer.to_sign(PROTECTED, PASSPORT_AAD, PAYLOAD))
GOOD = carer.pack(PROTECTED, PAYLOAD, SIGNATURE)
DIGITS = carer.to_digits(GOOD)


# --- running many lines through one process -----------------------------------------

class Batch:
    """Cases that share one folder and one `check -`."""

    def __init__(self, name):
        self.name, self.cases = name, []

    def add(self, label, text, *wants):
        """wants: the verdict and reason; more than one only where the contract
        leaves it open."""
        if isinstance(text, bytes) and text[:5] != b'https':
            text = carer.to_digits(text) if text else ''
        self.cases.append((label, text, wants))

    def link(self, label, text, *wants):
        self.cases.append((label, text, wants))

    def run(self):
        folder = carer.Folder(MAIN)
        r = run_lines([t for _, t, _ in self.cases], MAIN, NOW)
        lines = r.out.split(b'\n')
        if not T.check('%s: one answer a line' % self.name,
                       len(lines) - 1 == len(self.cases)
                       and not r.is_crash(), repr(r)):
            return
        for (label, text, wants), line in zip(self.cases, lines):
            label = '%s: %s' % (self.name, label)
            j = carer.Judged(text, folder, NOW)
            mine = (j.verdict, j.reason)
            if wants and not T.check(label + ' (the oracle itself)',
                                     mine in wants, repr(mine)):
                continue
            if len(wants) > 1:
                try:
                    got = dict(harness.pairs_of(line.decode()))
                except ValueError:
                    got = {}
                if (got.get('verdict'), got.get('reason')) in wants \
                        and (got['verdict'], got['reason']) != mine:
                    T.check(label, True)
                    continue
            compare(T, label, j, line)


# --- the outside of a token: row 2 ------------------------------------------------------

def shape():
    b = Batch('shape')

    def token(label, data):
        b.add(label, data, MALFORMED)

    def packed(label, **how):
        token(label, carer.pack(PROTECTED, PAYLOAD, SIGNATURE, **how))
    b.add('the sound one', GOOD, VALID)
    for label, tag in (
            ('no tag', b''), ('tag 17 (Mac0)', b'\xd1'), ('tag 16', b'\xd0'),
            ('tag 98 (Sign)', b'\xd8\x62'), ('tag 18 in two bytes',
                                             b'\xd8\x12'),
            ('tag 18 in three bytes', b'\xd9\0\x12'),
            ('tag 18 in five bytes', b'\xda\0\0\0\x12'),
            ('tag 18 in nine bytes', b'\xdb' + bytes(7) + b'\x12'),
            ('tag 61 around', b'\xd8\x3d\xd2'), ('tag 61 alone', b'\xd8\x3d'),
            ('tag 18 twice', b'\xd2\xd2'), ('tag 55799 around',
                                            b'\xd9\xd9\xf7\xd2'),
            ('tag 24 around', b'\xd8\x18\xd2'), ('tag 19', b'\xd3'),
            ('a byte before', b'\0\xd2')):
        packed(label, tag=tag)
    for label, array in (
            ('array of 3', b'\x83'), ('array of 5', b'\x85'),
            ('array of 0', b'\x80'), ('array of 4 in two bytes', b'\x98\x04'),
            ('array of 4 in three bytes', b'\x99\0\x04'),
            ('array of 4 in five bytes', b'\x9a\0\0\0\x04'),
            ('array of 4 in nine bytes', b'\x9b' + bytes(7) + b'\x04'),
            ('array of 2^27', b'\x9a\x08\0\0\0'),
            ('array of 2^32-1', b'\x9a\xff\xff\xff\xff'),
            ('array of 2^64-1', b'\x9b' + b'\xff' * 8),
            ('array of reserved length', b'\x9c'), ('array info 30', b'\x9e'),
            ('a map for the array', b'\xa4'), ('a map of 2 for the array',
                                               b'\xa2'),
            ('bytes for the array', b'\x58\xb0'), ('text for the array',
                                                   b'\x78\xb0')):
        packed(label, array=array)
    packed('array of indefinite length', array=b'\x9f', after=b'\xff')
    packed('array of indefinite length without end', array=b'\x9f')
    packed('array of 5 with a fifth', array=b'\x85', after=b'\0')
    for label, after in (
            ('zero', b'\0'), ('break', b'\xff'), ('null', b'\xf6'),
            ('a map', b'\xa0'), ('a second token', GOOD),
            ('an end of line', b'\n'), ('ten zeros', bytes(10)),
            ('half a head', b'\x58')):
        packed('after the end: ' + label, after=after)
    for label, un in (
            ('kid', encode({4: GP.kid})), ('alg', encode({1: -19})),
            ('kid of another', encode({4: HOSPITAL.kid})),
            ('crit', encode({2: [1]})), ('typ', encode({16: 'x'})),
            ('a label of 99', encode({99: 1})), ('a text label',
                                                 encode({'a': 1})),
            ('countersignature', encode({11: b'x'})),
            ('empty in two bytes', b'\xb8\0'), ('empty in three bytes',
                                                b'\xb9\0\0'),
            ('empty, indefinite', b'\xbf\xff'), ('indefinite without end',
                                                 b'\xbf'),
            ('null', b'\xf6'), ('empty bytes', b'\x40'),
            ('bytes of an empty map', b'\x41\xa0'), ('empty array', b'\x80'),
            ('zero', b'\0'), ('false', b'\xf4'), ('missing', b''),
            ('a tagged map', b'\xc1\xa0'), ('map of 2^32-1',
                                            b'\xba\xff\xff\xff\xff'),
            ('map of 2^63', b'\xbb\x80' + bytes(7))):
        packed('unprotected: ' + label, unprotected=un)

    # Protected headers: bytes signed as they stand, so that only they are odd.
    def protected(label, data):
        token('protected: ' + label, carer.sign1(
            GP, PAYLOAD, PASSPORT_AAD, protected=data))
    kid = GP.kid
    f16, f32, f64 = b'\xf9\xcc\xc0', b'\xfa\xc1\x98\0\0', (
        b'\xfb' + struct.pack('>d', -19.0))
    for label, alg in (
            ('-8 (EdDSA)', -8), ('-7 (ES256)', -7), ('5 (HMAC)', 5),
            ('4', 4), ('-53 (Ed448)', -53), ('-9', -9), ('-20', -20),
            ('-18', -18), ('18', 18), ('19', 19), ('0', 0), ('-1', -1),
            ('-37 (PS256)', -37), ('"Ed25519"', 'Ed25519'),
            ('"EdDSA"', 'EdDSA'), ('"-19"', '-19'), ('empty text', ''),
            ('bytes', b'\x32'), ('null', Raw(b'\xf6')),
            ('undefined', Raw(b'\xf7')), ('true', Raw(b'\xf5')),
            ('-19 in two bytes', Raw(b'\x38\x12')),
            ('-19 in three bytes', Raw(b'\x39\0\x12')),
            ('-19 in five bytes', Raw(b'\x3a\0\0\0\x12')),
            ('-19 in nine bytes', Raw(b'\x3b' + bytes(7) + b'\x12')),
            ('-19 as a float of 16 bits', Raw(f16)),
            ('of 32 bits', Raw(f32)), ('of 64 bits', Raw(f64)),
            ('-19 as a bignum', Raw(b'\xc3\x41\x12')), ('[-19]', [-19]),
            ('{}', {}), ('-2^64', Raw(b'\x3b' + b'\xff' * 8))):
        protected('alg ' + label, encode({1: alg, 4: kid}))
    protected('no alg', encode({4: kid}))
    protected('no alg, but a label 3', encode({3: 61, 4: kid}))
    for label, k in (
            ('of 7', kid[:7]), ('of 9', kid + b'\0'), ('of 0', b''),
            ('of 1', kid[:1]), ('of 16', kid * 2), ('of 32', kid * 4),
            ('a text of 8', 'abcdefgh'), ('an integer',
                                          int.from_bytes(kid, 'big')),
            ('an array', [kid]), ('null', Raw(b'\xf6')),
            ('tagged', Raw(b'\xc2\x48' + kid)),
            ('length in two bytes', Raw(b'\x58\x08' + kid)),
            ('length in five bytes', Raw(b'\x5a\0\0\0\x08' + kid)),
            ('in chunks', Raw(b'\x5f\x44' + kid[:4] + b'\x44' + kid[4:]
                              + b'\xff')),
            ('of 2^32-1', Raw(b'\x5a\xff\xff\xff\xff' + kid)),
            ('of 2^64-1', Raw(b'\x5b' + b'\xff' * 8 + kid))):
        protected('kid ' + label, encode({1: -19, 4: k}))
    for label, data in (
            ('no kid', encode({1: -19})), ('empty', b''), ('a0', b'\xa0'),
            ('kid before alg', encode(Pairs([(4, kid), (1, -19)]))),
            ('two kids', encode(Pairs([(1, -19), (4, kid), (4, kid)]))),
            ('two different kids', encode(Pairs(
                [(1, -19), (4, HOSPITAL.kid), (4, kid)]))),
            ('two algs', encode(Pairs([(1, -19), (1, -19), (4, kid)]))),
            ('two algs, -8 first', encode(Pairs(
                [(1, -8), (1, -19), (4, kid)]))),
            ('crit of alg', encode({1: -19, 2: [1], 4: kid})),
            ('crit empty', encode({1: -19, 2: [], 4: kid})),
            ('crit of a stranger', encode({1: -19, 2: [99], 4: kid})),
            ('content type', encode({1: -19, 3: 61, 4: kid})),
            ('IV', encode({1: -19, 4: kid, 5: b'x'})),
            ('partial IV', encode({1: -19, 4: kid, 6: b'x'})),
            ('typ of a status list', encode({1: -19, 4: kid,
                                             16: STATUS_TYP})),
            ('typ of a trust list', encode({1: -19, 4: kid, 16: TRUST_TYP})),
            ('typ of a CWT', encode({1: -19, 4: kid, 16: 'application/cwt'})),
            ('CWT claims', encode({1: -19, 4: kid, 15: {1: 'A81001'}})),
            ('x5chain', encode({1: -19, 4: kid, 33: b'x'})),
            ('a private label', encode({1: -19, 4: kid, -65537: 1})),
            ('a text label', encode({1: -19, 4: kid, 'a': 1})),
            ('label 0', encode({0: 0, 1: -19, 4: kid})),
            ('label 1 in two bytes', b'\xa2\x18\x01\x32\x04\x48' + kid),
            ('label 4 in two bytes', b'\xa2\x01\x32\x18\x04\x48' + kid),
            ('map of 2 in two bytes', b'\xb8\x02\x01\x32\x04\x48' + kid),
            ('map of indefinite length', b'\xbf\x01\x32\x04\x48' + kid
             + b'\xff'),
            ('a map that counts one too few', b'\xa1\x01\x32\x04\x48' + kid),
            ('a map that counts one too many', b'\xa3\x01\x32\x04\x48' + kid),
            ('an array', b'\x84\x01\x32\x04\x48' + kid),
            ('a byte after the map', PROTECTED + b'\0'),
            ('a tag before the map', b'\xc1' + PROTECTED),
            ('the map in a byte string', encode(PROTECTED)),
            ('not CBOR', b'\xff' * 13), ('text', b'hello, world!')):
        protected(label, data)
    sig = encode(SIGNATURE)
    body = encode(PAYLOAD)
    for label, prot in (
            ('a bare map', PROTECTED), ('text', b'\x6d' + PROTECTED),
            ('length in two bytes', b'\x58\x0d' + PROTECTED),
            ('length in three bytes', b'\x59\0\x0d' + PROTECTED),
            ('length in nine bytes', b'\x5b' + bytes(7) + b'\x0d' + PROTECTED),
            ('in chunks', b'\x5f\x4d' + PROTECTED + b'\xff'),
            ('null', b'\xf6'), ('tag 24', b'\xd8\x18\x4d' + PROTECTED),
            ('an array', b'\x81\x4d' + PROTECTED),
            ('of 2^32-1', b'\x5a\xff\xff\xff\xff' + PROTECTED),
            ('of 2^64-1', b'\x5b' + b'\xff' * 8 + PROTECTED),
            ('of 2^63', b'\x5b\x80' + bytes(7) + PROTECTED)):
        token('protected: ' + label, b'\xd2\x84' + prot + b'\xa0' + body + sig)
    front = b'\xd2\x84' + encode(PROTECTED) + b'\xa0'
    n = len(PAYLOAD)
    for label, data in (
            ('null (detached)', b'\xf6'), ('a bare map', PAYLOAD),
            ('text', b'\x78' + bytes([n]) + PAYLOAD),
            ('an array', b'\x81' + body), ('tag 24', b'\xd8\x18' + body),
            ('length in three bytes', b'\x59\0' + bytes([n]) + PAYLOAD),
            ('length in five bytes', b'\x5a\0\0\0' + bytes([n]) + PAYLOAD),
            ('in chunks', b'\x5f' + body + b'\xff'),
            ('in two chunks', b'\x5f\x41' + PAYLOAD[:1] + encode(PAYLOAD[1:])
             + b'\xff'),
            ('of 2^32-1', b'\x5a\xff\xff\xff\xff' + PAYLOAD),
            ('of 2^64-1', b'\x5b' + b'\xff' * 8 + PAYLOAD),
            ('one longer than there is', b'\x58' + bytes([n + 67]) + PAYLOAD),
            ('missing', b'')):
        token('payload: ' + label, front + data + sig)
    front += body
    for label, data in (
            ('of 63', encode(SIGNATURE[:63])), ('of 65', encode(
                SIGNATURE + b'\0')), ('of 0', b'\x40'), ('of 32', encode(
                    SIGNATURE[:32])), ('of 128', encode(SIGNATURE * 2)),
            ('null', b'\xf6'), ('text', b'\x78\x40' + b'a' * 64),
            ('length in three bytes', b'\x59\0\x40' + SIGNATURE),
            ('length in five bytes', b'\x5a\0\0\0\x40' + SIGNATURE),
            ('in chunks', b'\x5f\x58\x40' + SIGNATURE + b'\xff'),
            ('an array', b'\x81' + sig), ('tag 24', b'\xd8\x18' + sig),
            ('missing', b''), ('of 2^64-1', b'\x5b' + b'\xff' * 8 + SIGNATURE),
            ('the raw bytes alone', SIGNATURE)):
        token('signature: ' + label, front + data)
    for label, data in (
            ('one byte ' + h, bytes.fromhex(h)) for h in (
                '00', '1b', '40', '5f', '60', '80', '84', '9f', 'a0', 'bf',
                'd2', 'f6', 'f9', 'ff')):
        token(label, data)
    for label, data in (
            ('1 GiB array', bytes.fromhex('9a08000000')),
            ('d2 and 1 GiB array', bytes.fromhex('d29a08000000')),
            ('huge map', bytes.fromhex('d2ba10000000')),
            ('huge bytes in the array', bytes.fromhex('d2845a7fffffff')),
            ('500 arrays deep', b'\xd2' + b'\x81' * 500),
            ('500 maps deep', b'\xd2' + b'\xa1\x01' * 250),
            ('500 tags deep', b'\xd2' * 500), ('500 open arrays', b'\x9f' * 500),
            ('500 open strings', b'\x5f' * 500), ('512 zeros', bytes(512)),
            ('512 x ff', b'\xff' * 512), ('JSON', b'{"alg":"none"}'),
            ('a JWT', b'eyJhbGciOiJub25lIn0.e30.'), ('a PNG',
                                                     b'\x89PNG\r\n\x1a\n'),
            ('a gzip', b'\x1f\x8b\x08\0'), ('a zlib stream', zlib.compress(
                GOOD)), ('513 bytes', GOOD + bytes(513 - len(GOOD)))):
        token(label, data)
    b.run()


# --- claims: row 9, all correctly signed ---------------------------------------------------

WRONG = (
    ('uint', 7), ('nint', -7), ('bytes', b'\1\2\3'), ('text', 'A'),
    ('array', []), ('array of one', [1]), ('map', {}), ('map of one', {1: 1}),
    ('false', Raw(b'\xf4')), ('true', Raw(b'\xf5')), ('null', Raw(b'\xf6')),
    ('undefined', Raw(b'\xf7')), ('simple 0', Raw(b'\xe0')),
    ('simple 255', Raw(b'\xf8\xff')), ('half float', Raw(b'\xf9\x3c\0')),
    ('float', Raw(b'\xfa\x4f\0\0\0')), ('double', Raw(
        b'\xfb' + struct.pack('>d', float(IAT)))), ('NaN', Raw(
            b'\xf9\x7e\0')), ('infinity', Raw(b'\xf9\x7c\0')),
    ('tag 0', Raw(b'\xc0\x74' + b'2026-11-22T10:00:00Z')),
    ('tag 1', Raw(b'\xc1' + encode(IAT))), ('bignum', Raw(
        b'\xc2\x44' + IAT.to_bytes(4, 'big'))),
    ('negative bignum', Raw(b'\xc3\x41\1')), ('tag 37', Raw(
        b'\xd8\x25\x45' + bytes(5))), ('open text', Raw(b'\x7f\x61A\xff')),
    ('open bytes', Raw(b'\x5f\x45' + bytes(5) + b'\xff')),
    ('open array', Raw(b'\x9f\xff')), ('open map', Raw(b'\xbf\xff')),
    ('break', Raw(b'\xff')), ('reserved info', Raw(b'\x1c')),
    ('reserved info in text', Raw(b'\x7d')), ('text of 2^64-1', Raw(
        b'\x7b' + b'\xff' * 8)), ('array of 2^32', Raw(
            b'\x9b\0\0\0\1\0\0\0\0')), ('30 arrays deep', Raw(
                b'\x81' * 30 + b'\0')), ('nothing', Raw(b'')))

BAD_UTF8 = (
    ('overlong slash', b'c\xc0\xaf'), ('overlong in three', b'c\xe0\x80\xaf'),
    ('surrogate', b'c\xed\xa0\x80'), ('a lone continuation', b'c\x80'),
    ('a cut sequence', b'c\xe2\x82'), ('above U+10FFFF', b'c\xf4\x90\x80\x80'),
    ('f5', b'c\xf5\x80\x80\x80'), ('ff', b'c\xff'), ('fe', b'\xfec'),
    ('Latin-1', b'Ren\xe9'), ('overlong NUL', b'c\xc0\x80'),
    ('CESU-8', b'\xed\xa0\xbd\xed\xb8\x80'))


def text_of(data):
    return Raw(carer.head(3, len(data)) + data)


def claims():
    b = Batch('claims')

    def payload(label, data, *wants):
        token = carer.sign1(GP, data, PASSPORT_AAD)
        if len(token) > carer.MAX_TOKEN:
            wants = (MALFORMED,)
        b.add(label, token, *(wants or (MALFORMED,)))

    def with_claim(label, number, value, *wants):
        c = claim_map()
        c[number] = value
        payload('claim %d: %s' % (number, label), encode(c), *wants)

    def with_member(label, number, value, *wants):
        c = claim_map()
        c[PRIVATE] = {**c[PRIVATE], number: value}
        payload('member %d: %s' % (number, label), encode(c), *wants)
    # Every wrong type in every place, but for the right one.
    right = {1: ('text',), 4: ('uint',), 6: ('uint',), 7: (), PRIVATE: ()}
    for number, skip in right.items():
        for label, v in WRONG:
            if label not in skip:
                with_claim(label, number, v)
    right = {1: ('text',), 2: ('uint',), 3: ('uint',)}
    for number, skip in right.items():
        for label, v in WRONG:
            if label not in skip:
                with_member(label, number, v)
    for label, data in BAD_UTF8:
        with_claim(label, 1, text_of(data))
        with_member(label, 1, text_of(data))
    # Ranges.
    for label, change, wants in (
            ('exp = iat', dict(exp=IAT), ()),
            ('exp = iat - 1', dict(exp=IAT - 1), ()),
            ('exp 0', dict(exp=0), ()),
            ('exp 2^32', dict(exp=1 << 32), ()),
            ('exp 2^63', dict(exp=1 << 63), ()),
            ('exp 2^64-1', dict(exp=(1 << 64) - 1), ()),
            ('both 2^64-1', dict(iat=(1 << 64) - 1, exp=(1 << 64) - 1), ()),
            ('iat 2^64-1', dict(iat=(1 << 64) - 1), ()),
            ('iat 2^63', dict(iat=1 << 63), ()),
            ('iat 2^64-2, exp 2^64-1', dict(iat=(1 << 64) - 2,
                                            exp=(1 << 64) - 1),
             (UNKNOWN, MALFORMED)),
            ('iat 2^63-1, exp 2^63', dict(iat=(1 << 63) - 1, exp=1 << 63),
             (UNKNOWN, MALFORMED)),
            ('iat 0, exp 1', dict(iat=0, exp=1), (UNKNOWN,)),
            ('iat 0', dict(iat=0), ()),
            ('1098 days', dict(exp=IAT + 1098 * DAY), (VALID,)),
            ('1098 days + 1 s', dict(exp=IAT + 1098 * DAY + 1), ()),
            ('36,500 days', dict(exp=IAT + 36500 * DAY), ()),
            ('class 1', dict(cls=1), (VALID,)), ('class 2', dict(cls=2), ()),
            ('class 23', dict(cls=23), ()), ('class 255', dict(cls=255), ()),
            ('class 256', dict(cls=256), ()),
            ('class 257', dict(cls=257), ()),
            ('class 2^32', dict(cls=1 << 32), ()),
            ('class 2^32+1', dict(cls=(1 << 32) + 1), ()),
            ('class 2^64-1', dict(cls=(1 << 64) - 1), ()),
            ('class -1', dict(cls=-1), ()),
            ('index 0', dict(index=0), (WITHDRAWN,)),
            ('index 131071', dict(index=131071), (VALID,)),
            ('index 2^32-1', dict(index=(1 << 32) - 1), (NO_LISTS,)),
            ('index 2^32', dict(index=1 << 32), ()),
            ('index 2^32+4711', dict(index=(1 << 32) + 4711), ()),
            ('index 2^63', dict(index=1 << 63), ()),
            ('index 2^64-1', dict(index=(1 << 64) - 1), ()),
            ('index -1', dict(index=-1), ()),
            ('serial of 4', dict(cti=bytes(4)), ()),
            ('serial of 6', dict(cti=bytes(6)), ()),
            ('serial of 0', dict(cti=b''), ()),
            ('serial of 16', dict(cti=bytes(16)), ()),
            ('serial of 255', dict(cti=bytes(255)), ()),
            ('issuer of another', dict(iss='RX999'), (UNKNOWN,)),
            ('issuer unknown', dict(iss='Z99999'), (UNKNOWN,)),
            ('issuer in lower case', dict(iss='a81001'), (UNKNOWN, MALFORMED)),
            ('issuer and a space', dict(iss='A81001 '), (UNKNOWN, MALFORMED)),
            ('issuer and a NUL', dict(iss='A81001\0'), (UNKNOWN, MALFORMED)),
            ('issuer empty', dict(iss=''), (UNKNOWN, MALFORMED)),
            ('issuer of 200', dict(iss='A' * 200), (UNKNOWN, MALFORMED)),
            ('issuer a prefix', dict(iss='A8100'), (UNKNOWN,)),
            ('issuer full-width', dict(iss='\uff2181001'),
             (UNKNOWN, MALFORMED))):
        payload(label, encode(claim_map(**change)), *wants)
    # Claims and members too few, too many, twice, in another order.
    base = claim_map()
    items = [(k, base[k]) for k in (1, 4, 6, 7, PRIVATE)]
    inner = [(k, base[PRIVATE][k]) for k in (1, 2, 3)]

    def nested(pairs):
        return [(k, v) for k, v in items[:4]] + [(PRIVATE, Pairs(pairs))]
    for i, (k, v) in enumerate(items):
        payload('no claim %d' % k, encode(Pairs(items[:i] + items[i + 1:])))
        payload('claim %d twice' % k, encode(Pairs(
            items[:i + 1] + items[i:])))
        payload('claim %d twice, other first' % k, encode(Pairs(
            items[:i] + [(k, 0)] + items[i:])))
        payload('claim %d twice, other last' % k, encode(Pairs(
            items[:i + 1] + [(k, 0)] + items[i + 1:])))
        if i:
            swapped = items[:i - 1] + [items[i], items[i - 1]] + items[i + 1:]
            payload('claim %d moved up' % k, encode(Pairs(swapped)))
    payload('claims in reverse', encode(Pairs(items[::-1])))
    for i, (k, v) in enumerate(inner):
        payload('no member %d' % k, encode(Pairs(nested(
            inner[:i] + inner[i + 1:]))))
        payload('member %d twice' % k, encode(Pairs(nested(
            inner[:i + 1] + inner[i:]))))
        payload('member %d twice, other first' % k, encode(Pairs(nested(
            inner[:i] + [(k, 1)] + inner[i:]))))
        if i:
            payload('member %d moved up' % k, encode(Pairs(nested(
                inner[:i - 1] + [inner[i], inner[i - 1]] + inner[i + 1:]))))
    for label, k, v in (
            ('sub', 2, 'x'), ('aud', 3, 'x'), ('nbf', 5, IAT), ('claim 0', 0,
                                                                0),
            ('claim 8 (cnf)', 8, {}), ('status', 65535, {
                'status_list': {'idx': 4711, 'uri': URI + '0.cwt'}}),
            ('ttl', 65534, 1), ('status_list', 65533, {}), ('hcert', -260, {}),
            ('169', 169, {}), ('the trust body', BODY, {}),
            ('-65536', -65536, 0), ('a text claim', 'name', 'x'),
            ('an empty text claim', '', 0), ('a claim of bytes', b'x', 0),
            ('claim -1', -1, 0), ('claim 2^64-1', (1 << 64) - 1, 0)):
        payload('extra ' + label, encode({**base, k: v}))
    for k in (0, 4, 5, 23, 24, -1, 'x', b'x'):
        payload('extra member %r' % k, encode({**base, PRIVATE: {
            **base[PRIVATE], k: 0}}))
    payload('array as a key', encode(Pairs(items + [(Raw(b'\x80'), 0)])))
    payload('float as a key', encode(Pairs(items + [(Raw(b'\xf9\0\0'), 0)])))
    payload('true as key 1', encode(Pairs([(Raw(b'\xf5'), 'A81001')]
                                          + items[1:])))
    payload('private map in a byte string', encode(
        {**base, PRIVATE: encode(base[PRIVATE])}))
    payload('private map as an array', encode(
        {**base, PRIVATE: [1, 'Ann', 2, 0, 3, 1]}))
    # Longer than need be.
    short = {k: encode(k) + encode(v) for k, v in items}
    private = {k: encode(k) + encode(v) for k, v in inner}

    def spelt(label, **change):
        parts = dict(short)
        parts.update({int(k[1:]): v for k, v in change.items()
                      if k[0] == 'c'})
        payload('longer than need be: ' + label,
                change.get('head', b'\xa5') + parts[1] + parts[4] + parts[6]
                + parts[7] + parts[PRIVATE])
    name = base[PRIVATE][1].encode()
    for label, c in (
            ('key 1', dict(c1=b'\x18\x01' + encode('A81001'))),
            ('key 4', dict(c4=b'\x18\x04' + encode(EXP))),
            ('key 6 in nine bytes', dict(c6=b'\x1b' + bytes(7) + b'\x06'
                                         + encode(IAT))),
            ('length of iss', dict(c1=b'\x01\x78\x06A81001')),
            ('exp in nine bytes', dict(c4=b'\x04\x1b' + EXP.to_bytes(
                8, 'big'))),
            ('iat in nine bytes', dict(c6=b'\x06\x1b' + IAT.to_bytes(
                8, 'big'))),
            ('length of the serial', dict(c7=b'\x07\x58\x05' + base[7])),
            ('map of five', dict(head=b'\xb8\x05')),
            ('map of five in three bytes', dict(head=b'\xb9\0\x05')),
            ('map of five in nine bytes', dict(head=b'\xbb' + bytes(7)
                                               + b'\x05'))):
        spelt(label, **c)
    for label, data in (
            ('key -65537 in nine bytes', b'\x3b\0\0\0\0\0\1\0\0'
             + encode(base[PRIVATE])),
            ('private map head', encode(PRIVATE) + b'\xb8\x03'
             + b''.join(private.values())),
            ('name\'s length', encode(PRIVATE) + b'\xa3\x01\x78'
             + bytes([len(name)]) + name + private[2] + private[3]),
            ('class', encode(PRIVATE) + b'\xa3' + private[1] + b'\x02\x18\0'
             + private[3]),
            ('index', encode(PRIVATE) + b'\xa3' + private[1] + private[2]
             + b'\x03\x1a\0\0\x12\x67'),
            ('member key', encode(PRIVATE) + b'\xa3\x18\x01' + encode(
                base[PRIVATE][1]) + private[2] + private[3])):
        payload('longer than need be: ' + label, b'\xa5' + b''.join(
            short[k] for k in (1, 4, 6, 7)) + data)
    # The payload as a whole.
    for label, data in (
            ('empty', b''), ('empty map', b'\xa0'), ('empty array', b'\x80'),
            ('null', b'\xf6'), ('zero', b'\0'), ('break', b'\xff'),
            ('a byte after', PAYLOAD + b'\0'), ('a break after', PAYLOAD
                                                + b'\xff'),
            ('twice', PAYLOAD * 2), ('cut by one', PAYLOAD[:-1]),
            ('half', PAYLOAD[:30]), ('map counts four', b'\xa4' + PAYLOAD[1:]),
            ('map counts six', b'\xa6' + PAYLOAD[1:]),
            ('open map', b'\xbf' + PAYLOAD[1:] + b'\xff'),
            ('array of ten', b'\x8a' + PAYLOAD[1:]),
            ('tag 61', b'\xd8\x3d' + PAYLOAD), ('tag 55799', b'\xd9\xd9\xf7'
                                                + PAYLOAD),
            ('in a byte string', encode(PAYLOAD)), ('in an array', b'\x81'
                                                    + PAYLOAD),
            ('in text', b'\x78\x40' + b'a' * 64), ('JSON', json.dumps(
                {'iss': 'A81001'}).encode()), ('a token', GOOD),
            ('300 arrays deep', b'\x81' * 300), ('300 maps deep',
                                                 b'\xa1\0' * 150),
            ('map of 2^64-1', b'\xbb' + b'\xff' * 8 + PAYLOAD[1:])):
        payload('payload: ' + label, data)
    b.run()


def names():
    b = Batch('names')
    rule = carer.NAMES

    def name(text):
        try:
            text.encode()
        except UnicodeEncodeError:
            return
        token = carer.passport(GP, claim_map(name=text))
        good = rule.person(text) and len(token) <= carer.MAX_TOKEN
        b.add('name %r' % text, token, VALID if good else MALFORMED)
    for text in rule.accept + rule.reject:
        name(text)
    with open(os.path.join(carer.vectors_folder('blns'), 'blns.json'),
              encoding='utf-8') as f:
        for text in json.load(f):
            name(text)
    # Every character of the first planes' edges: the table's borders.
    for low, high in rule.letters:
        for cp in (low - 1, low, high, high + 1):
            name('Ann' + chr(cp))
            name(chr(cp))
    for cp in list(range(0, 0x80)) + sorted(rule.marks) + [
            m + d for m in sorted(rule.marks) for d in (-1, 1)]:
        name('An' + chr(cp) + 'n')
        name('n' + chr(cp))
        name(chr(cp) + 'n')
    for text in ('n\u0300\u0301', 'n\u0300\u0301\u0300', 'n \u0300', 'n-\u0300',
                 'n\u0300 \u0300', 'n\u0300n\u0300\u0301n', '.\u0300n',
                 'n\u0300\'\u0300', 'X' * 63 + '\u00e9', 'X' * 62 + '\u00e9',
                 'n' + '\u0300' * 2 + 'n' * 59, 'n' + '\u0300' * 2 + 'n' * 60,
                 'a  b', 'a   b', ' ', '  ', '\u2019', 'a\u2019', '\u2019a',
                 'a' + '.' * 63, '.' * 64, 'a\U0001d400', 'a\u0131\u0130',
                 '\u1e00\u1eff', '\u01c4\u024f', 'a\ufffd', '\U0010ffff'):
        name(text)
    b.run()


def headers_of_others():
    b = Batch('signers')
    for label, token, want in (
            ('tombstoned', carer.passport(DEAD, claim_map()), WITHDRAWN),
            ('tombstoned kid, bad signature', carer.pack(
                carer.header(DEAD.kid), PAYLOAD, bytes(64)), WITHDRAWN),
            ('stranger', carer.passport(STRANGER, claim_map()), UNKNOWN),
            ('stranger under our kid', carer.passport(
                STRANGER, claim_map(), kid=GP.kid), FORGED),
            ('our key under the hospital\'s kid', carer.passport(
                GP, claim_map(), kid=HOSPITAL.kid), FORGED),
            ('the hospital for the practice', carer.passport(
                HOSPITAL, claim_map()), UNKNOWN),
            ('the status key', carer.passport(STATUS, claim_map()), UNKNOWN),
            ('the root', carer.passport(S.root, claim_map()), UNKNOWN),
            ('status aad', carer.passport(GP, claim_map(), aad=STATUS_AAD),
             FORGED),
            ('trust aad', carer.passport(GP, claim_map(), aad=TRUST_AAD),
             FORGED),
            ('aad of another version', carer.passport(
                GP, claim_map(), aad=b'carer-passport-2'), FORGED),
            ('the bare payload signed', carer.pack(
                PROTECTED, PAYLOAD, GP.sign(PAYLOAD)), FORGED),
            ('Signature for Signature1', carer.pack(
                PROTECTED, PAYLOAD, GP.sign(encode(
                    ['Signature', PROTECTED, PASSPORT_AAD, PAYLOAD]))),
             FORGED),
            ('empty protected in what is signed', carer.pack(
                PROTECTED, PAYLOAD, GP.sign(carer.to_sign(
                    b'', PASSPORT_AAD, PAYLOAD))), FORGED),
            ('halves of the signature swapped', carer.pack(
                PROTECTED, PAYLOAD, SIGNATURE[32:] + SIGNATURE[:32]), FORGED),
            ('key and zero as signature', carer.pack(
                PROTECTED, PAYLOAD, GP.public + bytes(32)), FORGED),
            ('identity and zero', carer.pack(
                PROTECTED, PAYLOAD, b'\1' + bytes(63)), FORGED)):
        b.add(label, token, want)
    order = 2 ** 252 + 27742317777372353535851937790883648493
    s = int.from_bytes(SIGNATURE[32:], 'little')
    for i in range(1, 16):
        if s + i * order < 1 << 256:
            b.add('S + %d L' % i, carer.pack(
                PROTECTED, PAYLOAD, SIGNATURE[:32] + (s + i * order).to_bytes(
                    32, 'little')), FORGED)
    b.run()


def links():
    b = Batch('links')
    d = DIGITS
    for label, text, want in (
            ('sound', 'https://%s/#%s' % (HOST, d), VALID),
            ('pound sign', 'https://%s/\u00a3%s' % (HOST, d), VALID),
            ('digits', d, VALID), ('spaces around', '  %s  ' % d, VALID),
            ('carriage return', d + '\r', VALID),
            ('long path', 'https://%s/%s#%s' % (HOST, 'a' * 200, d), VALID),
            ('dots in the path', 'https://%s/../a/./#%s' % (HOST, d), VALID),
            ('tilde', 'https://%s/~a#%s' % (HOST, d), VALID),
            ('two slashes', 'https://%s//#%s' % (HOST, d), VALID),
            ('HTTPS', 'HTTPS://%s/#%s' % (HOST, d), MALFORMED),
            ('Https', 'Https://%s/#%s' % (HOST, d), MALFORMED),
            ('upper-case host', 'https://%s/#%s' % (HOST.upper(), d),
             MALFORMED),
            ('http', 'http://%s/#%s' % (HOST, d), MALFORMED),
            ('ftp', 'ftp://%s/#%s' % (HOST, d), MALFORMED),
            ('javascript', 'javascript:alert(1)#%s' % d, MALFORMED),
            ('data', 'data:text/html,x#%s' % d, MALFORMED),
            ('file', 'file:///etc/passwd#%s' % d, MALFORMED),
            ('one slash', 'https:/%s/#%s' % (HOST, d), MALFORMED),
            ('three slashes', 'https:///%s/#%s' % (HOST, d), MALFORMED),
            ('backslashes', 'https:\\\\%s\\#%s' % (HOST, d), MALFORMED),
            ('no scheme', '//%s/#%s' % (HOST, d), MALFORMED),
            ('host alone', '%s/#%s' % (HOST, d), MALFORMED),
            ('hash alone', '#' + d, MALFORMED),
            ('pound sign alone', '\u00a3' + d, MALFORMED),
            ('user', 'https://u@%s/#%s' % (HOST, d), MALFORMED),
            ('user and password', 'https://u:p@%s/#%s' % (HOST, d), MALFORMED),
            ('host as user', 'https://%s@evil.example/#%s' % (HOST, d),
             MALFORMED),
            ('no host', 'https:///#%s' % d, MALFORMED),
            ('host of a space', 'https:// /#%s' % d, MALFORMED),
            ('host with a space', 'https://a b/#%s' % d, MALFORMED),
            ('host with an underscore', 'https://a_b/#%s' % d, MALFORMED),
            ('host with an umlaut', 'https://b\u00fccher.example/#%s' % d,
             MALFORMED),
            ('host in Cyrillic', 'https://c\u0430rers.example/#%s' % d,
             MALFORMED),
            ('host with a percent sign', 'https://a%%2eb/#%s' % d, MALFORMED),
            ('IPv6', 'https://[::1]/#%s' % d, MALFORMED),
            ('port 0', 'https://%s:0/#%s' % (HOST, d), MALFORMED),
            ('port 00000', 'https://%s:00000/#%s' % (HOST, d), MALFORMED),
            ('port 65536', 'https://%s:65536/#%s' % (HOST, d), MALFORMED),
            ('port 4294967739', 'https://%s:4294967739/#%s' % (HOST, d),
             MALFORMED),
            ('port -1', 'https://%s:-1/#%s' % (HOST, d), MALFORMED),
            ('port +443', 'https://%s:+443/#%s' % (HOST, d), MALFORMED),
            ('port empty', 'https://%s:/#%s' % (HOST, d), MALFORMED),
            ('two ports', 'https://%s:1:2/#%s' % (HOST, d), MALFORMED),
            ('port with a letter', 'https://%s:44a/#%s' % (HOST, d),
             MALFORMED),
            ('no slash', 'https://%s#%s' % (HOST, d), MALFORMED),
            ('no hash', 'https://%s/%s' % (HOST, d), MALFORMED),
            ('query', 'https://%s/?x#%s' % (HOST, d), MALFORMED),
            ('digits in a query', 'https://%s/?%s' % (HOST, d), MALFORMED),
            ('two hashes', 'https://%s/##%s' % (HOST, d), MALFORMED),
            ('two fragments', 'https://%s/#%s#%s' % (HOST, d, d), MALFORMED),
            ('hash, pound sign', 'https://%s/#\u00a3%s' % (HOST, d),
             MALFORMED),
            ('pound sign, hash', 'https://%s/\u00a3#%s' % (HOST, d),
             MALFORMED),
            ('two pound signs', 'https://%s/\u00a3\u00a3%s' % (HOST, d),
             MALFORMED),
            ('encoded hash', 'https://%s/%%23%s' % (HOST, d), MALFORMED),
            ('encoded digit', 'https://%s/#%%30%s' % (HOST, d), MALFORMED),
            ('percent in the path', 'https://%s/%%41#%s' % (HOST, d),
             MALFORMED),
            ('upper-case path', 'https://%s/A#%s' % (HOST, d), MALFORMED),
            ('plus in the path', 'https://%s/a+b#%s' % (HOST, d), MALFORMED),
            ('space in the path', 'https://%s/a b#%s' % (HOST, d), MALFORMED),
            ('colon in the path', 'https://%s/a:b#%s' % (HOST, d), MALFORMED),
            ('semicolon in the path', 'https://%s/a;b#%s' % (HOST, d),
             MALFORMED),
            ('quotes in the path', 'https://%s/"#%s' % (HOST, d), MALFORMED),
            ('angle in the path', 'https://%s/<b>#%s' % (HOST, d), MALFORMED),
            ('at in the path', 'https://%s/@a#%s' % (HOST, d), MALFORMED),
            ('e-acute in the path', 'https://%s/\u00e9#%s' % (HOST, d),
             MALFORMED),
            ('slash after the digits', 'https://%s/#%s/' % (HOST, d),
             MALFORMED),
            ('slash before the digits', 'https://%s/#/%s' % (HOST, d),
             MALFORMED),
            ('query after the digits', 'https://%s/#%s?x' % (HOST, d),
             MALFORMED),
            ('text fragment', 'https://%s/#%s:~:text=x' % (HOST, d),
             MALFORMED),
            ('space in the digits', 'https://%s/#%s %s' % (HOST, d[:99],
                                                           d[99:]), MALFORMED),
            ('space after the hash', 'https://%s/# %s' % (HOST, d), MALFORMED),
            ('a tab before', '\t' + d, MALFORMED),
            ('a tab after', d + '\t', MALFORMED),
            ('a form feed after', d + '\f', MALFORMED),
            ('a no-break space before', '\u00a0' + d, MALFORMED),
            ('a BOM before', '\ufeff' + d, MALFORMED),
            ('a zero-width space after', d + '\u200b', MALFORMED),
            ('carriage return inside', d[:50] + '\r' + d[50:], MALFORMED),
            ('NUL inside', d[:50] + '\0' + d[50:], MALFORMED),
            ('NUL after', d + '\0', MALFORMED),
            ('NUL and more after', d + '\0x', MALFORMED),
            ('Latin-1 pound sign', b'https://%s/\xa3%s' % (
                HOST.encode(), d.encode()), MALFORMED),
            ('half a pound sign', b'https://%s/\xc2%s' % (
                HOST.encode(), d.encode()), MALFORMED),
            ('yen sign', 'https://%s/\u00a5%s' % (HOST, d), MALFORMED),
            ('full-width hash', 'https://%s/\uff03%s' % (HOST, d), MALFORMED),
            ('link in quotes', '"https://%s/#%s"' % (HOST, d), MALFORMED),
            ('link in angles', '<https://%s/#%s>' % (HOST, d), MALFORMED),
            ('word before', 'see https://%s/#%s' % (HOST, d), MALFORMED),
            ('link twice', 'https://%s/#%shttps://%s/#%s' % (HOST, d, HOST, d),
             MALFORMED),
            ('URL:', 'URL:https://%s/#%s' % (HOST, d), MALFORMED),
            ('empty', '', MALFORMED), ('a space', ' ', MALFORMED),
            ('host of 4,000', 'https://%s/#%s' % ('a' * 4000, d),
             MALFORMED),
            ('path of 100,000', 'https://%s/%s#%s' % (HOST, 'a' * 100000, d),
             MALFORMED),
            ('a million digits', '1' * 1000000, MALFORMED),
            ('a million hashes', '#' * 1000000, MALFORMED)):
        wants = (want,)
        if 'of 4,000' in label or 'of 100,000' in label:
            wants = (MALFORMED, VALID)      # where a limit stands is open
        b.link(label, text, *wants)
    b.run()


def digits():
    b = Batch('digits')
    d = DIGITS
    for n in range(1, 18):
        b.link('%d zeros' % n, '0' * n,    # nine are a serial, by design
               ('cannot_tell', 'serial_only') if n == 9 else MALFORMED)
        b.link('the card and %d zeros' % n, d + '0' * n, MALFORMED)
        b.link('the card less %d' % n, d[:-n], MALFORMED)
    for i, (size, width) in enumerate(((1, 3), (2, 5), (3, 8), (4, 10),
                                       (5, 13), (6, 15), (7, 17))):
        top = 1 << (8 * size)
        b.link('a chunk of %d, the largest' % size, '%0*d' % (width, top - 1),
               MALFORMED)
        b.link('a chunk of %d, one too large' % size, '%0*d' % (width, top),
               MALFORMED)
        b.link('a chunk of %d, nines' % size, '9' * width, MALFORMED)
    # An overflowing chunk that is the same number modulo 2^56.
    first = int(d[:17])
    if first + (1 << 56) < 10 ** 17:
        b.link('first chunk + 2^56', '%017d' % (first + (1 << 56)) + d[17:],
               MALFORMED)
    b.link('zeros before', '0' * 17 + d, MALFORMED)
    b.link('twice', d + d, MALFORMED)
    b.link('in reverse', d[::-1], MALFORMED)
    for label, table in (('full-width', 0xff10), ('Arabic', 0x660),
                         ('Devanagari', 0x966), ('mathematical', 0x1d7ce)):
        other = d.translate({48 + i: table + i for i in range(10)})
        b.link(label + ' digits', other, MALFORMED)
        b.link('one %s digit' % label, other[0] + d[1:], MALFORMED)
    for ch in '+-., _eExXoOlIbB\'"()/\\#%&\u00b2\u00bd\u2460':
        b.link('%r for a digit' % ch, d[:30] + ch + d[31:], MALFORMED)
        b.link('%r after the digits' % ch, d + ch,
               VALID if ch == ' ' else MALFORMED)
    for n in (1244, 1245, 1246, 1247, 4096, 65536):
        b.link('%d digits' % n, '1' * n, MALFORMED)
    b.run()


# --- every small change of one valid card ---------------------------------------------------

def changes():
    b = Batch('changes')
    token, d = GOOD, DIGITS
    n = 0
    for i in range(len(token)):
        for bit in range(8):
            b.add('bit %d of byte %d' % (bit, i), token[:i] + bytes(
                [token[i] ^ 1 << bit]) + token[i + 1:])
        b.add('byte %d deleted' % i, token[:i] + token[i + 1:])
        if i:
            b.add('cut to %d bytes' % i, token[:i])
    for i in range(len(token) + 1):
        near = {0x00, 0xff, 0x18, 0x40, 0x81, 0xa0, 0xd2, 0xf6}
        if i < len(token):
            near.add(token[i])
        for v in sorted(near):
            b.add('byte %02x inserted at %d' % (v, i), token[:i] + bytes([v])
                  + token[i:])
    for i in range(len(d)):
        for c in '0123456789':
            if c != d[i]:
                b.link('digit %d is %s' % (i, c), d[:i] + c + d[i + 1:])
        b.link('digit %d deleted' % i, d[:i] + d[i + 1:])
    for i in range(len(d) + 1):
        for c in '0123456789':
            b.link('digit %s inserted at %d' % (c, i), d[:i] + c + d[i:])
    for i in range(len(d) - 1):
        if d[i] != d[i + 1]:
            b.link('digits %d and the next swapped' % i, d[:i] + d[i + 1]
                   + d[i] + d[i + 2:])
    folder = carer.Folder(MAIN)
    r = run_lines([t for _, t, _ in b.cases], MAIN, NOW)
    lines = r.out.split(b'\n')
    T.check('changes: one answer a line', len(lines) - 1 == len(b.cases)
            and r.code == 1, '%d answers to %d lines; %r' % (
                len(lines) - 1, len(b.cases), r))
    for (label, text, _), line in zip(b.cases, lines):
        j = carer.Judged(text, folder, NOW)
        if T.check('changes: %s is not accepted' % label,
                   b'"valid"' not in line and j.verdict != 'valid',
                   repr(line)):
            compare(T, 'changes: ' + label, j, line)
        n += 1
    print('  %d changed cards, none may be accepted' % n)


# --- trust lists: every field wrong in turn ------------------------------------------------------

def one_folder(label, wants, trust=None, status=None, text=None, now=NOW,
               loose=False):
    """Judges one card against one made-up folder; a loose case compares
    verdict and reason alone."""
    folder = os.path.join(scratch(), 'case')
    S.write(folder, {0: GOOD_STATUS if status is None else status},
            trust=trust)
    text = text or carer.link(HOST, GOOD)
    j = carer.Judged(text, carer.Folder(folder), now)
    mine = (j.verdict, j.reason)
    if not T.check(label + ' (the oracle itself)', mine in wants, repr(mine)):
        return
    r = run_check(text, folder, now)
    if r.is_crash() or r.out.count(b'\n') != 1:
        T.check(label, False, repr(r))
        return
    try:
        got = dict(harness.pairs_of(r.out.decode()))
    except ValueError:
        got = {}
    found = (got.get('verdict'), got.get('reason'))
    if not T.check(label, found in wants, 'got %r, want %r' % (found, wants)):
        return
    T.equal(label + ': exit', r.code, carer.EXIT[found[0]])
    if found == mine and not loose:
        compare(T, label + ': members', j, r.out)


def trust_lists():
    def signed(label, payload, *wants, loose=False, **how):
        one_folder('trust list: ' + label, wants or (NO_LISTS,),
                   trust=S.trust(payload=payload, **how), loose=loose)

    def body(label, *wants, loose=False, **change):
        b = S.body()
        for k, v in change.items():
            if v is None:
                del b[int(k[1:])]
            else:
                b[int(k[1:])] = v
        signed(label, {**S.payload(), BODY: b}, *wants, loose=loose)

    def claim(label, *wants, drop=None, **change):
        p = S.payload()
        for k, v in change.items():
            p[int(k[1:])] = v
        if drop is not None:
            del p[drop]
        signed(label, p, *wants)
    signed('sound', S.payload(), VALID)
    # Claims.
    for k in (1, 4, 6, BODY):
        claim('no claim %d' % k, drop=k)
    for label, v in (('int', 1), ('bytes', b'x'), ('empty', ''), ('null', Raw(
            b'\xf6')), ('emoji', 'Pass \U0001f600'), ('angle', '<b>'),
            ('101 bytes', 'X' * 101), ('two spaces', 'A  B'),
            ('digits alone', '123'), ('bad UTF-8', text_of(b'a\xff')),
            ('control', 'A\nB')):
        claim('scheme name: ' + label, c1=v)
    claim('scheme name of 100 bytes', VALID, c1='X' * 100)
    claim('scheme name with signs', VALID, c1='A1&()+/:@_')
    for c in ('c4', 'c6'):
        for label, v in (('text', 'x'), ('negative', -1), ('bytes', b'\1'),
                         ('float', Raw(b'\xfb' + struct.pack(
                             '>d', float(NOW)))), ('null', Raw(b'\xf6')),
                         ('tag 1', Raw(b'\xc1' + encode(NOW))),
                         ('too long', Raw(b'\x1b' + NOW.to_bytes(8, 'big')))):
            claim('%s: %s' % (c, label), **{c: v})
    for label, k, v in (('sub', 2, 'x'), ('aud', 3, 'x'), ('nbf', 5, 1),
                        ('cti', 7, b'x'), ('status list', 65533, {}),
                        ('passport', PRIVATE, {}), ('text', 'x', 1)):
        signed('extra claim: ' + label, {**S.payload(), k: v})
    # The body.
    for k in '12345':
        body('no member ' + k, **{'b' + k: None})
        for label, v in (('text', 'x'), ('null', Raw(b'\xf6')),
                         ('negative', -1), ('float', Raw(b'\xf9\0\0'))):
            body('member %s: %s' % (k, label), **{'b' + k: v})
    for k in '2345':
        body('member %s: a number' % k, **{'b' + k: 1})
        body('member %s: a map' % k, **{'b' + k: {}})
        body('member %s: an open array' % k, **{'b' + k: Raw(b'\x9f\xff')})
        body('member %s: array of 2^32' % k, **{'b' + k: Raw(
            b'\x9b\0\0\0\1\0\0\0\0')})
    body('extra member 6', b6=1)
    body('extra member 0', b0=1)
    body('seq is an array', b1=[1])
    for label, v in (('an int', [1]), ('bytes', [b'x']), ('an empty text',
                                                          ['']),
                     ('a space', ['a b']), ('a slash', ['a/b']),
                     ('a whole URL', ['https://' + HOST])):
        body('host: ' + label, *((NO_LISTS,) if label in ('an int', 'bytes')
                                 else (NO_LISTS, VALID)), b2=v, loose=True)
    body('host in upper case', NO_LISTS, VALID, b2=[HOST.upper()], loose=True)
    body('no hosts', VALID, NO_LISTS, b2=[])
    body('twenty hosts', VALID, b2=['h%d.example' % i for i in range(20)]
         + [HOST])
    # Keys.
    keys = S.body()[3]
    at = next(i for i, k in enumerate(keys) if k[1] == GP.kid)
    st = next(i for i, k in enumerate(keys) if k[1] == STATUS.kid)

    def key(label, *wants, where=at, drop=(), loose=False, **change):
        k = {n: v for n, v in keys[where].items() if n not in drop}
        k.update({int(n[1:]): v for n, v in change.items()})
        body('key: ' + label, *wants, loose=loose,
             b3=keys[:where] + [k] + keys[where + 1:])
    for n in (1, 2, 3, 4, 5, 6, 7, 8, 9):
        key('no member %d' % n, drop=(n,))
    key('no telephone', VALID, drop=(10,))
    key('extra member 11', k11=1)
    key('extra member 0', k0=1)
    key('extra text member', NO_LISTS, k12='x')
    for n in (1, 2, 3, 5, 6):
        key('status key without member %d' % n, where=st, drop=(n,))
    for n, v in ((4, ['A81001']), (7, 'X'), (8, 0), (9, 0), (10, '0')):
        key('status key with member %d' % n, where=st, **{'k%d' % n: v})
    for n in range(1, 11):
        for label, v in (('null', Raw(b'\xf6')), ('map', {}), ('float', Raw(
                b'\xf9\x3c\0')), ('negative', -1), ('tagged', Raw(
                    b'\xc1\0'))):
            key('member %d: %s' % (n, label), **{'k%d' % n: v})
    for n in (5, 6, 8, 9):
        key('member %d: text' % n, **{'k%d' % n: '1'})
        key('member %d: not shortest' % n, **{'k%d' % n: Raw(b'\x18\0')})
    for n in (1, 2, 4, 7, 10):
        key('member %d: a number' % n, **{'k%d' % n: 1})
    key('kid of 7', k1=GP.kid[:7])
    key('kid of 9', k1=GP.kid + b'\0')
    key('public key of 31', k2=GP.public[:31])
    key('public key of 33', k2=GP.public + b'\0')
    key('public key as text', k2='x' * 32)
    key('purpose 2', k3=2)
    key('purpose 255', k3=255)
    key('purpose 2^32', k3=1 << 32)
    key('setting 4', VALID, k8=4)
    key('setting 5', k8=5)
    key('setting 2^32', k8=1 << 32)
    key('no ODS code', UNKNOWN, NO_LISTS, k4=[])
    key('ODS code a number', k4=[81001])
    key('ODS code bytes', k4=[b'A81001'])
    key('several ODS codes', VALID, k4=['A81000', 'A81001', 'A81002'])
    key('another ODS code', UNKNOWN, k4=['A81002'])
    key('name empty', k7='')
    key('name of 100', VALID, k7='X' * 100)
    key('name of 101', k7='X' * 101)
    key('name with angles', k7='<script>')
    key('name with a control', k7='A\x1b[2J')
    key('name with bidi', k7='A\u202eB')
    key('name in Cyrillic', k7='\u0411\u0435\u0447')
    key('name of bad UTF-8', k7=text_of(b'a\xc3'))
    key('telephone of bad UTF-8', k10=text_of(b'0\xff'))
    key('period the wrong way round', NO_LISTS, UNKNOWN, k5=NOW, k6=NOW - 1)
    key('service out of range', NO_LISTS, k9=1, loose=True)
    key('service 2^64-1', NO_LISTS, k9=(1 << 64) - 1, loose=True)
    key('passport key as purpose 1', where=at, k3=1)
    key('status key as purpose 0', where=st, k3=0)
    body('keys in reverse', b3=keys[::-1])
    body('a key twice', b3=sorted(keys + [keys[at]], key=lambda k: k[1]))
    twin = {**keys[at], 2: STRANGER.public}
    body('a kid twice', b3=sorted(keys + [twin], key=lambda k: k[1]))
    body('no keys', UNKNOWN, NO_LISTS, b3=[])
    body('a key that is a list', b3=keys + [[1]])
    body('members of a key in another order', b3=keys[:at] + [Pairs(
        list(keys[at].items())[::-1])] + keys[at + 1:])
    body('a member of a key twice', b3=keys[:at] + [Pairs(
        [(1, GP.kid)] + list(keys[at].items()))] + keys[at + 1:])
    # Tombstones.
    low, high = bytes(8), b'\xff' * 8
    body('tombstones in order', VALID, b4=sorted([low, DEAD.kid, high]))
    body('tombstones out of order', b4=sorted([low, DEAD.kid, high])[::-1])
    body('a tombstone twice', b4=[DEAD.kid, DEAD.kid])
    body('a tombstone of 7', b4=[DEAD.kid[:7]])
    body('a tombstone of 9', b4=[DEAD.kid + b'\0'])
    body('a tombstone as text', b4=['abcdefgh'])
    body('a tombstone as a number', b4=[1])
    body('our kid in both lists', b4=[GP.kid])
    body('another kid in both lists', b4=sorted([DEAD.kid, HOSPITAL.kid]))
    body('the status kid in both lists', b4=[STATUS.kid])
    others = [k for k in keys if k[1] != GP.kid]
    signed('our key tombstoned', {**S.payload(), BODY: {
        **S.body(), 3: others, 4: [GP.kid]}}, WITHDRAWN)
    others = [k for k in keys if k[1] != STATUS.kid]
    signed('the status key tombstoned', {**S.payload(), BODY: {
        **S.body(), 3: others, 4: [STATUS.kid]}}, NO_LISTS, loose=True)
    # Services.
    service = S.services[0]
    for label, v in (('no URI', {2: STATUS.kid}), ('no kid', {1: URI}),
                     ('an extra member', {**service, 3: 1}), ('a list', []),
                     ('text', 'x'), ('URI a number', {1: 1, 2: STATUS.kid}),
                     ('kid of 7', {1: URI, 2: STATUS.kid[:7]}),
                     ('kid as text', {1: URI, 2: 'abcdefgh'}),
                     ('URI bytes', {1: URI.encode(), 2: STATUS.kid})):
        body('service: ' + label, b5=[v])
    body('service: its key is a passport key', NO_LISTS, b5=[
        {1: URI, 2: GP.kid}], loose=True)
    body('service: its key is unknown', NO_LISTS, b5=[
        {1: URI, 2: STRANGER.kid}], loose=True)
    body('service: none', NO_LISTS, b5=[], loose=True)
    body('service: another URI', NO_LISTS, b5=[
        {1: URI + 'x/', 2: STATUS.kid}], loose=True)
    body('service: a second one', VALID, b5=[service, {
        1: 'https://x.example/', 2: STATUS.kid}])
    # The envelope.
    whole = encode(S.payload())
    kid = S.root.kid

    def envelope(label, data):
        one_folder('trust list: ' + label, (NO_LISTS,), trust=data)

    def header(label, h):
        envelope('header: ' + label, carer.sign1(
            S.root, whole, TRUST_AAD, protected=h if isinstance(h, bytes)
            else encode(h)))
    for label, h in (
            ('alg -8', {1: -8, 4: kid, 16: TRUST_TYP}),
            ('alg 5', {1: 5, 4: kid, 16: TRUST_TYP}),
            ('no alg', {4: kid, 16: TRUST_TYP}),
            ('no kid', {1: -19, 16: TRUST_TYP}), ('no typ', {1: -19, 4: kid}),
            ('kid of 7', {1: -19, 4: kid[:7], 16: TRUST_TYP}),
            ('kid of an issuer', {1: -19, 4: GP.kid, 16: TRUST_TYP}),
            ('status typ', {1: -19, 4: kid, 16: STATUS_TYP}),
            ('typ in upper case', {1: -19, 4: kid, 16: TRUST_TYP.upper()}),
            ('typ a number', {1: -19, 4: kid, 16: 61}),
            ('typ as bytes', {1: -19, 4: kid, 16: TRUST_TYP.encode()}),
            ('typ and a byte', {1: -19, 4: kid, 16: TRUST_TYP + ' '}),
            ('crit', {1: -19, 2: [16], 4: kid, 16: TRUST_TYP}),
            ('an extra one', {1: -19, 4: kid, 16: TRUST_TYP, 17: 1}),
            ('kid before alg', encode(Pairs(
                [(4, kid), (1, -19), (16, TRUST_TYP)]))),
            ('two kids', encode(Pairs(
                [(1, -19), (4, kid), (4, kid), (16, TRUST_TYP)]))),
            ('a byte after', encode({1: -19, 4: kid, 16: TRUST_TYP}) + b'\0'),
            ('empty', b'')):
        header(label, h)
    for label, how in (
            ('passport context', dict(aad=PASSPORT_AAD)),
            ('no context', dict(aad=b'')), ('context -2',
                                            dict(aad=b'carer-trust-2')),
            ('a stranger\'s', dict(signer=STRANGER)),
            ('a stranger\'s under our kid', dict(signer=STRANGER, kid=kid)),
            ('an issuer\'s', dict(signer=GP)), ('the status key\'s',
                                                dict(signer=STATUS)),
            ('tag 17', dict(tag=b'\xd1')), ('no tag', dict(tag=b'')),
            ('tag 61', dict(tag=b'\xd8\x3d\xd2')),
            ('array of 5', dict(array=b'\x85', after=b'\0')),
            ('open array', dict(array=b'\x9f', after=b'\xff')),
            ('kid unprotected too', dict(unprotected=encode({4: kid}))),
            ('a byte after', dict(after=b'\0')),
            ('an end of line after', dict(after=b'\n'))):
        envelope(label, S.trust(**how))
    good = S.trust()
    for label, data in (('empty', b''), ('one byte', b'\xd2'), ('cut by one',
                                                                good[:-1]),
                        ('half', good[:len(good) // 2]), ('twice', good * 2),
                        ('hexadecimal', good.hex().encode()),
                        ('zeros', bytes(1000)), ('a passport', GOOD),
                        ('a status list', GOOD_STATUS)):
        envelope(label, data)
    items = [(k, S.payload()[k]) for k in (1, 4, 6, BODY)]
    for label, data in (
            ('a byte after', whole + b'\0'), ('cut by one', whole[:-1]),
            ('claims in reverse', encode(Pairs(items[::-1]))),
            ('a claim twice', encode(Pairs(items[:1] + items))),
            ('open map', b'\xbf' + whole[1:] + b'\xff'),
            ('long map head', b'\xb8\x04' + whole[1:]),
            ('empty', b''), ('an array', b'\x80'),
            ('in a byte string', encode(whole)),
            ('1,000 arrays deep', b'\x81' * 1000),
            ('100,000 arrays deep', b'\x81' * 100000)):
        envelope('payload: ' + label, carer.sign1(
            S.root, data, TRUST_AAD, TRUST_TYP))
    # Size: 4 MiB are read, more are not.
    room = (4 << 20) - len(S.trust()) - 16
    many = [i.to_bytes(8, 'big') for i in range(room // 9)]
    tombs = sorted(many + [DEAD.kid])
    big = S.trust(payload={**S.payload(), BODY: {**S.body(), 4: tombs}})
    T.check('set-up: just under 4 MiB', 0 < (4 << 20) - len(big) < 64,
            str(len(big)))
    one_folder('trust list: just under 4 MiB', (VALID,), trust=big)
    tombs = sorted(tombs + [(1 << 40 | i).to_bytes(8, 'big')
                            for i in range(10)])
    big = S.trust(payload={**S.payload(), BODY: {**S.body(), 4: tombs}})
    one_folder('trust list: just over 4 MiB', (NO_LISTS,), trust=big)


# --- status lists: every field wrong in turn ---------------------------------------------------------

def status_lists():
    def put(label, data, *wants, loose=False):
        one_folder('status list: ' + label, wants or (NO_LISTS,), status=data,
                   loose=loose)

    def payload(label, p, *wants, loose=False, **how):
        put(label, S.status(STATUS, p, **how), *wants, loose=loose)

    def claim(label, number, value, *wants, loose=False):
        p = status_payload()
        p[number] = value
        payload(label, p, *wants, loose=loose)

    def lst(label, data, *wants, loose=False, **more):
        claim(label, 65533, {'lst': data, 'bits': 1, **more}, *wants,
              loose=loose)
    good = status_payload()
    payload('sound', good, VALID)
    bits = zlib.decompress(good[65533]['lst'])
    # Sound all the same.
    order = Pairs([(k, good[k]) for k in (65534, 65533, 6, 4, 2)])
    payload('claims in another order', order, VALID)
    inner = Pairs([('bits', 1), ('lst', good[65533]['lst'])])
    claim('bits before lst', 65533, inner, VALID)
    payload('an iss claim', {**good, 1: 'https://x.example'}, VALID)
    payload('an unknown claim', {**good, 65000: 'x', 12: [1, {2: b'3'}]},
            VALID)
    for level in (0, 1, 6):
        lst('compressed at level %d' % level, zlib.compress(bits, level),
            VALID)
    # What the contract leaves open: no ttl, or a strange one; an aggregation.
    lst('aggregation_uri', good[65533]['lst'], VALID, NO_LISTS, loose=True,
        aggregation_uri='https://x.example')
    payload('no ttl', {k: v for k, v in good.items() if k != 65534},
            NO_LISTS, VALID)
    for label, v in (('text', 'x'), ('negative', -1)):
        claim('ttl: ' + label, 65534, v, NO_LISTS, VALID)
    # sub.
    for label, v in (
            ('list 1', URI + '1.cwt'), ('list 00', URI + '00.cwt'),
            ('no number', URI + '.cwt'), ('no suffix', URI + '0'),
            ('the base alone', URI), ('a byte more', URI + '0.cwt '),
            ('another host', 'https://x.example/lists/status/0.cwt'),
            ('http', 'http' + URI[5:] + '0.cwt'),
            ('upper case', (URI + '0.cwt').upper()), ('empty', ''),
            ('a number', 0), ('bytes', (URI + '0.cwt').encode()),
            ('null', Raw(b'\xf6')), ('a list', [URI + '0.cwt']),
            ('bad UTF-8', text_of(b'\xff')), ('a NUL', URI + '0.cwt\0')):
        claim('sub: ' + label, 2, v)
    # Dates.
    iat, exp = good[6], good[4]
    for number, name in ((4, 'exp'), (6, 'iat')):
        for label, v in (('text', str(exp)), ('negative', -1), ('null', Raw(
                b'\xf6')), ('bytes', b'\1'), ('float', Raw(
                    b'\xfb' + struct.pack('>d', float(exp)))), ('tag 1', Raw(
                        b'\xc1' + encode(exp))), ('2^64-1', (1 << 64) - 1),
                ('2^63', 1 << 63), ('array', [exp])):
            claim('%s: %s' % (name, label), number, v)
    claim('exp: 0', 4, 0)
    claim('iat: 0', 6, 0)
    claim('exp before iat', 4, iat - 1)
    claim('exp = iat', 4, iat, STALE)
    claim('7 days', 4, iat + 7 * DAY, VALID)
    claim('7 days and a second', 4, iat + 7 * DAY + 1)
    claim('a year', 4, iat + 365 * DAY)
    payload('issued tomorrow', status_payload(**{}) | {
        6: NOW + DAY, 4: NOW + 2 * DAY}, VALID)
    payload('issued after tomorrow', status_payload() | {
        6: NOW + DAY + 1, 4: NOW + 2 * DAY})
    payload('before the key began', status_payload() | {
        6: NOW - 301 * DAY, 4: NOW - 300 * DAY})
    # The list.
    for k in (2, 4, 6, 65533):
        payload('no claim %d' % k, {n: v for n, v in good.items() if n != k})
    for label, v in (('null', Raw(b'\xf6')), ('bytes', good[65533]['lst']),
                     ('an array', [1, good[65533]['lst']]), ('empty', {}),
                     ('no bits', {'lst': good[65533]['lst']}),
                     ('no lst', {'bits': 1}), ('a number', 1),
                     ('integer keys', {1: 1, 2: good[65533]['lst']}),
                     ('byte-string keys', {b'bits': 1,
                                           b'lst': good[65533]['lst']}),
                     ('bits twice', Pairs([('lst', good[65533]['lst']),
                                           ('bits', 1), ('bits', 1)])),
                     ('lst twice', Pairs([('lst', good[65533]['lst']),
                                          ('lst', good[65533]['lst']),
                                          ('bits', 1)])),
                     ('bits 1 and 2', Pairs([('bits', 1), ('bits', 2), (
                         'lst', good[65533]['lst'])]))):
        claim('status_list: ' + label, 65533, v)
    for v in (0, 2, 3, 4, 8, 16, 255, 1 << 32, -1, '1', b'\1', [1], Raw(
            b'\xf5'), Raw(b'\xf9\x3c\0'), Raw(b'\x18\x01')):
        claim('bits %r' % (v,), 65533, {'lst': good[65533]['lst'], 'bits': v})
    z = good[65533]['lst']
    dictionary = zlib.compressobj(9, zdict=bytes(64))
    with_dictionary = dictionary.compress(bits) + dictionary.flush()
    raw = zlib.compressobj(9, wbits=-15)
    raw_deflate = raw.compress(bits) + raw.flush()
    gz = zlib.compressobj(9, wbits=31)
    gzipped = gz.compress(bits) + gz.flush()
    flushed = zlib.compressobj(9)
    unfinished = flushed.compress(bits) + flushed.flush(zlib.Z_SYNC_FLUSH)
    for label, data in (
            ('empty', b''), ('one byte', b'\x78'), ('head alone', z[:2]),
            ('cut by one', z[:-1]), ('cut by four', z[:-4]),
            ('half', z[:len(z) // 2]), ('a byte after', z + b'\0'),
            ('ten bytes after', z + bytes(10)), ('twice', z + z),
            ('checksum wrong', z[:-1] + bytes([z[-1] ^ 1])),
            ('checksum zero', z[:-4] + bytes(4)), ('head wrong',
                                                   b'\x78\x9d' + z[2:]),
            ('window of 64 KiB', b'\x88\x1c' + z[2:]),
            ('a byte short', zlib.compress(bits[:-1])),
            ('a byte long', zlib.compress(bits + b'\0')),
            ('one byte inflated', zlib.compress(b'\0')),
            ('nothing inflated', zlib.compress(b'')),
            ('twice the size', zlib.compress(bits * 2)),
            ('2^20 entries', zlib.compress(bytes(131072))),
            ('1 MiB of zeros', zlib.compress(bytes(1 << 20), 9)),
            ('64 MiB of zeros', zlib.compress(bytes(64 << 20), 9)),
            ('not compressed', bits), ('raw deflate', raw_deflate),
            ('gzip', gzipped), ('a preset dictionary', with_dictionary),
            ('unfinished', unfinished), ('zeros', bytes(100)),
            ('invalid block type', b'\x78\xda\x07' + bytes(8)),
            ('bad distance', b'\x78\xda\x4b\x04\x12\0\0\0')):
        lst('lst: ' + label, data)
    for label, v in (('text', 'x'), ('null', Raw(b'\xf6')), ('number', 1),
                     ('array', [z]), ('chunks', Raw(b'\x5f' + encode(z)
                                                    + b'\xff')),
                     ('of 2^32-1', Raw(b'\x5a\xff\xff\xff\xff' + z))):
        lst('lst: ' + label, v)
    # The payload as a whole.
    items = list(good.items())
    for k, v in items:
        payload('claim %d twice' % k, Pairs(items + [(k, v)]))
        payload('claim %d twice, other value' % k, Pairs(
            [(k, Raw(b'\0'))] + items))
    whole = encode(good)
    for label, data in (
            ('a byte after', whole + b'\0'), ('cut by one', whole[:-1]),
            ('open map', b'\xbf' + whole[1:] + b'\xff'),
            ('long map head', b'\xb8\x05' + whole[1:]),
            ('counts one less', b'\xa4' + whole[1:]),
            ('counts one more', b'\xa6' + whole[1:]), ('empty', b''),
            ('an array', b'\x85' + whole[1:]), ('tag 61',
                                                b'\xd8\x3d' + whole),
            ('in a byte string', encode(whole)), ('a passport\'s', PAYLOAD),
            ('10,000 arrays deep', b'\x81' * 10000),
            ('an unknown claim 10,000 deep', encode(Pairs(
                items + [(65000, Raw(b'\x81' * 10000 + b'\0'))])))):
        put('payload: ' + label, carer.sign1(STATUS, data, STATUS_AAD,
                                             STATUS_TYP))
    # The envelope.
    kid = STATUS.kid
    for label, h in (
            ('alg -8', {1: -8, 4: kid, 16: STATUS_TYP}),
            ('alg -7', {1: -7, 4: kid, 16: STATUS_TYP}),
            ('alg 5', {1: 5, 4: kid, 16: STATUS_TYP}),
            ('no alg', {4: kid, 16: STATUS_TYP}), ('no kid', {
                1: -19, 16: STATUS_TYP}), ('no typ', {1: -19, 4: kid}),
            ('trust typ', {1: -19, 4: kid, 16: TRUST_TYP}),
            ('JWT typ', {1: -19, 4: kid, 16: 'statuslist+jwt'}),
            ('typ a number', {1: -19, 4: kid, 16: 61}),
            ('kid of 7', {1: -19, 4: kid[:7], 16: STATUS_TYP}),
            ('kid of an issuer', {1: -19, 4: GP.kid, 16: STATUS_TYP}),
            ('crit', {1: -19, 2: [16], 4: kid, 16: STATUS_TYP}),
            ('an extra one', {1: -19, 4: kid, 16: STATUS_TYP, 17: 1}),
            ('two kids', Pairs([(1, -19), (4, kid), (4, kid),
                                (16, STATUS_TYP)])),
            ('empty', {})):
        put('header: ' + label, carer.sign1(
            STATUS, whole, STATUS_AAD, protected=encode(h)))
    for label, key, how in (
            ('passport context', STATUS, dict(aad=PASSPORT_AAD)),
            ('trust context', STATUS, dict(aad=TRUST_AAD)),
            ('a stranger\'s', STRANGER, {}),
            ('a stranger\'s under our kid', STRANGER, dict(kid=kid)),
            ('an issuer\'s', GP, {}), ('an issuer\'s under our kid', GP,
                                       dict(kid=kid)),
            ('the root\'s', S.root, {}), ('the root\'s under our kid', S.root,
                                          dict(kid=kid)),
            ('a dead key\'s', DEAD, {}), ('tag 17', STATUS, dict(
                tag=b'\xd1')), ('no tag', STATUS, dict(tag=b'')),
            ('tag 61', STATUS, dict(tag=b'\xd8\x3d\xd2')),
            ('kid unprotected too', STATUS, dict(unprotected=encode(
                {4: kid}))), ('a byte after', STATUS, dict(after=b'\0')),
            ('array of 5', STATUS, dict(array=b'\x85', after=b'\0'))):
        put(label, S.status(key, good, **how))
    kid_outside = carer.pack(encode({1: -19, 16: STATUS_TYP}), whole, STATUS.
                             sign(carer.to_sign(encode(
                                 {1: -19, 16: STATUS_TYP}), b'', whole)),
                             unprotected=encode({4: kid}))
    put('kid unprotected only', kid_outside)
    data = S.status(STATUS, good)
    for label, v in (('empty', b''), ('one byte', b'\xd2'), ('cut by one',
                                                             data[:-1]),
                     ('twice', data * 2), ('a passport', GOOD),
                     ('the trust list', S.trust()), ('8 MiB of zeros', bytes(
                         8 << 20)), ('text', b'hello')):
        put(label, v)
    folder = os.path.join(scratch(), 'folder in place of a list')
    S.write(folder, {})
    os.mkdir(os.path.join(folder, 'status', '0.cwt'))
    r = run_check(carer.to_digits(GOOD), folder, NOW)
    T.check('status list: a folder in its place', r.code == 3
            and b'no_lists' in r.out, repr(r))
    os.rmdir(os.path.join(folder, 'status', '0.cwt'))
    os.mkfifo(os.path.join(folder, 'status', '0.cwt'))
    r = run_check(carer.to_digits(GOOD), folder, NOW, timeout=10)
    T.check('status list: a pipe in its place', r.code == 3
            and b'no_lists' in r.out, repr(r))


# --- each signed thing in place of each other --------------------------------------------------------

def replay():
    """payload of kind i, envelope (header, context, key) of kind j, put where
    kind k is wanted: only i = j = k passes."""
    kinds = ('passport', 'trust', 'status')
    tiny = Scheme('Tiny', [HOST], ISSUED, 'h')
    tiny.add_status_key(STATUS, NOW - 300 * DAY, NOW + 60 * DAY)
    tiny.add_service('https://h/', STATUS.kid)
    tiny.add_issuer(GP, ['A81001'], 'B', NOW - 300 * DAY, NOW + 60 * DAY)
    payloads = {'passport': PAYLOAD, 'trust': encode(tiny.payload()),
                'status': encode(tiny.status_payload(0, 0, NOW - 60,
                                                     NOW + DAY))}
    keys = {'passport': GP, 'trust': tiny.root, 'status': STATUS}
    aads = {'passport': PASSPORT_AAD, 'trust': TRUST_AAD, 'status': STATUS_AAD}
    typs = {'passport': None, 'trust': TRUST_TYP, 'status': STATUS_TYP}

    def make(what, key, aad, typ, kid=None):
        return carer.sign1(keys[key], payloads[what], aads[aad], typs[typ],
                           kid=kid)
    sound = {k: make(k, k, k, k) for k in kinds}
    folder = os.path.join(scratch(), 'replay')

    def judge_in(where, data):
        put = dict(sound)
        put[where] = data
        tiny.write(folder, {0: put['status']}, trust=put['trust'])
        text = carer.to_digits(put['passport'])
        j = carer.judge(text, folder, NOW)
        return j, run_check(text, folder, NOW)

    def expect(label, where, data, passes):
        j, r = judge_in(where, data)
        T.equal(label + ' (the oracle itself)', j.verdict == 'valid', passes)
        T.check(label, (r.code == 0) == passes and b'"valid"' in r.out
                if passes else r.code in (1, 3), repr(r))
        compare(T, label, j, r.out)
    for what in kinds:
        for envelope in kinds:
            for where in kinds:
                expect('%s in the envelope of a %s in place of a %s'
                       % (what, envelope, where), where, make(
                           what, envelope, envelope, envelope),
                       what == envelope == where)
    for where in kinds:                # the right thing, one part of another
        for key in kinds:
            for aad in kinds:
                for typ in kinds:
                    expect('%s signed by the %s key, %s context, %s header'
                           % (where, key, aad, typ), where,
                           make(where, key, aad, typ),
                           key == aad == typ == where)
        for key in kinds:
            if key != where:
                expect('%s signed by the %s key under the right kid'
                       % (where, key), where, make(
                           where, key, where, where, keys[where].kid), False)


def main():
    start = time.time()
    for part in (shape, claims, names, headers_of_others, links, digits,
                 changes, trust_lists, status_lists, replay):
        before, t = T.passed + T.failed, time.time()
        part()
        print('%-18s %5d checks %5.1f s' % (
            part.__name__, T.passed + T.failed - before, time.time() - t),
            flush=True)
    print('test_hostile: %.1f s' % (time.time() - start))
    T.finish()


if __name__ == '__main__':
    main()
