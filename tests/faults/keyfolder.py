"""An independent reading of a key folder and of what is sealed under it.

Written from the comments in keys/*.h alone, on PyNaCl and hashlib: the proof
that the format is what is written there, and the way by which the tests know
which bytes must be found nowhere.
"""
import hashlib
import os
import struct
import sys

import nacl.bindings as sodium

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'oracle'))
import carer  # noqa: E402

HEAD = b'carerpass secret key 1\n'
RECORD = 104
PASSPORT, STATUS, TRUST, HEAD_NOTE, WITHDRAWN, RESET = 1, 2, 3, 4, 6, 8


class Damaged(Exception):
    pass


def argon2id(passphrase, salt):
    """argon2id(passphrase, salt): libsodium's "moderate": 3 passes, 256 MiB."""
    return sodium.crypto_pwhash_alg(
        32, passphrase, salt, 3, 256 << 20,
        sodium.crypto_pwhash_ALG_ARGON2ID13)


def quick(passphrase, _salt):
    """quick(...): what preload_quick.c puts in its place."""
    return hashlib.blake2b(passphrase, digest_size=32).digest()


def unseal(key, ad, sealed):
    """unseal(key, ad, sealed): nonce(24), then text and tag."""
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        sealed[24:], ad, sealed[:24], key)


def fields(path):
    data = open(path, 'rb').read()
    if not data.startswith(HEAD):
        raise Damaged(path)
    return dict(line.split(b' ', 1)
                for line in data[len(HEAD):].splitlines())


class Keys:
    """The master key of a folder, and what is derived from it."""

    def __init__(self, folder, passphrase, stretch=argon2id):
        self.folder = folder
        f = fields(os.path.join(folder, 'master'))
        self.stretched = stretch(passphrase, bytes.fromhex(f[b'salt'].decode()))
        self.master = unseal(self.stretched, b'carerpass master 1',
                             bytes.fromhex(f[b'sealed'].decode()))
        self.seal, self.person, self.blind, self.chain = (
            hashlib.blake2b(b'', digest_size=32, key=self.master,
                            salt=struct.pack('<Q', n) + bytes(8),
                            person=b'carerkey' + bytes(8)).digest()
            for n in (1, 2, 3, 4))

    def seed(self, kid, public, use, ods, not_before, not_after, sealed):
        """seed(...): opens the seed of a signing key and checks it is that
        key's."""
        ad = carer.encode([kid, public, use, ods, not_before, not_after])
        seed = unseal(self.seal, ad, sealed)
        if sodium.crypto_sign_seed_keypair(seed)[0] != public:
            raise Damaged('a key that is not its own')
        return seed

    def root_seed(self):
        f = {k: v.decode() for k, v in
             fields(os.path.join(self.folder, 'root.key')).items()}
        if f[b'use'] != 'root' or f[b'ods'] != '-':
            raise Damaged('root.key')
        return self.seed(bytes.fromhex(f[b'kid']), bytes.fromhex(f[b'public']),
                         2, '', int(f[b'not-before']), int(f[b'not-after']),
                         bytes.fromhex(f[b'sealed']))

    def holder_key(self, row, wrapped):
        return unseal(self.person, carer.encode(['holder key', row]), wrapped)

    def payload_hash(self, kid, payload):
        """payload_hash(kid, payload): what the journal keeps of a payload."""
        return hashlib.blake2b(kid + payload, digest_size=32, key=self.chain,
                               person=b'carer payload').digest()

    def journal(self):
        """journal(): Returns the records (type, kid, time, a, b, hash) of a
        chain that holds; a part of a record at the end is passed over."""
        data = open(os.path.join(self.folder, 'journal'), 'rb').read()
        before, out = bytes(32), []
        for at in range(0, len(data) - RECORD + 1, RECORD):
            body, mac = data[at:at + 72], data[at + 72:at + RECORD]
            if hashlib.blake2b(before + body, digest_size=32,
                               key=self.chain).digest() != mac:
                raise Damaged('journal, record %d' % (at // RECORD + 1))
            if body[2:8] != bytes(6) or body[1] and body[0] != WITHDRAWN:
                raise Damaged('journal, padding')
            out.append((body[0], body[8:16]) +
                       struct.unpack('>qQQ', body[16:40]) + (body[40:72],))
            before = mac
        return out


def registry_keys(db):
    """registry_keys(db): the rows that Keys.seed() takes, of the keys that
    still can sign."""
    return [(bytes(kid), bytes(public), use, ods or '', a, b, bytes(sealed))
            for kid, public, use, ods, a, b, sealed in db.execute(
                'SELECT kid, public, purpose, ods, not_before, not_after,'
                ' sealed FROM signing_key WHERE sealed IS NOT NULL')]


def cards(db, keys):
    """cards(db, keys): Returns (serial, index, kid, payload, signature or
    None) of every card whose holder is not erased, its payload opened."""
    out = []
    for serial, holder, wrapped, index, kid, payload, sig in db.execute(
            'SELECT c.serial, c.holder, h.key, c.status_index, c.kid,'
            ' c.payload, c.signature FROM card c JOIN holder h'
            ' ON h.id = c.holder WHERE c.payload IS NOT NULL'
            ' ORDER BY c.serial'):
        text = unseal(keys.holder_key(holder, bytes(wrapped)),
                      b'card|payload|%d' % serial, bytes(payload))
        out.append((serial, index, bytes(kid), text,
                    None if sig is None else bytes(sig)))
    return out
