"""An independent reading of the carer passport format.

Written from the format and the design alone; shares no line and no library of
ours with the C programs, so that a mistake has to be made twice to be missed.
It writes as well as reads: a whole scheme (root, trust list, status lists,
cards) can be made here, sound or broken in any one place.

FORMAT sections are named in the comments: "2.1" the passport, "3" the digits,
"7.1" to "7.4" the lists, the folder and the judgement.
"""
import calendar
import datetime
import hashlib
import json
import os
import re
import zlib

import nacl.bindings as sodium
import nacl.exceptions

HERE = os.path.dirname(os.path.abspath(__file__))


class Bad(Exception):
    """The bytes are not what the format says."""


# --- vectors -----------------------------------------------------------------

def vectors_folder(name):
    """vectors_folder(name): Returns the folder of test vectors called name, from
    ../shared beside the repository or else the copy in tests/vectors."""
    for base in (os.path.join(HERE, '..', '..', '..', 'shared', 'vectors'),
                 os.path.join(HERE, '..', 'vectors')):
        path = os.path.join(base, name)
        if os.path.isdir(path):
            return os.path.normpath(path)
    raise FileNotFoundError('no vectors called ' + name)


# --- the name rule (R13) -----------------------------------------------------

class NameRule:
    ORGANISATION_EXTRA = '0123456789&()+/:@_'

    def __init__(self, path):
        self.letters, self.marks, self.punctuation = [], set(), set()
        self.accept, self.reject = [], []
        with open(path, encoding='utf-8') as f:
            for line in f:
                word, _, rest = line.strip().partition(' ')
                if word == 'letters':
                    low, high = rest.split('-')
                    self.letters.append((int(low, 16), int(high, 16)))
                elif word == 'marks':
                    self.marks = {int(x, 16) for x in rest.split()}
                elif word == 'punctuation':
                    self.punctuation = {int(x, 16) for x in rest.split()}
                elif word in ('accept', 'reject'):
                    getattr(self, word).append(json.loads(rest))

    def is_letter(self, cp):
        return any(low <= cp <= high for low, high in self.letters)

    def _ok(self, text, limit, extra):
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            return False
        if not 1 <= size <= limit or '  ' in text:
            return False
        if text[0] == ' ' or text[-1] == ' ':
            return False
        letters = run = 0
        base = False            # may a mark stand here?
        for ch in text:
            cp = ord(ch)
            if cp in self.marks:
                run += 1
                if not base or run > 2:
                    return False
                continue
            run = 0
            base = self.is_letter(cp)
            letters += base
            if not base and cp not in self.punctuation and ch not in extra:
                return False
        return letters > 0

    def person(self, text):
        return self._ok(text, 64, '')

    def organisation(self, text):
        return self._ok(text, 100, self.ORGANISATION_EXTRA)


NAMES = NameRule(os.path.join(vectors_folder('name-rule'), 'name-rule.txt'))


# --- CBOR: a strict reader, a deterministic writer ----------------------------

class Raw(bytes):
    """Bytes that encode() copies as they stand: for broken encodings."""


class Pairs(list):
    """A map as (key, value) pairs that encode() neither sorts nor dedupes."""


def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    size = 1
    while n >= 1 << (8 * size):
        size *= 2
    if size > 8:
        raise ValueError(n)
    info = {1: 24, 2: 25, 4: 26, 8: 27}[size]
    return bytes([major << 5 | info]) + n.to_bytes(size, 'big')


def encode(v):
    """encode(v): Returns v as deterministic CBOR (RFC 8949 section 4.2.1)."""
    if isinstance(v, Raw):
        return bytes(v)
    if isinstance(v, bool):
        raise TypeError('no simple values in this format')
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, bytes):
        return head(2, len(v)) + v
    if isinstance(v, str):
        b = v.encode()
        return head(3, len(b)) + b
    if isinstance(v, Pairs):
        return head(5, len(v)) + b''.join(encode(k) + encode(x) for k, x in v)
    if isinstance(v, (list, tuple)):
        return head(4, len(v)) + b''.join(encode(x) for x in v)
    if isinstance(v, dict):
        items = sorted((encode(k), encode(x)) for k, x in v.items())
        return head(5, len(v)) + b''.join(k + x for k, x in items)
    raise TypeError(type(v))


class Reader:
    """Definite, shortest, no tags, no floats, no simple values; map keys are
    integers or texts, none twice, in bytewise order unless any_order."""
    DEPTH = 16

    def __init__(self, data, any_order=False):
        self.data, self.at, self.any_order = data, 0, any_order

    def take(self, n):
        if n > len(self.data) - self.at:
            raise Bad('the end comes too early')
        self.at += n
        return self.data[self.at - n:self.at]

    def head(self):
        b = self.take(1)[0]
        major, info = b >> 5, b & 31
        if info < 24:
            return major, info
        if info > 27:
            raise Bad('indefinite or reserved length')
        size = 1 << (info - 24)
        n = int.from_bytes(self.take(size), 'big')
        if n < (24, 1 << 8, 1 << 16, 1 << 32)[info - 24]:
            raise Bad('not the shortest form')
        return major, n

    def expect(self, major):
        found, n = self.head()
        if found != major:
            raise Bad('another type')
        return n

    def bytes(self):
        return self.take(self.expect(2))

    def item(self, depth=0):
        if depth > self.DEPTH:
            raise Bad('too deep')
        major, n = self.head()
        if major == 0:
            return n
        if major == 1:
            return -1 - n
        if major == 2:
            return self.take(n)
        if major == 3:
            try:
                return self.take(n).decode()
            except UnicodeDecodeError:
                raise Bad('text that is not UTF-8') from None
        if major == 4:
            if n > len(self.data) - self.at:
                raise Bad('longer than the input')
            return [self.item(depth + 1) for _ in range(n)]
        if major == 5:
            return self.map(n, depth)
        raise Bad('a tag, a float or a simple value')

    def map(self, n, depth):
        out, last = {}, None
        if n > len(self.data) - self.at:
            raise Bad('longer than the input')
        for _ in range(n):
            start = self.at
            key = self.item(depth + 1)
            raw = self.data[start:self.at]
            if type(key) not in (int, str):
                raise Bad('a key that is neither integer nor text')
            if key in out or (last is not None and not self.any_order
                              and raw <= last):
                raise Bad('keys out of order or twice')
            last = raw
            out[key] = self.item(depth + 1)
        return out

    def end(self):
        if self.at != len(self.data):
            raise Bad('bytes after the end')


def decode(data, any_order=False):
    r = Reader(data, any_order)
    v = r.item()
    r.end()
    return v


def is_uint(v, below=1 << 64):
    return type(v) is int and 0 <= v < below


def is_bytes(v, size):
    return type(v) is bytes and len(v) == size


# --- keys and COSE_Sign1 -------------------------------------------------------

PASSPORT_AAD = b'carer-passport-1'
TRUST_AAD = b'carer-trust-1'
STATUS_AAD = b''
TRUST_TYP = 'application/carer-trust+cwt'
STATUS_TYP = 'application/statuslist+cwt'
ALG = -19


def kid_of(public):
    """kid_of(public): Returns the first 8 bytes of the RFC 9679 thumbprint."""
    cose_key = encode({1: 1, -1: 6, -2: public})
    assert cose_key[:8] == bytes.fromhex('a301012006215820')
    return hashlib.sha256(cose_key).digest()[:8]


class Key:
    """A signing key; the same label always gives the same key."""

    def __init__(self, label):
        seed = hashlib.sha256(b'oracle ' + label.encode()).digest()
        self.public, self.secret = sodium.crypto_sign_seed_keypair(seed)
        self.kid = kid_of(self.public)

    def sign(self, message):
        return sodium.crypto_sign(message, self.secret)[:64]


def is_signed(public, message, signature):
    try:
        sodium.crypto_sign_open(signature + message, public)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


def point_ok(public):
    return sodium.crypto_core_ed25519_is_valid_point(public)


def to_sign(protected, aad, payload):
    return encode(['Signature1', protected, aad, payload])


def header(kid, typ=None):
    h = {1: ALG, 4: kid}
    if typ is not None:
        h[16] = typ
    return encode(h)


def pack(protected, payload, signature, tag=b'\xd2', array=b'\x84',
         unprotected=b'\xa0', after=b''):
    return (tag + array + encode(protected) + unprotected + encode(payload)
            + encode(signature) + after)


def sign1(key, payload, aad, typ=None, protected=None, kid=None, **shape):
    """sign1(key, payload, aad, ...): Returns a COSE_Sign1 over the bytes
    payload, correctly signed whatever protected or the shape may be."""
    if protected is None:
        protected = header(kid or key.kid, typ)
    signature = key.sign(to_sign(protected, aad, payload))
    return pack(protected, payload, signature, **shape)


class Signed:
    """A COSE_Sign1 of our profile, taken apart; the signature is not judged."""

    def __init__(self, data, typ=None):
        r = Reader(data)
        if r.take(1) != b'\xd2' or r.take(1) != b'\x84':
            raise Bad('not tag 18 of four')
        self.protected = r.bytes()
        if r.take(1) != b'\xa0':
            raise Bad('unprotected headers')
        self.payload = r.bytes()
        self.signature = r.bytes()
        r.end()
        if len(self.signature) != 64:
            raise Bad('signature length')
        h = decode(self.protected)
        want = {1, 4} if typ is None else {1, 4, 16}
        if type(h) is not dict or set(h) != want or h[1] != ALG:
            raise Bad('headers')
        if not is_bytes(h[4], 8) or h.get(16) != typ:
            raise Bad('kid or typ')
        self.kid = h[4]

    def good(self, public, aad):
        return is_signed(public, to_sign(self.protected, aad, self.payload),
                         self.signature)


# --- digits (3) ------------------------------------------------------------------

WIDTHS = (0, 3, 5, 8, 10, 13, 15, 17)
MAX_TOKEN = 512
MAX_DIGITS = 1245


def to_digits(data):
    out = []
    for i in range(0, len(data), 7):
        chunk = data[i:i + 7]
        out.append('%0*d' % (WIDTHS[len(chunk)], int.from_bytes(chunk, 'big')))
    return ''.join(out)


def from_digits(text):
    if not 1 <= len(text) <= MAX_DIGITS or not re.fullmatch(r'[0-9]+', text):
        raise Bad('digits')
    out = b''
    for i in range(0, len(text), 17):
        chunk = text[i:i + 17]
        if len(chunk) not in WIDTHS:
            raise Bad('a count of digits that no bytes give')
        size = WIDTHS.index(len(chunk))
        n = int(chunk)
        if n >= 1 << (8 * size):
            raise Bad('a chunk too large')
        out += n.to_bytes(size, 'big')
    return out


# --- the printed serial (design 4) -------------------------------------------------

CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
CHECK = CROCKFORD + '*~$=U'


def serial_text(cti):
    n = int.from_bytes(cti, 'big')
    s = ''.join(CROCKFORD[n >> (35 - 5 * i) & 31] for i in range(8))
    return '%s-%s-%s' % (s[:4], s[4:], CHECK[n % 37])


def is_serial(text):
    """is_serial(text): Returns whether text is a serial, check symbol and all,
    as somebody may type it."""
    if not re.fullmatch(r'[^-](?:-?[^-])*', text):
        return False
    s = text.replace('-', '')
    if not s.isascii():
        return False
    s = s.upper().replace('O', '0').replace('I', '1').replace('L', '1')
    if len(s) != 9 or any(c not in CROCKFORD for c in s[:8]):
        return False
    n = 0
    for c in s[:8]:
        n = n << 5 | CROCKFORD.index(c)
    return s[8] == CHECK[n % 37]


# --- the text a scanner or a person gives (7.4 row 1) --------------------------------

LINK = re.compile(rb'https://([a-z0-9.-]+)(?::([0-9]{1,5}))?'
                  rb'/[a-z0-9._~/-]*(?:#|\xc2\xa3)([0-9]+)')


def read_text(text):
    """read_text(text): Returns (kind, host, digits); kind is "code", "serial" or
    "malformed", host None or "name" or "name:port"."""
    if isinstance(text, str):
        text = text.encode()
    text = text.strip(b' \r\n')
    plain = text.decode('ascii', 'replace')
    if is_serial(plain):
        return 'serial', None, None
    if re.fullmatch(rb'[0-9]+', text):
        return 'code', None, plain
    m = LINK.fullmatch(text)
    if not m:
        return 'malformed', None, None
    host, port, digits = (x.decode() if x else None for x in m.groups())
    if port is not None:
        if not 1 <= int(port) <= 65535:
            return 'malformed', None, None
        if int(port) != 443:
            host += ':%d' % int(port)
    return 'code', host, digits


def link(host, token):
    return 'https://%s/#%s' % (host, to_digits(token))


# --- dates -----------------------------------------------------------------------------

DAY = 86400


def utc(t):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=t))


def day_text(t):
    return utc(t).strftime('%Y-%m-%d')


def rfc3339(t):
    return utc(t).strftime('%Y-%m-%dT%H:%M:%SZ')


def epoch(text):
    """epoch(text): Seconds since 1970 of "YYYY-MM-DD[THH:MM:SSZ]"."""
    form = '%Y-%m-%dT%H:%M:%SZ' if 'T' in text else '%Y-%m-%d'
    return calendar.timegm(datetime.datetime.strptime(text, form).timetuple())


def test_time():
    """test_time(): When the tests judge: $ORACLE_NOW (seconds since 1970), for
    cases that must hold by a real clock too, else always the same moment."""
    return int(os.environ.get('ORACLE_NOW', epoch('2026-11-22T10:00:00Z')))


def add_months(date, n):
    """add_months(date, n): The same day n months on, clamped to the month's end."""
    month = date.month - 1 + n
    year, month = date.year + month // 12, month % 12 + 1
    return datetime.date(year, month, min(
        date.day, calendar.monthrange(year, month)[1]))


# --- passports: writing (2.1) -------------------------------------------------------------

PRIVATE = -65537
BODY = -65538


def claims(iss='A81001', iat=0, exp=0, cti=b'\xa1\xb2\xc3\xd4\xe5',
           name='Margaret Thompson', cls=0, index=0):
    return {1: iss, 4: exp, 6: iat, 7: cti, PRIVATE: {1: name, 2: cls, 3: index}}


def passport(key, claim_map, **how):
    return sign1(key, encode(claim_map), how.pop('aad', PASSPORT_AAD), **how)


class Claims:
    """The claims of a payload (row 9); raises Bad where they break the rule."""
    MAX_SECONDS = 1098 * DAY

    def __init__(self, payload):
        c = decode(payload)
        if type(c) is not dict or set(c) != {1, 4, 6, 7, PRIVATE}:
            raise Bad('claims')
        p = c[PRIVATE]
        if type(p) is not dict or set(p) != {1, 2, 3}:
            raise Bad('private claims')
        self.iss, self.exp, self.iat, self.cti = c[1], c[4], c[6], c[7]
        self.name, self.cls, self.index = p[1], p[2], p[3]
        if type(self.iss) is not str or not is_bytes(self.cti, 5):
            raise Bad('issuer or serial')
        if not is_uint(self.iat) or not is_uint(self.exp):
            raise Bad('dates')
        if not is_uint(self.cls, 2) or not is_uint(self.index, 1 << 32):
            raise Bad('class or index')
        if type(self.name) is not str or not NAMES.person(self.name):
            raise Bad('name')
        if not 0 < self.exp - self.iat <= self.MAX_SECONDS:
            raise Bad('validity')


# --- the trust list (7.1) ---------------------------------------------------------------------

MAX_TRUST = 4 << 20
HOST = re.compile(r'[a-z0-9.-]+(:[0-9]{1,5})?')


class Trust:
    """A trust list that one of the roots has signed; raises Bad otherwise."""

    def __init__(self, data, roots):
        if len(data) > MAX_TRUST:
            raise Bad('too large')
        s = Signed(data, TRUST_TYP)
        public = {kid_of(r): r for r in roots}.get(s.kid)
        if public is None or not s.good(public, TRUST_AAD):
            raise Bad('no root of ours signed it')
        p = decode(s.payload)
        if type(p) is not dict or set(p) != {1, 4, 6, BODY}:
            raise Bad('claims')
        self.scheme, self.exp, self.iat, body = p[1], p[4], p[6], p[BODY]
        if type(self.scheme) is not str or not NAMES.organisation(self.scheme):
            raise Bad('scheme name')
        if not is_uint(self.exp) or not is_uint(self.iat):
            raise Bad('dates')
        if type(body) is not dict or set(body) != {1, 2, 3, 4, 5}:
            raise Bad('body')
        self.seq, self.hosts, keys, self.tombs, services = (
            body[i] for i in range(1, 6))
        if not is_uint(self.seq):
            raise Bad('seq')
        if type(self.hosts) is not list or not all(
                type(h) is str and HOST.fullmatch(h) for h in self.hosts):
            raise Bad('hosts')
        if type(keys) is not list or type(self.tombs) is not list:
            raise Bad('keys or tombstones')
        for k in keys:
            self._key(k)
        self._ascending([k[1] for k in keys])
        if not all(is_bytes(t, 8) for t in self.tombs):
            raise Bad('tombstone')
        self._ascending(self.tombs)
        self.keys = {k[1]: k for k in keys}
        if set(self.keys) & set(self.tombs):
            raise Bad('a kid that is both key and tombstone')
        if type(services) is not list:
            raise Bad('services')
        for v in services:
            if type(v) is not dict or set(v) != {1, 2}:
                raise Bad('service')
            if type(v[1]) is not str or not is_bytes(v[2], 8):
                raise Bad('service')
        self.services = services
        self.sha256 = hashlib.sha256(data).hexdigest()

    @staticmethod
    def _ascending(kids):
        if any(a >= b for a, b in zip(kids, kids[1:])):
            raise Bad('not in ascending order of kid')

    @staticmethod
    def _key(k):
        if type(k) is not dict or k.get(3) not in (0, 1):
            raise Bad('key')
        want = {1, 2, 3, 5, 6} if k[3] else {1, 2, 3, 4, 5, 6, 7, 8, 9}
        if set(k) - (set() if k[3] else {10}) != want:
            raise Bad('members of a key')
        if not is_bytes(k[1], 8) or not is_bytes(k[2], 32):
            raise Bad('kid or public key')
        if not is_uint(k[5]) or not is_uint(k[6]) or k[5] > k[6]:
            raise Bad('period')
        if k[3]:
            return
        if type(k[4]) is not list or not k[4] or not all(
                type(o) is str and o for o in k[4]):
            raise Bad('ODS codes')
        if type(k[7]) is not str or not NAMES.organisation(k[7]):
            raise Bad('organisation name')
        if not is_uint(k[8], 5) or not is_uint(k[9]):
            raise Bad('setting or service')
        if type(k.get(10, '')) is not str:
            raise Bad('telephone')


# --- status lists (7.2) ---------------------------------------------------------------------------

LIST_BITS = 17
LIST_SIZE = 1 << LIST_BITS
LIST_BYTES = LIST_SIZE // 8


def inflate(data):
    """inflate(data): Returns one list's bytes; raises Bad when the stream is
    broken, shorter, longer or followed by anything."""
    z = zlib.decompressobj()
    try:
        out = z.decompress(data, LIST_BYTES + 1)
    except zlib.error:
        raise Bad('zlib') from None
    if len(out) != LIST_BYTES or not z.eof or z.unused_data:
        raise Bad('size of the list')
    return out


class Status:
    """Status list number n as the service of this trust list publishes it."""

    def __init__(self, data, trust, service, n):
        s = Signed(data, STATUS_TYP)
        key = trust.keys.get(service[2])
        if s.kid != service[2] or key is None or key[3] != 1:
            raise Bad('not the status key of its service')
        if not point_ok(key[2]) or not s.good(key[2], STATUS_AAD):
            raise Bad('signature')
        p = decode(s.payload, any_order=True)
        if type(p) is not dict or not {2, 4, 6, 65533, 65534} <= set(p):
            raise Bad('claims')
        sl = p[65533]
        if type(sl) is not dict or not {'bits', 'lst'} <= set(sl):
            raise Bad('status list')
        if p[2] != '%s%d.cwt' % (service[1], n) or sl['bits'] != 1:
            raise Bad('sub or bits')
        self.exp, self.iat, self.kid, self.ttl = p[4], p[6], s.kid, p[65534]
        if not is_uint(self.exp) or not is_uint(self.iat):
            raise Bad('dates')
        if not is_uint(self.ttl) or type(sl['lst']) is not bytes:
            raise Bad('ttl or lst')
        if not self.iat <= self.exp <= self.iat + 7 * DAY:
            raise Bad('life of the list')
        if not key[5] <= self.iat <= key[6]:
            raise Bad('outside the period of its key')
        self.bits = inflate(sl['lst'])

    def bit(self, position):
        return self.bits[position >> 3] >> (position & 7) & 1


def deflate(indices, size=LIST_BYTES):
    bits = bytearray(size)
    for i in indices:
        bits[i >> 3] |= 1 << (i & 7)
    return zlib.compress(bytes(bits), 9)


# --- a scheme of our own: writing ---------------------------------------------------------------

class Scheme:
    """Everything an operator has: keys, organisations, lists, a folder."""

    def __init__(self, name, hosts, iat, label=None, seq=7, days=90):
        self.name, self.hosts, self.iat, self.seq = name, list(hosts), iat, seq
        self.exp = iat + days * DAY
        self.root = Key((label or name) + '/root')
        self.keys, self.tombs, self.services = [], [], []

    def add_status_key(self, key, nb, na, **change):
        self.keys.append({1: key.kid, 2: key.public, 3: 1, 5: nb, 6: na,
                          **change})
        return key

    def add_service(self, uri, kid):
        self.services.append({1: uri, 2: kid})
        return len(self.services) - 1

    def add_issuer(self, key, ods, name, nb, na, setting=0, service=0,
                   phone=None):
        entry = {1: key.kid, 2: key.public, 3: 0, 4: list(ods), 5: nb, 6: na,
                 7: name, 8: setting, 9: service}
        if phone is not None:
            entry[10] = phone
        self.keys.append(entry)
        return key

    def body(self):
        return {1: self.seq, 2: self.hosts,
                3: sorted(self.keys, key=lambda k: k[1]),
                4: sorted(self.tombs), 5: self.services}

    def payload(self):
        return {1: self.name, 4: self.exp, 6: self.iat, BODY: self.body()}

    def trust(self, payload=None, signer=None, aad=TRUST_AAD, typ=TRUST_TYP,
              **how):
        return sign1(signer or self.root, encode(payload or self.payload()),
                     aad, typ, **how)

    def status_payload(self, service, n, iat, exp, indices=()):
        return {2: '%s%d.cwt' % (self.services[service][1], n), 4: exp, 6: iat,
                65533: {'lst': deflate(indices), 'bits': 1}, 65534: 43200}

    @staticmethod
    def status(key, payload, aad=STATUS_AAD, typ=STATUS_TYP, **how):
        return sign1(key, encode(payload), aad, typ, **how)

    def write(self, folder, status, trust=None, roots=None):
        """write(folder, status, ...): Writes the published folder of 7.3;
        status maps list numbers to bytes, trust overrides the list's bytes."""
        os.makedirs(os.path.join(folder, 'status'), exist_ok=True)
        trust = self.trust() if trust is None else trust
        write_roots(os.path.join(folder, 'root.pub'),
                    roots or [self.root.public])
        put(os.path.join(folder, 'trust.cwt'), trust)
        rows = []
        for n, data in sorted(status.items()):
            put(os.path.join(folder, 'status', '%d.cwt' % n), data)
            try:
                p = decode(Signed(data, STATUS_TYP).payload)
                rows.append({'n': n, 'iat': int(p[6]), 'exp': int(p[4]),
                             'sha256': hashlib.sha256(data).hexdigest()})
            except (Bad, LookupError, TypeError, ValueError):
                pass                    # a list that is broken on purpose
        index = {'trust': {'seq': self.seq, 'iat': self.iat, 'exp': self.exp,
                           'sha256': hashlib.sha256(trust).hexdigest()},
                 'status': rows}
        put(os.path.join(folder, 'index.json'), json.dumps(index).encode())
        return folder


def put(path, data):
    with open(path, 'wb') as f:
        f.write(data)


def write_roots(path, roots):
    put(path, b'# root keys\n' + b''.join(
        r.hex().encode() + b'\n' for r in roots))


# --- a published folder: reading (7.3) ------------------------------------------------------------

class Config(Exception):
    """Exit 78: roots or scheme are not the pinned ones, or unusable."""


def read_roots(path):
    try:
        with open(path, 'rb') as f:
            lines = f.read().split(b'\n')
    except FileNotFoundError:
        raise Config('no root.pub') from None
    roots = []
    for line in lines:
        line = line.partition(b'#')[0].strip()
        if not line:
            continue
        if not re.fullmatch(rb'[0-9a-f]{64}', line):
            raise Config('a line of root.pub is not a key')
        roots.append(bytes.fromhex(line.decode()))
    if not roots:
        raise Config('root.pub holds no key')
    return roots


class State:
    """What a verifier remembers: its pin, and per scheme the newest lists."""

    def __init__(self):
        self.roots = self.scheme = None
        self.schemes = {}

    def of(self, scheme):
        return self.schemes.setdefault(scheme, {'trust': None, 'status': {}})


class Folder:
    """A published folder as one verifier with this state sees it."""

    def __init__(self, path, state=None, root_file=None):
        self.path, self.state = path, state or State()
        if not os.path.isdir(path):
            raise FileNotFoundError(path)
        if root_file:
            self.roots = read_roots(root_file)
        else:
            found = read_roots(os.path.join(path, 'root.pub'))
            pinned = self.state.roots
            if pinned and not set(found) <= set(pinned):
                raise Config('a root key that is not pinned')
            self.roots = pinned or found
        self.trust = None
        try:
            self.trust = Trust(self.file('trust.cwt'), self.roots)
        except (Bad, OSError):
            return
        if (not root_file and self.state.scheme is not None
                and self.state.scheme != self.trust.scheme):
            raise Config('a list for another scheme')
        self.state.roots, self.state.scheme = self.roots, self.trust.scheme

    def file(self, name):
        path = os.path.join(self.path, name)
        if not os.path.isfile(path):            # a pipe would never end
            raise FileNotFoundError(path)
        with open(path, 'rb') as f:
            return f.read()

    def status(self, service, n):
        cache = self.__dict__.setdefault('cache', {})
        key = (service[1], service[2], n)
        if key not in cache:
            try:
                cache[key] = Status(self.file('status/%d.cwt' % n), self.trust,
                                    service, n)
            except (Bad, OSError):
                cache[key] = None
        return cache[key]


# --- the judgement (7.4) ------------------------------------------------------------------------------

MALFORMED = ('not_valid', 'malformed')
EXIT = {'valid': 0, 'not_valid': 1, 'cannot_tell': 3}


class Judged:
    """One text judged: walks the rows until one decides. row is its number, 16
    when all pass; members are the JSON members in order, the sentence None."""

    def __init__(self, text, folder, now):
        self.text, self.folder, self.now = text, folder, now
        self.trust, self.host = folder.trust, None
        self.key = self.claims = self.status = None
        self.ods = None
        self.row, (self.verdict, self.reason) = 16, ('valid', 'ok')
        for n, (row, failure) in enumerate(self.ROWS, 1):
            found = row(self)
            if found is not True:
                self.row = n
                self.verdict, self.reason = found or failure
                break
        self.exit = EXIT[self.verdict]
        self.members = self._members()

    # Each row returns True when it passes, None for the verdict that stands
    # beside it in the table, or another verdict.
    def _text(self):
        kind, self.host, self.digits = read_text(self.text)
        if kind == 'serial':
            return 'cannot_tell', 'serial_only'
        return kind == 'code' or None

    def _shape(self):
        try:
            data = from_digits(self.digits)
            if len(data) > MAX_TOKEN:
                return None
            self.signed = Signed(data)
            return True
        except Bad:
            return None

    def _trust(self):
        return self.trust is not None or None

    def _trust_age(self):
        seen, t = self._seen()['trust'], self.trust
        if seen and (t.seq < seen[0] or t.iat < seen[1] or
                     (t.seq == seen[0] and t.sha256 != seen[2])):
            return None
        self._seen()['trust'] = (t.seq, t.iat, t.sha256)
        return True

    def _clock(self):
        return self.now >= self.trust.iat - 300 or None

    def _trust_exp(self):
        return self.now < self.trust.exp or None

    def _kid(self):
        if self.signed.kid in self.trust.tombs:
            return 'not_valid', 'withdrawn'
        self.key = self.trust.keys.get(self.signed.kid)
        if self.key is None or self.key[3] != 0:
            return None
        return point_ok(self.key[2]) or None

    def _signature(self):
        return self.signed.good(self.key[2], PASSPORT_AAD) or None

    def _claims(self):
        try:
            c = Claims(self.signed.payload)
        except Bad:
            return None
        if c.iss not in self.key[4]:
            return 'not_valid', 'unknown_issuer'
        self.ods = c.iss
        if not self.key[5] <= c.iat <= self.key[6]:
            return 'not_valid', 'unknown_issuer'
        self.claims = c
        return True

    def _started(self):
        if self.claims.iat <= self.now + 300:
            return True
        if self.claims.iat <= self.now + DAY:
            return 'cannot_tell', 'clock_wrong'
        return None

    def _expired(self):
        return self.now < self.claims.exp or None

    def _list(self):
        services = self.trust.services
        if self.key[9] >= len(services):
            return None
        self.number = self.claims.index >> LIST_BITS
        s = self.folder.status(services[self.key[9]], self.number)
        if s is None or s.iat > self.now + DAY or s.iat > self.trust.exp:
            return None
        self.status = s
        return True

    def _list_age(self):
        seen = self._seen()['status']
        where = (self.status.kid, self.number)
        if self.status.iat < seen.get(where, 0):
            return None
        seen[where] = self.status.iat
        return True

    def _bit(self):
        position = self.claims.index & (LIST_SIZE - 1)
        return self.status.bit(position) == 0 or None

    def _list_exp(self):
        return self.now < self.status.exp or None

    def _seen(self):
        return self.folder.state.of(self.trust.scheme)

    ROWS = (
        (_text, MALFORMED),
        (_shape, MALFORMED),
        (_trust, ('cannot_tell', 'no_lists')),
        (_trust_age, ('cannot_tell', 'rolled_back')),
        (_clock, ('cannot_tell', 'clock_wrong')),
        (_trust_exp, ('cannot_tell', 'lists_stale')),
        (_kid, ('not_valid', 'unknown_issuer')),
        (_signature, ('not_valid', 'bad_signature')),
        (_claims, MALFORMED),
        (_started, ('not_valid', 'not_yet_valid')),
        (_expired, ('not_valid', 'expired')),
        (_list, ('cannot_tell', 'no_lists')),
        (_list_age, ('cannot_tell', 'rolled_back')),
        (_bit, ('not_valid', 'withdrawn')),
        (_list_exp, ('cannot_tell', 'lists_stale')),
    )

    def _members(self):
        """What may be shown follows from the row that decided alone."""
        m = [('verdict', self.verdict), ('reason', self.reason),
             ('sentence', None)]
        past_trust, past_status = self.row > 3, self.row > 12
        person = self.row >= 10
        if past_trust and self.host and self.host not in self.trust.hosts:
            m.append(('foreign_host', True))
        if person:
            c = self.claims
            m += [('serial', serial_text(c.cti)), ('name', c.name),
                  ('class', ('adult', 'young')[c.cls])]
        if self.row >= 9:
            issuer = [('ods', self.ods)] if self.ods is not None else []
            issuer.append(('name', self.key[7]))
            if 10 in self.key:
                issuer.append(('phone', self.key[10]))
            m.append(('issuer', issuer))
        if person:
            m += [('valid_from', day_text(c.iat)),
                  ('valid_to', day_text(c.exp - 1))]
        if past_trust:
            lists = [('trust_seq', self.trust.seq),
                     ('trust_issued', rfc3339(self.trust.iat))]
            if past_status:
                lists += [('status_issued', rfc3339(self.status.iat)),
                          ('status_expires', rfc3339(self.status.exp))]
            m.append(('lists', lists))
        return m


def judge(text, folder, now, state=None):
    """judge(text, folder, now, state): Returns the Judged text; folder is a
    path or a Folder. Raises Config where the program must exit with 78."""
    if not isinstance(folder, Folder):
        folder = Folder(folder, state)
    return Judged(text, folder, now)
