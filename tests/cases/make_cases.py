"""The one case file: every text and token that the independent judge of
tests/oracle is tried with, the folder of lists and the state it is judged with,
and the verdict that it must get, for whatever channel judges (README.md).

    make_cases.py OUT [--now SECONDS]

Writes OUT/cases.json, OUT/folders/N (published folders) and OUT/states/N (what
a verifier remembers). --now is when the cards are judged; by default the real
time, so that a service or a page with a clock of its own can judge them, too.
"""
import argparse
import copy
import hashlib
import json
import os
import shutil
import sys
import time

ORACLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'oracle')
LONG = 4096                 # bytes of a text that every channel takes
DRIFT = 900                 # seconds for which a timeless case must not change


class Quiet:
    """In place of a Tally: the oracle's tests are only read here."""
    passed = failed = 0

    def check(self, label, ok, why=''):
        return bool(ok)

    def equal(self, label, got, want):
        return got == want


class Stop(Exception):
    pass


def age_text(seconds):
    """The age as a sentence tells it: in the largest unit of which there are
    at least two."""
    for unit in (86400, 3600):
        if seconds >= 2 * unit:
            return unit, seconds // unit
    return 60, seconds // 60


class Cases:
    def __init__(self, out, carer, now):
        self.out, self.carer, self.now = out, carer, now
        self.rows, self.names = [], {}
        self.snapshots = {}
        self.parsed = {}
        self.group = ''

    # --- folders and states, each content once ---------------------------------

    def _keep(self, kind, files):
        key = hashlib.sha256(repr(sorted(files.items())).encode()).digest()
        if (kind, key) not in self.snapshots:
            n = sum(k[0] == kind for k in self.snapshots)
            where = os.path.join(kind, '%d' % n)
            for name, data in files.items():
                path = os.path.join(self.out, where, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                self.carer.put(path, data)
            self.snapshots[kind, key] = where
        return self.snapshots[kind, key]

    def folder(self, path):
        files = {}
        for base, _, names in os.walk(path):
            for name in names:
                full = os.path.join(base, name)
                if name.endswith(('.cwt', '.pub', 'index.json')) and \
                        os.path.isfile(full):
                    with open(full, 'rb') as f:
                        files[os.path.relpath(full, path)] = f.read()
        return self._keep('folders', files)

    def state(self, state):
        """A state folder of FORMAT.md 7.3 with what this oracle remembers."""
        if state is None or state.roots is None:
            return None
        files = {'pin': 'carerpass-verify pin 1\n%sscheme %s\n' % (
            ''.join('root %s\n' % r.hex() for r in state.roots),
            state.scheme or '-')}
        for scheme, seen in state.schemes.items():
            text = 'carerpass-verify floors 1\nscheme %s\n' % scheme
            if seen['trust']:
                text += 'trust %d %d %s\n' % seen['trust']
            for (kid, n), iat in sorted(seen['status'].items()):
                text += 'status %s %d %d\n' % (kid.hex(), n, iat)
            files['floors-' + hashlib.sha256(scheme.encode()).hexdigest()] = (
                text + 'end\n')
        return self._keep('states', {k: v.encode() for k, v in files.items()})

    # --- cases --------------------------------------------------------------------

    def _judged(self, text, where, state, now):
        path = os.path.join(self.out, where)
        if state is None:
            if where not in self.parsed:
                self.parsed[where] = self.carer.Folder(path)
            folder = self.parsed[where]
            folder.state.schemes.clear()
        else:
            folder = self.carer.Folder(path, copy.deepcopy(state))
        return self.carer.Judged(text, folder, now)

    def _timeless(self, j, text, where, state, now):
        if now != self.now:
            return False
        later = self._judged(text, where, state, now + DRIFT)
        if later.members != j.members:
            return False
        if j.reason != 'lists_stale':
            return True
        iat = j.status.iat if j.status else j.trust.iat
        return age_text(now - iat) == age_text(now + DRIFT - iat)

    def add(self, name, text, folder, now, wants=(), state=None, kind='text',
            bulk=False):
        data = text.encode() if isinstance(text, str) else bytes(text)
        where, kept = self.folder(folder), self.state(state)
        shown = self.carer.to_digits(data) if kind == 'token' else data
        j = self._judged(shown, where, state if kept else None, now)
        wants = list(wants) or [(j.verdict, j.reason)]
        if (j.verdict, j.reason) not in wants:
            raise AssertionError('%s: the oracle says %s, wanted %s' % (
                name, (j.verdict, j.reason), wants))
        name = ' '.join(('%s: %s' % (self.group, name)).split())
        self.names[name] = n = self.names.get(name, 0) + 1
        self.rows.append({
            'name': name if n == 1 else '%s (%d)' % (name, n),
            'folder': where, 'state': kept, 'now': now, 'kind': kind,
            'hex': data.hex(), 'want': sorted(set(wants)), 'row': j.row,
            'timeless': self._timeless(j, shown, where,
                                       state if kept else None, now),
            'long': len(data) > LONG, 'bulk': bulk})

    def write(self):
        with open(os.path.join(self.out, 'cases.json'), 'w',
                  encoding='utf-8') as f:
            json.dump({'now': self.now, 'cases': self.rows}, f, indent=0)


# --- what the oracle's tests judge --------------------------------------------------

def hostile(cases, H):
    """Harvests test_hostile: one valid card in every broken form, and broken
    lists around it."""
    batches = []
    plain_init = H.Batch.__init__

    def init(self, name):
        plain_init(self, name)
        batches.append(self)

    def run(self, bulk=False):
        for label, text, wants in self.cases:
            cases.add(label, text, H.MAIN, H.NOW, wants, bulk=bulk)
            if self.name not in ('shape', 'claims', 'signers'):
                continue
            try:
                token = cases.carer.from_digits(text)
            except cases.carer.Bad:
                continue                    # too long to be digits
            cases.add(label, token, H.MAIN, H.NOW, wants, kind='token')

    def one_folder(label, wants, trust=None, status=None, text=None,
                   now=H.NOW, loose=False):
        folder = os.path.join(H.scratch(), 'case')
        H.S.write(folder, {0: H.GOOD_STATUS if status is None else status},
                  trust=trust)
        cases.add(label, text or cases.carer.link(H.HOST, H.GOOD), folder, now,
                  wants)

    def stop(*_, **__):
        raise Stop

    def replayed(text, folder, now, **_):
        if cases.group == 'replay':
            cases.add('case', text, folder, now)
        return H.harness.Ran(3, b'no_lists\n', b'')
    H.T, H.Batch.__init__, H.Batch.run = Quiet(), init, run
    H.one_folder, H.run_lines, H.run_check = one_folder, stop, replayed
    H.compare = lambda *_: True
    for part in (H.shape, H.claims, H.names, H.headers_of_others, H.links,
                 H.digits, H.changes, H.trust_lists, H.status_lists, H.replay):
        cases.group = part.__name__
        try:
            part()
        except Stop:
            run(batches[-1], bulk=True)


def judgement(cases, J):
    """Harvests test_judgement: every row and its boundaries."""
    carer = cases.carer

    def check_one(_, label, text, folder, now, want, oracle_state=None,
                  root_file=None, **__):
        if root_file is None:
            cases.add(label, text, folder, now, [want], oracle_state)
        return carer.Judged(text, carer.Folder(folder, oracle_state, root_file),
                            now)
    J.T, J.check_one = Quiet(), check_one
    J.run_check = lambda *_, **__: J.harness.Ran(0, b'', b'')
    for part in (J.row_1, J.serials, J.row_2, J.row_3, J.rows_4_to_6, J.row_7,
                 J.row_8, J.row_9, J.rows_10_and_11, J.row_12, J.rows_14_and_15,
                 J.issuers, J.precedence, J.trust_rollback, J.status_rollback):
        cases.group = part.__name__
        part()


# --- cases of our own ------------------------------------------------------------------

def torsion():
    """Points of order 1, 2, 4 and 8, in canonical and other encodings."""
    p = 2 ** 255 - 19
    known = (
        '0100000000000000000000000000000000000000000000000000000000000000',
        'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        '0000000000000000000000000000000000000000000000000000000000000000',
        '0000000000000000000000000000000000000000000000000000000000000080',
        'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
        'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
        '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
        '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85')
    odd = [(p + i) | sign << 255 for i in range(19) for sign in (0, 1)]
    return ([bytes.fromhex(h) for h in known],
            [n.to_bytes(32, 'little') for n in odd])


def points(cases, H):
    """Keys in the trust list that are no good points: row 7 says so, however
    well the signature might verify; among them keys of mixed order."""
    carer = cases.carer
    small, odd = torsion()
    keys = [('small order %d' % i, k) for i, k in enumerate(small)]
    keys += [('not canonical %d' % i, k) for i, k in enumerate(odd)]
    for i, t in enumerate(small[1:], 1):
        mixed = carer.sodium.crypto_core_ed25519_add(H.GP.public, t)
        keys.append(('mixed order %d' % i, mixed))
    with open(os.path.join(carer.vectors_folder('ed25519-speccheck'),
                           'cases.json'), encoding='utf-8') as f:
        keys += [('speccheck %d' % i, bytes.fromhex(c['pub_key']))
                 for i, c in enumerate(json.load(f))]
    keys += [('pseudo-random %d' % i, hashlib.sha256(b'%d' % i).digest())
             for i in range(60)]
    s = H.scheme()
    have = {k[1] for k in s.keys}
    for _, public in keys:
        if carer.kid_of(public) not in have:
            have.add(carer.kid_of(public))
            s.keys.append({1: carer.kid_of(public), 2: public, 3: 0,
                           4: ['A81001'], 5: H.NOW - 300 * H.DAY,
                           6: H.NOW + 60 * H.DAY, 7: 'Point Surgery', 8: 0,
                           9: 0})
    folder = s.write(os.path.join(H.scratch(), 'points'), {0: H.GOOD_STATUS})
    cases.group = 'points'
    for label, public in keys:
        token = carer.passport(H.GP, H.claim_map(), kid=carer.kid_of(public))
        cases.add(label, token, folder, H.NOW, kind='token')
        weak = carer.pack(carer.header(carer.kid_of(public)), H.PAYLOAD,
                          b'\1' + bytes(63))
        cases.add(label + ', no signature', weak, folder, H.NOW, kind='token')


def twins(cases, H):
    """Two services of one address and key are one and the same."""
    carer = cases.carer
    s = H.scheme()
    s.add_service(H.URI, H.STATUS.kid)
    other = carer.Key('h/twin')
    s.add_issuer(other, ['A81002'], 'Twin Surgery', H.NOW - 300 * H.DAY,
                 H.NOW + 60 * H.DAY, 0, 1)
    folder = s.write(os.path.join(H.scratch(), 'twins'), {0: H.GOOD_STATUS})
    cases.group = 'twins'
    for label, key, ods in (('first', H.GP, 'A81001'),
                            ('second', other, 'A81002')):
        cases.add(label, carer.link(H.HOST, carer.passport(
            key, H.claim_map(iss=ods))), folder, H.NOW, [H.VALID])


def services(cases, H):
    """As many services as a trust list may have, all of one key."""
    carer = cases.carer
    s = H.scheme()
    for i in range(1, 64):
        s.add_service('https://%d.example/lists/' % i, H.STATUS.kid)
    cases.group = 'services'
    for i in (0, 1, 15, 16, 17, 63):
        key = carer.Key('h/service %d' % i)
        s.add_issuer(key, ['A8200%d' % (i % 10)], 'Service Surgery',
                     H.NOW - 300 * H.DAY, H.NOW + 60 * H.DAY, 0, i)
    for i in (0, 1, 15, 16, 17, 63):
        status = s.status(H.STATUS, s.status_payload(
            i, 0, H.NOW - 3600, H.NOW + 6 * H.DAY, [0]))
        folder = s.write(os.path.join(H.scratch(), 'services'), {0: status})
        for j in (0, 1, 63, i):
            cases.add('list of %d, card of %d' % (i, j), carer.link(
                H.HOST, carer.passport(carer.Key('h/service %d' % j),
                                       H.claim_map(iss='A8200%d' % (j % 10)))),
                      folder, H.NOW, [H.VALID if i == j else H.NO_LISTS])


def sizes(cases, H):
    cases.group = 'sizes'
    for n in (0, 1, 511, 512, 513, 4096):
        data = (H.GOOD + bytes(n))[:n] if n > len(H.GOOD) else H.GOOD[:n]
        cases.add('token of %d' % n, data, H.MAIN, H.NOW, [H.MALFORMED],
                  kind='token')
    d = cases.carer.link(H.HOST, H.GOOD)
    cases.add('text of 4096', d + ' ' * (4096 - len(d)), H.MAIN, H.NOW,
              [H.VALID])


def main():
    p = argparse.ArgumentParser()
    p.add_argument('out')
    p.add_argument('--now', type=int, default=int(time.time()))
    o = p.parse_args()
    os.environ['ORACLE_NOW'] = str(o.now)
    sys.path.insert(0, ORACLE)
    import carer                      # they read the time when imported
    import harness
    import test_hostile as H
    kept = harness._SCRATCH           # each wrote a folder "main" in its own
    harness._SCRATCH = None
    import test_judgement as J
    shutil.rmtree(o.out, ignore_errors=True)
    os.makedirs(o.out)
    cases = Cases(o.out, carer, o.now)
    judgement(cases, J)
    hostile(cases, H)
    points(cases, H)
    twins(cases, H)
    services(cases, H)
    sizes(cases, H)
    cases.write()
    kept.cleanup()
    print('%d cases, %d of them by any clock, %d folders, %d states, at %s' % (
        len(cases.rows), sum(c['timeless'] for c in cases.rows),
        sum(k[0] == 'folders' for k in cases.snapshots),
        sum(k[0] == 'states' for k in cases.snapshots), carer.rfc3339(o.now)))


if __name__ == '__main__':
    main()
