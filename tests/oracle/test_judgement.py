"""The judgement of format 7.4 from outside: schemes of our own making, every
row with its cases and its boundaries, judged by the real carerpass-verify."""
import os
import re
import select
import subprocess
import time

import carer
from carer import DAY, Key, Scheme
import harness
from harness import (check_one, compare, fresh, program, run, run_check,
                     run_lines, scratch)

T = harness.Tally()
NOW = carer.test_time()
ISSUED = NOW - 6 * 3600          # the trust list
LISTED = NOW - 3 * 3600          # the status lists
HOST = 'carers.example.nhs.uk'
OTHER = 'pass.example.org:8443'
URI = 'https://%s/lists/status/' % HOST
YEAR = 365 * DAY

VALID = ('valid', 'ok')
MALFORMED = ('not_valid', 'malformed')
UNKNOWN = ('not_valid', 'unknown_issuer')
FORGED = ('not_valid', 'bad_signature')
EARLY = ('not_valid', 'not_yet_valid')
EXPIRED = ('not_valid', 'expired')
WITHDRAWN = ('not_valid', 'withdrawn')
NO_LISTS = ('cannot_tell', 'no_lists')
ROLLED = ('cannot_tell', 'rolled_back')
CLOCK = ('cannot_tell', 'clock_wrong')
STALE = ('cannot_tell', 'lists_stale')
SERIAL = ('cannot_tell', 'serial_only')


class World:
    """One scheme with issuers of every kind, its folder and its cards."""

    def __init__(self, name='Example Carer Passport', label='world', **change):
        self.label = label
        s = self.scheme = Scheme(name, [HOST, OTHER], ISSUED, label)
        nb, na = NOW - YEAR, NOW + 200 * DAY
        self.status_key = s.add_status_key(self.key('status'), nb, na)
        self.second_status = s.add_status_key(self.key('status 2'), nb, na)
        dead = self.key('status dead')
        s.tombs.append(dead.kid)
        late = s.add_status_key(self.key('status late'), NOW - 3600, na)
        self.gp = self.key('gp')
        services = (
            (URI, self.status_key.kid),                              # 0
            ('https://second.example/s/', self.second_status.kid),   # 1
            (URI, dead.kid),                                         # 2
            (URI, self.gp.kid),                                      # 3
            (URI, self.key('nobody').kid),                           # 4
            (URI, late.kid))                                         # 5
        for uri, kid in services:
            s.add_service(uri, kid)
        add = s.add_issuer
        add(self.gp, ['A81001'], 'Beech Hill Surgery', nb, na, 0, 0,
            '01632 960001')
        self.hospital = add(self.key('hospital'), ['RX999', 'RX998'],
                            'St Anne\u2019s Hospital (North & South)', nb, na,
                            1, 1, '01632 960002')
        self.care = add(self.key('care'), ['VM123'],
                        'S\u00een Gofal: Community Care + Support', nb, na, 2, 0)
        self.employer = add(self.key('employer'), ['8AB11'],
                            'Example Works Ltd. @ Leeds/York', nb, na, 3, 0,
                            '+44 1632 960004')
        self.school = add(self.key('school'), ['EE100'], 'Elm Park School',
                          nb, na, 4, 0)
        self.retired = add(self.key('retired'), ['A81077'],
                           'The Old Mill Surgery', NOW - 2 * YEAR,
                           NOW - YEAR, 0, 0, '01632 960006')
        self.future = add(self.key('future'), ['A81078'],
                          'The New Mill Surgery', NOW - 60, na, 0, 0,
                          '01632 960007')
        self.revoked = self.key('revoked')
        s.tombs.append(self.revoked.kid)
        self.lost = [add(self.key('service %d' % i), ['A8110%d' % i],
                         'Branch Surgery %d' % i, nb, na, 0, i,
                         '01632 96001%d' % i) for i in (2, 3, 4, 5)]
        self.stranger = self.key('stranger')
        # A key that was let in although its point is of small order.
        self.weak = self.key('weak')
        self.weak.public = bytes.fromhex(
            'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')
        self.weak.kid = carer.kid_of(self.weak.public)
        add(self.weak, ['A81099'], 'Weak Point Surgery', nb, na)
        for k, v in change.items():
            setattr(s, k, v)

    def key(self, name):
        return Key(self.label + '/' + name)

    def lists(self, iat=LISTED, life=7 * DAY, withdrawn=((0, 9), (1, 70000))):
        s, out = self.scheme, {}
        for n, service, key in ((0, 0, self.status_key),
                                (1, 0, self.status_key),
                                (5, 1, self.second_status)):
            bits = [p for where, p in withdrawn if where == n] + [0, 131071]
            out[n] = s.status(key, s.status_payload(
                service, n, iat, iat + life, bits))
        return out

    def write(self, name, **how):
        folder = os.path.join(scratch(), name)
        status = how.pop('status', None)
        return self.scheme.write(
            folder, self.lists() if status is None else status, **how)


def card(key, ods='A81001', index=4711, iat=NOW - 30 * DAY, exp=None, **more):
    how = more.pop('how', {})
    c = carer.claims(ods, iat, exp or iat + 730 * DAY, index=index, **more)
    return carer.passport(key, c, **how)


def url(token, host=HOST):
    return carer.link(host, token)


W = World()
MAIN = W.write('main')
GOOD = card(W.gp)


def case(label, text, want, folder=MAIN, now=NOW, **how):
    if isinstance(text, bytes) and text[:1] == b'\xd2':
        text = url(text)
    return check_one(T, label, text, folder, now, want, **how)


# --- the rows -----------------------------------------------------------------------

def row_1():
    digits = carer.to_digits(GOOD)
    case('digits alone', digits, VALID)
    for label, text in (
            ('a link', url(GOOD)),
            ('a link to the other host', url(GOOD, OTHER)),
            ('a foreign link', url(GOOD, 'example.com')),
            ('a foreign port', url(GOOD, HOST + ':8443')),
            ('a foreign default port', url(GOOD, 'pass.example.org')),
            ('port 443 written out', url(GOOD, HOST + ':443')),
            ('port 1', url(GOOD, HOST + ':1')),
            ('port 65535', url(GOOD, HOST + ':65535')),
            ('an IPv4 host', url(GOOD, '127.0.0.1:8443')),
            ('a path', 'https://%s/a/b-c_d.e~9/#%s' % (HOST, digits)),
            ('a path without slash', 'https://%s/index.html#%s'
             % (HOST, digits)),
            ('a pound sign for the hash', 'https://%s/\u00a3%s'
             % (HOST, digits)),
            ('spaces and ends of line around', '  \r\n%s \r\n ' % url(GOOD)),
            ('spaces around digits', ' %s ' % digits)):
        case(label, text, VALID)
    j = carer.judge(url(GOOD, HOST + ':443'), MAIN, NOW)
    T.check('443 is no foreign host', 'foreign_host' not in dict(j.members))
    j = carer.judge(url(GOOD, 'example.com'), MAIN, NOW)
    T.check('a foreign host is told', dict(j.members)['foreign_host'] is True)
    for label, text in (
            ('upper-case scheme', 'HTTPS' + url(GOOD)[5:]),
            ('upper-case host', url(GOOD, 'Carers.example.nhs.uk')),
            ('http', 'http' + url(GOOD)[5:]),
            ('no slash after the host', 'https://%s#%s' % (HOST, digits)),
            ('no host', 'https:///#' + digits),
            ('userinfo', 'https://a@%s/#%s' % (HOST, digits)),
            ('port 0', url(GOOD, HOST + ':0')),
            ('port 65536', url(GOOD, HOST + ':65536')),
            ('port 99999', url(GOOD, HOST + ':99999')),
            ('port of six digits', url(GOOD, HOST + ':100000')),
            ('empty port', url(GOOD, HOST + ':')),
            ('port of letters', url(GOOD, HOST + ':https')),
            ('upper-case path', 'https://%s/A#%s' % (HOST, digits)),
            ('a query', 'https://%s/?a=b#%s' % (HOST, digits)),
            ('a percent sign', 'https://%s/%%23%s' % (HOST, digits)),
            ('a percent sign in the path', 'https://%s/%%20#%s'
             % (HOST, digits)),
            ('two hashes', 'https://%s/##%s' % (HOST, digits)),
            ('hash and pound sign', 'https://%s/\u00a3#%s' % (HOST, digits)),
            ('a Latin-1 pound sign', b'https://%s/\xa3%s'
             % (HOST.encode(), digits.encode())),
            ('no digits', 'https://%s/#' % HOST),
            ('letters among the digits', url(GOOD)[:-3] + 'abc'),
            ('a space inside', url(GOOD)[:-5] + ' ' + url(GOOD)[-5:]),
            ('a tab at the end', url(GOOD) + '\t'),
            ('digits with a plus', '+' + digits),
            ('full-width digits', digits.translate(
                {48 + i: 0xff10 + i for i in range(10)})),
            ('Arabic digits', digits.translate(
                {48 + i: 0x660 + i for i in range(10)})),
            ('only spaces', '   '),
            ('a word', 'hello'),
            ('another scheme', 'shc:/' + digits),
            ('CP1', 'CP1:' + digits),
            ('not UTF-8', b'\xff\xfe' + digits.encode())):
        case(label, text, MALFORMED)


def serials():
    good = '7K3M-9QPR-K'
    T.check('the design\'s serial', carer.is_serial(good))
    for text in (good, good.lower(), '7k3m9qprk', '7K3M9QPR-K', '7-K3M9QP-RK',
                 '7-K-3-M-9-Q-P-R-K', ' 7K3M-9QPR-K\r\n', '0000-0000-0',
                 'oooo-OOOO-0', 'OOOOOOOOO', '000000000'):
        case('serial ' + repr(text), text, SERIAL)
    seen = {}
    for n in range(2000):                     # a serial for each check symbol
        s = carer.serial_text(n.to_bytes(5, 'big'))
        seen.setdefault(s[-1], s)
    T.equal('all check symbols', len(seen), 37)
    for sym, s in sorted(seen.items()):
        case('check symbol ' + sym, s, SERIAL)
        case('check symbol in lower case ' + sym, s.lower(), SERIAL)
        wrong = s[:-1] + ('1' if sym != '1' else '2')
        case('wrong check symbol, not ' + sym, wrong, MALFORMED)
    one = carer.serial_text(int('00001' * 8, 2).to_bytes(5, 'big'))
    T.check('ones', one.startswith('1111-1111-'))
    for text in ('IIII-LLLL-' + one[-1], 'iiii-llll-' + one[-1],
                 'ilil1i1l' + one[-1]):
        case('I and L are 1: ' + text, text, SERIAL)
    for text in ('7K3M-9QPR', '7K3M-9QPR-KK', '7K3M 9QPR K', '7K3U-9QPR-K',
                 '7K3M_9QPR_K', '7K3M-9QPR-K-', '123456789',
                 '7K3M\u20109QPR\u2010K', '7K3M-9QPR-\u212a'):
        case('no serial ' + repr(text), text, MALFORMED)


def row_2():
    d = carer.to_digits(GOOD)
    for label, text in (
            ('no length that bytes give (n mod 17 = 1)', '1'),
            ('n mod 17 = 2', '12'), ('n mod 17 = 4', '1' * 21),
            ('one digit fewer', d[:-1]), ('one more', d + '0'),
            ('a chunk above 2^56', '9' * 17),
            ('a last chunk above 2^8', '256'),
            ('one byte', '210'),
            ('1245 digits', '0' * 1245), ('1246 digits', '0' * 1246),
            ('1258 digits', '0' * 1258)):
        case(label, text, MALFORMED)
    for label, token in (
            ('the end cut off', GOOD[:-1]),
            ('a byte after the end', GOOD + b'\0'),
            ('no tag', GOOD[1:]),
            ('tag 17', b'\xd1' + GOOD[1:]),
            ('alg -8', card(W.gp, how={'protected': carer.encode(
                {1: -8, 4: W.gp.kid})})),
            ('typ present', card(W.gp, how={'typ': 'application/cwt'}))):
        case('row 2: ' + label, url(token), MALFORMED)
    # A shape that is sound is not called malformed whatever its payload is.
    junk = carer.sign1(W.stranger, b'\xff' * 9, carer.PASSPORT_AAD)
    case('the payload is not looked at before row 9', junk, UNKNOWN)
    junk = carer.sign1(W.gp, b'\xff' * 9, b'other')
    case('a signature is judged before the payload', junk, FORGED)
    junk = carer.sign1(W.gp, b'', carer.PASSPORT_AAD)
    case('an empty payload', junk, MALFORMED)
    # The size limit: 512 bytes are read, 513 are not.
    fill = 512 - len(carer.sign1(W.gp, b'x' * 256, carer.PASSPORT_AAD)) + 256
    for size, want in ((fill, UNKNOWN), (fill + 1, MALFORMED)):
        token = carer.sign1(W.stranger, b'x' * size, carer.PASSPORT_AAD)
        T.check('set-up: size', len(token) in (512, 513))
        case('%d bytes' % len(token), url(token), want)


def row_3():
    s = W.scheme
    t = s.trust()
    for label, data in (
            ('empty', b''), ('cut', t[:-1]), ('a byte more', t + b'\0'),
            ('one bit', t[:200] + bytes([t[200] ^ 1]) + t[201:]),
            ('a stranger\'s', s.trust(signer=W.stranger)),
            ('a stranger under our kid', s.trust(signer=W.stranger,
                                                 kid=s.root.kid)),
            ('our issuer\'s', s.trust(signer=W.gp)),
            ('another context', s.trust(aad=carer.PASSPORT_AAD)),
            ('no context', s.trust(aad=b'')),
            ('the status typ', s.trust(typ=carer.STATUS_TYP)),
            ('no typ', s.trust(typ=None)),
            ('text', b'not a list')):
        folder = W.write('row3', trust=data)
        case('trust list: ' + label, GOOD, NO_LISTS, folder)
    folder = W.write('row3')
    os.unlink(os.path.join(folder, 'trust.cwt'))
    case('no trust list', GOOD, NO_LISTS, folder)
    case('no trust list and malformed', 'x', MALFORMED, folder)
    case('no trust list and a serial', '7K3M-9QPR-K', SERIAL, folder)


def rows_4_to_6():
    for d, want in ((-301, CLOCK), (-300, VALID), (-299, VALID), (0, VALID)):
        case('trust list issued, %+d s' % d, card(W.gp, iat=ISSUED - DAY),
             want, now=ISSUED + d)
    long_list = W.lists(iat=ISSUED + 89 * DAY)
    folder = W.write('stale', status=long_list)
    end = W.scheme.exp
    for d, want in ((-1, VALID), (0, STALE), (1, STALE)):
        case('trust list ends, %+d s' % d, GOOD, want, folder, end + d)
    case('stale before unknown issuer', card(W.stranger), STALE, folder, end)
    case('stale before a bad signature', card(W.gp, how={'aad': b'x'}), STALE,
         folder, end)
    case('a clock that is wrong before all else', card(W.stranger), CLOCK,
         folder, ISSUED - 301)
    case('a foreign link on a stale list', url(GOOD, 'example.com'), STALE,
         folder, end)


def row_7():
    case('a stranger', card(W.stranger), UNKNOWN)
    case('the root as issuer', card(W.scheme.root), UNKNOWN)
    case('the status key as issuer', card(W.status_key), UNKNOWN)
    case('a tombstoned key', card(W.revoked), WITHDRAWN)
    case('a tombstoned key, forged', card(W.stranger, how={
        'kid': W.revoked.kid}), WITHDRAWN)
    case('a tombstoned key, foreign link', url(card(W.revoked), 'x.example'),
         WITHDRAWN)
    weak = card(W.gp, 'A81099', how={'kid': W.weak.kid})
    case('a small-order key', weak, UNKNOWN)
    case('a small-order key and signature', carer.pack(
        carer.header(W.weak.kid), b'\xa0', W.weak.public + bytes(32)), UNKNOWN)
    near = bytearray(W.gp.kid)
    near[7] ^= 1
    case('a kid one bit off', card(W.gp, how={'kid': bytes(near)}), UNKNOWN)


def row_8():
    case('another issuer under this kid', card(W.hospital, how={
        'kid': W.gp.kid}), FORGED)
    case('another context', card(W.gp, how={'aad': carer.TRUST_AAD}), FORGED)
    case('no context', card(W.gp, how={'aad': b''}), FORGED)
    signed = carer.Signed(GOOD)
    c = carer.decode(signed.payload)
    c[carer.PRIVATE][1] = 'Mallory Thompson'
    case('another name', carer.pack(signed.protected, carer.encode(c),
                                    signed.signature), FORGED)
    bad = dict(c)
    bad[4] = 'x'
    case('another name and broken claims', carer.pack(
        signed.protected, carer.encode(bad), signed.signature), FORGED)
    s = int.from_bytes(signed.signature[32:], 'little')
    order = 2 ** 252 + 27742317777372353535851937790883648493
    case('S + L', carer.pack(signed.protected, signed.payload, signed.signature[
        :32] + (s + order).to_bytes(32, 'little')), FORGED)
    for label, sig in (('zeros', bytes(64)), ('ones', b'\xff' * 64)):
        case('a signature of ' + label, carer.pack(
            signed.protected, signed.payload, sig), FORGED)


def row_9():
    iat = NOW - 30 * DAY
    case('class 2', card(W.gp, cls=2), MALFORMED)
    case('index 2^32', card(W.gp, index=1 << 32), MALFORMED)
    case('an empty name', card(W.gp, name=''), MALFORMED)
    case('a Cyrillic letter', card(W.gp, name='M\u0430rgaret Thompson'),
         MALFORMED)
    case('64 bytes of name', card(W.gp, name='X' * 64), VALID)
    case('65 bytes of name', card(W.gp, name='X' * 65), MALFORMED)
    case('exp = iat', card(W.gp, exp=iat), MALFORMED)
    case('exp = iat - 1', card(W.gp, exp=iat - 1), MALFORMED)
    case('exp = iat + 1', card(W.gp, iat=NOW, exp=NOW + 1), VALID)
    for d, want in ((-1, VALID), (0, VALID), (1, MALFORMED)):
        case('1098 days %+d s' % d, card(W.gp, exp=iat + 1098 * DAY + d), want)
    case('malformed claims of another issuer\'s', card(
        W.hospital, 'A81001', name='4'), MALFORMED)
    case('malformed before unknown issuer', card(
        W.gp, 'RX999', cls=2), MALFORMED)
    case('malformed and long expired', card(
        W.gp, iat=NOW - YEAR, exp=NOW - YEAR + 1, name=' x'), MALFORMED)
    case('iss of another issuer', card(W.hospital, 'A81001'), UNKNOWN)
    case('iss of nobody', card(W.gp, 'B99999'), UNKNOWN)
    case('iss a prefix of ours', card(W.gp, 'A8100'), UNKNOWN)
    case('iss longer than ours', card(W.gp, 'A810011'), UNKNOWN)
    case('second code of an issuer', card(W.hospital, 'RX998',
                                          index=5 << 17 | 77), VALID)
    for label, key, ods in (('before', W.future, 'A81078'),):
        for d, want in ((-1, UNKNOWN), (0, VALID), (1, VALID)):
            case('key period begins, %+d s' % d, card(
                key, ods, iat=NOW - 60 + d), want)
    end = NOW - YEAR
    for d, want in ((-1, VALID), (0, VALID), (1, UNKNOWN)):
        case('key period ends, %+d s' % d, card(
            W.retired, 'A81077', iat=end + d), want)
    case('outside the period before not yet valid', card(
        W.gp, iat=NOW + 201 * DAY), UNKNOWN)


def rows_10_and_11():
    for d, want in ((299, VALID), (300, VALID), (301, CLOCK),
                    (DAY - 1, CLOCK), (DAY, CLOCK), (DAY + 1, EARLY),
                    (100 * DAY, EARLY)):
        case('issued in %+d s' % d, card(W.gp, iat=NOW + d), want)
    for cls in (0, 1):
        for d, want in ((-1, EXPIRED), (0, EXPIRED), (1, VALID)):
            case('exp %+d s, class %d' % (d, cls), card(
                W.gp, exp=NOW + d, cls=cls), want)
    midnight = NOW // DAY * DAY
    case('a card that ended at midnight', card(W.gp, exp=midnight), EXPIRED)
    tonight = midnight + DAY
    for d, want in ((-1, VALID), (0, EXPIRED)):
        case('a card at midnight of its last day %+d s' % d, card(
            W.gp, exp=tonight), want, now=tonight + d)
    case('expired before the status list is wanted', card(
        W.gp, exp=NOW, index=99 << 17), EXPIRED)
    case('expired and withdrawn', card(W.gp, exp=NOW, index=9), EXPIRED)
    case('too early and withdrawn', card(W.gp, iat=NOW + 2 * DAY, index=9),
         EARLY)
    case('a foreign link, expired', url(card(W.gp, exp=NOW), 'x.example'),
         EXPIRED)


def row_12():
    case('no such list', card(W.gp, index=2 << 17), NO_LISTS)
    case('the last list there can be', card(W.gp, index=(1 << 32) - 1),
         NO_LISTS)
    case('another service\'s list', card(W.gp, index=5 << 17), NO_LISTS)
    case('a list of the first service', card(W.hospital, 'RX999', index=1),
         NO_LISTS)
    for key, what in zip(W.lost, ('status key tombstoned', 'status key of '
                                  'another purpose', 'status key unknown')):
        case(what, card(key, next(k[4][0] for k in W.scheme.keys
                                  if k[1] == key.kid)), NO_LISTS)
    # Life and issue of the list itself.
    s = W.scheme

    def folder(iat, exp, key=None, service=0):
        data = s.status(key or W.status_key, s.status_payload(
            service, 0, iat, exp))
        return W.write('row12', status={0: data})
    for d, want in ((-1, VALID), (0, VALID), (1, NO_LISTS)):
        case('7 days of life %+d s' % d, GOOD, want,
             folder(LISTED, LISTED + 7 * DAY + d))
    case('exp = iat', GOOD, STALE, folder(LISTED, LISTED))
    case('exp < iat', GOOD, NO_LISTS, folder(LISTED, LISTED - 1))
    for d, want in ((0, VALID), (DAY, VALID), (DAY + 1, NO_LISTS)):
        case('list issued in %d s' % d, GOOD, want,
             folder(NOW + d, NOW + d + DAY))
    end, now = s.exp, s.exp - 3600
    for d, want in ((-1, VALID), (0, VALID), (1, NO_LISTS)):
        case('list issued at the trust list\'s end %+d s' % d, GOOD, want,
             folder(end + d, end + d + DAY), now)
    late = W.lost[3]
    late_key = W.key('status late')
    for d, want in ((-1, NO_LISTS), (0, VALID), (1, VALID)):
        case('status key period begins %+d s' % d, card(late, 'A81105'), want,
             folder(NOW - 3600 + d, NOW + DAY, late_key, 5))
    end = NOW + 200 * DAY
    w = World(label='world', exp=end + 10 * DAY)
    for d, want in ((-1, VALID), (0, VALID), (1, NO_LISTS)):
        data = w.scheme.status(w.status_key, w.scheme.status_payload(
            0, 0, end + d, end + d + DAY))
        case('status key period ends %+d s' % d, GOOD, want,
             w.write('row12b', status={0: data}), end + 5)


def rows_14_and_15():
    for index, want in ((8, VALID), (9, WITHDRAWN), (10, VALID),
                        (0, WITHDRAWN), (1, VALID), (131070, VALID),
                        (131071, WITHDRAWN), (131072, WITHDRAWN),
                        (131073, VALID), (131072 + 70000, WITHDRAWN),
                        (131072 + 69999, VALID), (131072 + 70001, VALID)):
        case('index %d' % index, card(W.gp, index=index), want)
    case('index in the second service', card(
        W.hospital, 'RX999', index=5 << 17), WITHDRAWN)
    case('withdrawn young carer', card(W.gp, index=9, cls=1), WITHDRAWN)
    folder = W.write('row15', status=W.lists(iat=LISTED, life=DAY))
    end = LISTED + DAY
    for d, want in ((-1, VALID), (0, STALE), (1, STALE)):
        case('status list ends %+d s' % d, GOOD, want, folder, end + d)
    case('withdrawn before stale', card(W.gp, index=9), WITHDRAWN, folder, end)
    case('a foreign link on a stale status list', url(GOOD, 'x.example'),
         STALE, folder, end)


def issuers():
    """Every setting, with and without a telephone, adult and young."""
    for key, ods, index in ((W.gp, 'A81001', 5), (W.hospital, 'RX999',
                                                  5 << 17 | 5),
                            (W.care, 'VM123', 6), (W.employer, '8AB11', 7),
                            (W.school, 'EE100', 8)):
        for cls, name in ((0, 'Si\u00e2n Llewelyn-Rh\u0177s'),
                          (1, 'Ad\u00e9b\u00e1y\u1ecd\u0300 O\u2019Neill')):
            case('%s, class %d' % (ods, cls), card(
                key, ods, index, cls=cls, name=name), VALID)
    for name in carer.NAMES.accept:
        case('name %r' % name, card(W.gp, name=name), VALID)
    for cti in (bytes(5), b'\xff' * 5, b'\0\0\0\0\x25'):
        case('serial %s' % cti.hex(), card(W.gp, cti=cti), VALID)


# --- the order of the rows ------------------------------------------------------------

REASONS = {1: MALFORMED, 2: MALFORMED, 3: NO_LISTS, 4: ROLLED, 5: CLOCK,
           6: STALE, 7: UNKNOWN, 8: FORGED, 9: MALFORMED, 10: EARLY,
           11: EXPIRED, 12: NO_LISTS, 13: ROLLED, 14: WITHDRAWN, 15: STALE}


def precedence():
    """Two rows fail at once, for every pair that can: the first decides."""
    for a in REASONS:
        for b in REASONS:
            if a < b and not {a, b} in ({5, 6}, {10, 11}) and not (
                    a == 12 and b > 12):
                two_rows(a, b)


def two_rows(a, b):
    bad = {a, b}
    issued = (NOW + 3600 if 5 in bad else NOW - 10 * DAY if 6 in bad
              else NOW - 2 * DAY)
    listed = NOW - 2 * DAY - 600
    if 6 in bad:
        listed = NOW - 3 * DAY
    life = (NOW - 3600 - listed) if 15 in bad else 7 * DAY
    change = {'iat': issued,
              'exp': NOW if 6 in bad else NOW + 80 * DAY}
    w = World(label='world', **change)
    m = Memory()
    if bad & {4, 13}:          # what was seen before: newer in one or the other
        before = World(label='world', **change, seq=100 if 4 in bad else 7)
        folder = before.write('before', status=before.lists(
            listed + (60 if 13 in bad else 0), life))
        text, now = url(GOOD), max(issued, listed) + 100
        j = carer.Judged(text, carer.Folder(folder, m.oracle), now)
        r = run_check(text, folder, now, m.folder)
        T.equal('rows %d and %d: set-up' % (a, b), r.code, j.exit)
    trust = w.scheme.trust(signer=w.stranger, kid=w.scheme.root.kid) \
        if 3 in bad else None
    folder = w.write('order', status=w.lists(listed, life), trust=trust)
    token = card(
        w.stranger if 7 in bad else w.gp, cls=2 if 9 in bad else 0,
        iat=NOW + 2 * DAY if 10 in bad else NOW - 30 * DAY,
        exp=NOW if 11 in bad else NOW + 300 * DAY,
        index=3 << 17 if 12 in bad else 9 if 14 in bad else 4711,
        how={'aad': b'other'} if 8 in bad else {})
    text = url(token[1:] if 2 in bad else token)
    case('rows %d and %d' % (a, b), ('X' if 1 in bad else '') + text,
         REASONS[a], folder, state=m.folder, oracle_state=m.oracle)


# --- what a verifier remembers -------------------------------------------------------

class Memory:
    """One state folder, on the program's side and on the oracle's."""

    def __init__(self):
        self.folder, self.oracle = fresh(), carer.State()

    def case(self, label, folder, want, text=GOOD, now=NOW, **how):
        return case(label, text, want, folder, now, state=self.folder,
                    oracle_state=self.oracle, **how)


def trust_rollback():
    def at(name, seq, iat):
        return World(seq=seq, iat=iat).write(name)
    a, b = at('seq7', 7, ISSUED), at('seq8', 8, ISSUED + 60)
    m = Memory()
    m.case('first use', a, VALID)
    m.case('again, the same bytes', a, VALID)
    m.case('a newer trust list', b, VALID)
    m.case('the older trust list', a, ROLLED)
    m.case('the older one and a stranger', a, ROLLED, card(W.stranger))
    m.case('the older one and malformed', a, MALFORMED, 'x')
    m.case('the older one in its far future', a, ROLLED, now=ISSUED + YEAR)
    m.case('the newer again', b, VALID)
    m.case('lower seq, higher iat', at('x1', 7, ISSUED + 120), ROLLED)
    m.case('same seq, other bytes, higher iat', at('x2', 8, ISSUED + 120),
           ROLLED)
    m.case('same seq, other bytes, lower iat', at('x3', 8, ISSUED), ROLLED)
    m.case('higher seq, lower iat', at('x4', 9, ISSUED + 59), ROLLED)
    m.case('higher seq, same iat', at('x5', 9, ISSUED + 60), VALID)
    m.case('seq 8 is now too old', b, ROLLED)
    m.case('a leap in seq', at('x6', 1 << 40, ISSUED + 60), VALID)
    m.case('seq 9 is now too old', os.path.join(scratch(), 'x5'), ROLLED)
    # A list that was never good is never remembered.
    m = Memory()
    high = World(seq=100)
    forged = high.write('x7', trust=high.scheme.trust(signer=high.stranger,
                                                      kid=high.scheme.root.kid))
    m.case('a forged list with a high seq', forged, NO_LISTS)
    m.case('leaves no trace', a, VALID)


def status_rollback():
    def at(name, iat, **how):
        return W.write(name, status=W.lists(iat=iat, **how))
    old, new = at('s1', LISTED - 60), at('s2', LISTED)
    other = at('s3', LISTED, withdrawn=((0, 4711),))
    m = Memory()
    hospital = card(W.hospital, 'RX999', index=5 << 17 | 5)
    m.case('first use', old, VALID)
    m.case('a newer status list', new, VALID)
    m.case('the older status list', old, ROLLED)
    m.case('rolled back before withdrawn', old, ROLLED, card(W.gp, index=9))
    m.case('expired before rolled back', old, EXPIRED, card(W.gp, exp=NOW))
    m.case('another list of the same key is not concerned', old, VALID,
           card(W.gp, index=1 << 17 | 5))
    m.case('another service is not concerned', old, VALID, hospital)
    m.case('the same iat with other bytes', other, WITHDRAWN)
    m.case('the newer again', new, VALID)
    # A list from the future is bad and never remembered.
    m = Memory()
    m.case('a list from the future', at('s4', NOW + DAY + 1), NO_LISTS)
    m.case('leaves no trace', new, VALID)
    m = Memory()
    m.case('a list just not from the future', at('s5', NOW + DAY), VALID)
    m.case('is remembered', new, ROLLED)


def default_state():
    """--state, $STATE_DIRECTORY, $XDG_STATE_HOME/carerpass-verify, ~/.local."""
    old = World(seq=7).write('d7')
    new = World(seq=8).write('d8')
    base = {'PATH': os.environ.get('PATH', ''), 'HOME': fresh()}
    for k, v in os.environ.items():
        if k.endswith('SAN_OPTIONS') or k.startswith('LLVM_'):
            base[k] = v

    def check(folder, env, *extra):
        return run([program('carerpass-verify'), 'check', '--lists', folder,
                    '--now', carer.rfc3339(NOW), '--json', *extra,
                    url(GOOD)], env=env)
    for label, env, where in (
            ('STATE_DIRECTORY', {'STATE_DIRECTORY': fresh(),
                                 'XDG_STATE_HOME': fresh()}, 0),
            ('XDG_STATE_HOME', {'XDG_STATE_HOME': fresh()}, 0),
            ('HOME', {'HOME': fresh()}, 0)):
        env = {**base, **env}
        r = check(new, env)
        T.equal(label + ': first use', r.code, 0)
        used = {k for k in ('STATE_DIRECTORY', 'XDG_STATE_HOME', 'HOME')
                if k in env and any(f for _, _, f in os.walk(env[k]))}
        T.equal(label + ': where the state went', used, {label})
        if label != 'STATE_DIRECTORY':
            sub = ('carerpass-verify' if label == 'XDG_STATE_HOME'
                   else '.local/state/carerpass-verify')
            T.check(label + ': folder name',
                    os.path.isdir(os.path.join(env[label], sub)))
        r = check(old, env)
        T.check(label + ': remembers', r.code == 3 and b'rolled_back' in r.out,
                repr(r))
        r = check(old, env, '--state', fresh())
        T.check(label + ': --state goes first', r.code == 0, repr(r))
    plain = os.path.join(scratch(), 'plain file')
    carer.put(plain, b'')
    r = run_check(url(GOOD), old, NOW, os.path.join(plain, 'state'))
    T.check('state that cannot be written: a warning, and the verdict all the '
            'same', r.code == 0 and b'"valid"' in r.out and r.err, repr(r))


def parallel_state():
    """Many at once on one state folder: none fails, the maximum wins."""
    state = fresh()
    folders = [World(seq=10 + i, iat=ISSUED + i).write('p%d' % i)
               for i in range(8)]
    many = [subprocess.Popen(
        harness.check_args(f, NOW, state) + [url(GOOD)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE) for f in folders * 2]
    for p in many:
        out, _ = p.communicate(timeout=60)
        T.check('one of many at once', p.returncode in (0, 3)
                and (b'"ok"' in out or b'rolled_back' in out), repr(out))
    r = run_check(url(GOOD), folders[-1], NOW, state)
    T.equal('the newest stands', r.code, 0)
    r = run_check(url(GOOD), folders[-2], NOW, state)
    T.equal('the last but one is too old', r.code, 3)


# --- roots: pinning and rotation ---------------------------------------------------------

def expect_config(label, r, fingerprints=True):
    T.check(label + ': exit 78, nothing judged', r.code == 78 and not r.out,
            repr(r))
    T.check(label + ': says so', len(r.err.strip()) > 10, repr(r))
    if fingerprints:
        prints = set(re.findall(
            rb'(?:[0-9a-fA-F]{2}[:. -]?){7}[0-9a-fA-F]{2}', r.err))
        T.check(label + ': both fingerprints', len(prints) >= 2, repr(r))


def pinning():
    roots = [W.scheme.root, Key('root two'), Key('root three')]
    one, two, three = (r.public for r in roots)

    def world(seq, signer):
        w = World(seq=seq, iat=ISSUED + seq)
        return lambda name, pub: w.write(name, roots=pub, trust=w.scheme.trust(
            signer=signer))
    m = Memory()
    m.case('pin on first use', world(1, roots[0])('r1', [one]), VALID)
    both = world(2, roots[0])('r2', [one, two])
    for text in (url(GOOD), 'x', '7K3M-9QPR-K'):
        expect_config('a root that is not pinned', run_check(
            text, both, NOW, m.folder))
    foreign = world(2, roots[1])('r3', [two])
    expect_config('another root altogether', run_check(
        url(GOOD), foreign, NOW, m.folder))
    expect_config('also for many lines', run_lines(
        [url(GOOD)], foreign, NOW, m.folder))
    m.case('a list of another root under the pinned one', world(
        2, roots[1])('r4', [one]), NO_LISTS)
    pub = os.path.join(scratch(), 'both.pub')
    carer.write_roots(pub, [one, two])
    m.case('rotation: --root pins both', both, VALID, root_file=pub)
    m.case('and they stay pinned', both, VALID)
    m.case('the new root may sign', world(3, roots[1])('r5', [one, two]), VALID)
    m.case('fewer roots than are pinned', world(4, roots[1])('r6', [two]),
           VALID)
    last = os.path.join(scratch(), 'two.pub')
    carer.write_roots(last, [two])
    m.case('rotation: the old root is dropped', world(5, roots[1])(
        'r7', [two]), VALID, root_file=last)
    expect_config('the old root again', run_check(
        url(GOOD), world(6, roots[0])('r8', [one, two]), NOW, m.folder))
    m.case('a list of the dropped root', world(6, roots[0])('r9', [two]),
           NO_LISTS)
    # --root alone: root.pub of the folder is not looked at.
    m = Memory()
    m.case('--root in place of root.pub', world(1, roots[1])('r10', [one]),
           VALID, root_file=last)
    m = Memory()
    folder = world(1, roots[1])('r11', [two])
    os.unlink(os.path.join(folder, 'root.pub'))
    m.case('--root without a root.pub', folder, VALID, root_file=last)
    # Comments and empty lines.
    folder = world(1, roots[0])('r12', [one])
    carer.put(os.path.join(folder, 'root.pub'), b'# who: us\n\n%s # ours\n%s\n'
              % (three.hex().encode(), one.hex().encode()))
    case('comments in root.pub', GOOD, VALID, folder)
    for label, text in (('empty', b''), ('only a comment', b'# none\n'),
                        ('63 digits', one.hex().encode()[1:] + b'\n'),
                        ('65 digits', one.hex().encode() + b'0\n'),
                        ('not hexadecimal', b'z' * 64 + b'\n'),
                        ('binary', one)):
        carer.put(os.path.join(folder, 'root.pub'), text)
        expect_config('root.pub: ' + label, run_check(
            url(GOOD), folder, NOW), fingerprints=False)
    os.unlink(os.path.join(folder, 'root.pub'))
    expect_config('no root.pub', run_check(url(GOOD), folder, NOW),
                  fingerprints=False)


def two_schemes():
    here = World(seq=50).write('scheme1')
    other = World('Other Carer Passport', 'world', seq=3)
    there = other.write('scheme2')
    m = Memory()
    m.case('one scheme', here, VALID)
    for text in (url(GOOD), 'x'):
        expect_config('the pinned root signed for another scheme', run_check(
            text, there, NOW, m.folder), fingerprints=False)
    m.case('the first scheme still stands', here, VALID)
    m2 = Memory()
    m2.case('the other scheme with a state of its own', there, VALID)
    pub = os.path.join(scratch(), 'scheme.pub')
    carer.write_roots(pub, [W.scheme.root.public])
    m.case('--root moves the pin to the other scheme, whose seq is its own',
           there, VALID, root_file=pub)
    third = World('Third Carer Passport', 'third')
    folder = third.write('scheme3')
    token = card(third.gp)
    case('a scheme of its own', token, VALID, folder)
    case('its card at the first scheme', token, UNKNOWN)
    case('a card of the first scheme there', GOOD, UNKNOWN, folder)


# --- text, many lines, exits ---------------------------------------------------------------

def text_mode():
    """Without --json: the same exit, and no name or issuer where it is hidden."""
    stale = W.write('text', status=W.lists(life=3 * 3600))
    for label, token, folder in (
            ('valid', GOOD, MAIN), ('withdrawn', card(W.gp, index=9), MAIN),
            ('expired', card(W.gp, exp=NOW), MAIN),
            ('early', card(W.gp, iat=NOW + 2 * DAY), MAIN),
            ('stale', GOOD, stale),
            ('no status list', card(W.gp, index=9 << 17), MAIN),
            ('bad name', card(W.gp, name='Margaret 2 Thompson'), MAIN),
            ('foreign iss', card(W.hospital, 'A81001'), MAIN),
            ('forged', card(W.gp, how={'aad': b'x'}), MAIN),
            ('unknown', card(W.stranger), MAIN),
            ('tombstoned', card(W.revoked), MAIN),
            ('foreign host', GOOD, MAIN), ('young', card(W.gp, cls=1), MAIN),
            ('malformed', b'\xd2' + GOOD, MAIN)):
        text = url(token, 'x.example' if label == 'foreign host' else HOST)
        j = carer.judge(text, folder, NOW)
        r = run_check(text, folder, NOW, as_json=False)
        T.equal('text, %s: exit' % label, r.code, j.exit)
        T.check('text, %s: says something' % label, len(r.out.strip()) > 3
                and not r.is_crash(), repr(r))
        both = r.out + r.err
        for word in harness.secrets_of(j):
            T.check('text, %s: %s is not told' % (label, word),
                    word.encode() not in both, repr(r))
        for word in (b'(null)', b'None', b'{', b'nan'):
            T.check('text, %s: no %r' % (label, word), word not in both,
                    repr(r))
        T.check('text, %s: no control characters' % label, not any(
            b < 32 and b not in b'\n\t' or b == 127 for b in r.out), repr(r))
        if label in ('valid', 'young', 'foreign host'):
            for word in ('Margaret Thompson', 'Beech Hill Surgery'):
                T.check('text, %s: %s is told' % (label, word),
                        word.encode() in r.out, repr(r))


def many_lines():
    expired, forged = card(W.gp, exp=NOW), card(W.gp, how={'aad': b''})
    lines = [url(GOOD), carer.to_digits(GOOD), '', 'x', '7K3M-9QPR-K',
             url(expired) + '\r', ' ' + url(GOOD) + ' ', url(forged),
             'A' * 100000, url(GOOD, 'x.example'), b'\0' + url(GOOD).encode(),
             url(GOOD).encode() + b'\0', b'\xff\xfe\xfd', '0' * 5000, '-',
             '--help', '/etc/passwd', url(card(W.gp, index=9)), url(GOOD)]
    folder = carer.Folder(MAIN)
    r = run_lines(lines, MAIN, NOW)
    got = r.out.split(b'\n')
    T.equal('one result a line', len(got) - 1, len(lines))
    T.equal('the worst exit code', r.code, 1)
    for i, (line, out) in enumerate(zip(lines, got)):
        compare(T, 'line %d of many' % i, carer.Judged(line, folder, NOW), out)
    for label, texts, want in (
            ('valid alone', [GOOD], 0), ('valid, cannot tell',
                                         [GOOD, card(W.gp, index=9 << 17)], 3),
            ('cannot tell, valid', [card(W.gp, index=9 << 17), GOOD], 3),
            ('not valid, cannot tell, valid', [
                expired, card(W.gp, index=9 << 17), GOOD], 1),
            ('valid, cannot tell, not valid', [
                GOOD, card(W.gp, index=9 << 17), expired], 1)):
        r = run_lines([url(t) for t in texts], MAIN, NOW)
        T.equal('exit of ' + label, r.code, want)
    r = run(harness.check_args(MAIN, NOW, fresh()) + ['-'],
            stdin=(url(GOOD) + '\n' + url(expired)).encode())
    T.check('a last line without its end', r.code == 1
            and r.out.count(b'\n') == 2, repr(r))
    r = run_lines([url(GOOD), 'x'], MAIN, NOW, as_json=False)
    T.check('text mode: lines', r.code == 1 and r.out.count(b'\n') >= 2,
            repr(r))
    p = subprocess.Popen(harness.check_args(MAIN, NOW, fresh()) + ['-'],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for i in range(3):                         # each answer before the next line
        p.stdin.write(url(GOOD).encode() + b'\n')
        p.stdin.flush()
        ready, _, _ = select.select([p.stdout], [], [], 20)
        if not T.check('line %d is answered at once' % i, ready):
            break
        out = os.read(p.stdout.fileno(), 65536)
        T.check('a whole line', out.endswith(b'\n') and b'"valid"' in out,
                repr(out))
    p.stdin.close()
    T.equal('the end of the input is the end', p.wait(20), 0)


def inspecting():
    """`inspect` shows what a code says, escaped, and that nobody checked it."""
    if 'ORACLE_SELF' in os.environ:
        return
    evil = ('Ann\x1b[2J\x07', 'Ann\u202enosliW', 'Ann\r\nverdict: valid',
            'Ann\u200b\ufeff', '<script>alert(1)</script>', '\x00\x7f\x9b1m')
    for label, token in [('a sound card', GOOD), ('a forged card', card(
            W.gp, how={'aad': b''})), ('a stranger\'s', card(W.stranger))] + [
            ('name %r' % n, card(W.gp, name=n)) for n in evil]:
        for text, data in ((url(token), b''), ('-', url(token).encode())):
            r = run([program('carerpass-verify'), 'inspect', text], stdin=data)
            T.check('inspect, %s: headed NOT CHECKED' % label, r.out.lstrip()
                    .split(b'\n')[0].find(b'NOT CHECKED') >= 0
                    and not r.is_crash(), repr(r))
            shown = r.out.decode('utf-8', 'replace')
            T.check('inspect, %s: escaped' % label, not re.search(
                '[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\ufeff\ufffd]', shown)
                and not re.search('^verdict', shown, re.M), repr(r))
            T.check('inspect, %s: says no verdict' % label, 'confirmed'
                    not in shown.replace('cannot be confirmed', ''), repr(r))
    for text in ('x', '', 'https://', '1' * 2000, '7K3M-9QPR-K',
                 '\x1b[31mred', carer.to_digits(b'\x81' * 500)):
        r = run([program('carerpass-verify'), 'inspect', text])
        T.check('inspect %r: ends well' % text[:20], not r.is_crash()
                and b'\x1b' not in r.out + r.err, repr(r))


def exits():
    verify = program('carerpass-verify')
    missing = os.path.join(scratch(), 'no such folder')
    now = carer.rfc3339(NOW)
    text = url(GOOD)
    scan = os.path.exists(program('carerpass-scan'))
    for label, args, want in (
            ('no command', [], {2}),
            ('an unknown command', ['chek', text], {2}),
            ('no --lists', ['check', text], {2}),
            ('no text', ['check', '--lists', MAIN], {2}),
            ('an unknown option', ['check', '--lists', MAIN, '--colour', text],
             {2}),
            ('--lists without a value', ['check', text, '--lists'], {2}),
            ('--now of nonsense', ['check', '--lists', MAIN, '--now',
                                   'yesterday', text], {2}),
            ('--now with a month 13', ['check', '--lists', MAIN, '--now',
                                       '2026-13-01T00:00:00Z', text], {2}),
            ('--now on 30 February', ['check', '--lists', MAIN, '--now',
                                      '2026-02-30T00:00:00Z', text], {2}),
            ('no such lists folder', ['check', '--lists', missing, '--now', now,
                                      text], {66}),
            ('no such root file', ['check', '--lists', MAIN, '--root', missing,
                                   '--now', now, text], {66, 78}),
            ('no such picture', ['check', '--lists', MAIN, '--now', now,
                                 missing + '.png'], {66} if scan else
             {66, 69})):
        if label == 'no such picture' and 'ORACLE_SELF' in os.environ:
            continue                # the reference program reads no pictures
        r = run([verify] + args, env={**os.environ,
                                      'STATE_DIRECTORY': fresh()})
        T.check('exit: ' + label, r.code in want and not r.is_crash(), repr(r))
        T.check('exit: %s: says why, on stderr alone' % label,
                r.err.strip() and not r.out, repr(r))
    for label, folder_now, code in (('valid', NOW, 0),
                                    ('cannot tell', ISSUED - 900, 3)):
        r = run_check(text, MAIN, folder_now)
        T.equal('exit: ' + label, r.code, code)


def main():
    start = time.time()
    for part in (row_1, serials, row_2, row_3, rows_4_to_6, row_7, row_8,
                 row_9, rows_10_and_11, row_12, rows_14_and_15, issuers,
                 precedence,
                 trust_rollback, status_rollback, default_state,
                 parallel_state, pinning, two_schemes, text_mode, many_lines,
                 inspecting, exits):
        before = T.passed + T.failed
        part()
        print('%-18s %4d checks' % (part.__name__,
                                    T.passed + T.failed - before), flush=True)
    print('test_judgement: %.1f s' % (time.time() - start))
    T.finish()


if __name__ == '__main__':
    main()
