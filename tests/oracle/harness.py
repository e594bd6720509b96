"""What the tests of this folder share: a tally, a way to run the programs, and
the comparison of one printed result with what the independent judge says."""
import json
import os
import subprocess
import sys
import tempfile

import carer

FORBIDDEN = ('None', 'null', '{', '}', '(null)')


class Tally:
    """Counts passes and failures; prints failures, at most a screenful."""
    SHOWN = 60

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, label, ok, why=''):
        if ok:
            self.passed += 1
            return True
        self.failed += 1
        if self.failed <= self.SHOWN:
            print('FAIL %s%s' % (label, ': %s' % why if why else ''),
                  flush=True)
        elif self.failed == self.SHOWN + 1:
            print('... more failures are not shown', flush=True)
        return False

    def equal(self, label, got, want):
        return self.check(label, got == want, 'got %r, want %r' % (got, want))

    def finish(self):
        print('%d passed, %d failed' % (self.passed, self.failed))
        sys.exit(1 if self.failed else 0)


def program(name):
    folder = os.environ.get('BIN')
    if not folder:
        sys.exit('BIN must name the folder of the built programs')
    return os.path.join(os.path.abspath(folder), name)


class Ran:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return 'exit %d, stdout %r, stderr %r' % (
            self.code, self.out[:300], self.err[:300])

    def is_crash(self):
        """is_crash(): Whether the program died rather than ended."""
        return (self.code < 0 or self.code >= 126
                or any(w in self.err for w in (
                    b'Sanitizer', b'runtime error:', b'Traceback',
                    b'Assertion')))


def run(argv, stdin=b'', env=None, timeout=60):
    """run(argv, ...): Runs argv without a terminal of its own and returns what
    came of it; a program that hangs counts as killed (code -9)."""
    try:
        p = subprocess.run(argv, input=stdin, env=env, capture_output=True,
                           timeout=timeout, start_new_session=True)
    except subprocess.TimeoutExpired as e:
        return Ran(-9, e.stdout or b'', (e.stderr or b'') + b' [timed out]')
    return Ran(p.returncode, p.stdout, p.stderr)


def fresh():
    """fresh(): Returns a new empty folder for a verifier's state."""
    return tempfile.mkdtemp(dir=scratch())


def scratch():
    global _SCRATCH
    if _SCRATCH is None:
        _SCRATCH = tempfile.TemporaryDirectory(prefix='carer-oracle-')
    return _SCRATCH.name


_SCRATCH = None


def check_args(folder, now, state, extra=(), as_json=True):
    return ([program('carerpass-verify'), 'check', '--lists', folder,
             '--state', state, '--now', carer.rfc3339(now)]
            + (['--json'] if as_json else []) + list(extra))


def run_check(text, folder, now, state=None, extra=(), as_json=True, **how):
    """run_check(text, folder, now, ...): Judges one text in one process."""
    return run(check_args(folder, now, state or fresh(), extra, as_json)
               + [text], **how)


def run_lines(texts, folder, now, state=None, extra=(), as_json=True):
    """run_lines(texts, ...): Judges many texts in one `check -`."""
    data = b''.join((t.encode() if isinstance(t, str) else t) + b'\n'
                    for t in texts)
    return run(check_args(folder, now, state or fresh(), extra, as_json)
               + ['-'], stdin=data)


def pairs_of(line):
    """pairs_of(line): Returns a JSON object as nested lists of pairs, so that
    order and repetition are seen; raises ValueError."""
    def no_constant(word):
        raise ValueError(word)
    v = json.loads(line, object_pairs_hook=lambda p: list(p),
                   parse_constant=no_constant)
    if not isinstance(v, list):
        raise ValueError('not an object')
    return v


def compact(pairs):
    """compact(pairs): Returns the pairs as compact JSON of raw UTF-8."""
    def value(v):
        if isinstance(v, list):
            return '{%s}' % ','.join(
                '%s:%s' % (json.dumps(k), value(x)) for k, x in v)
        return json.dumps(v, ensure_ascii=False)
    return value(pairs)


def secrets_of(judged):
    """secrets_of(judged): Returns the texts that this result must not hold:
    the holder's and the issuer's own words where the row hides them."""
    out = set()
    shown = dict(judged.members)
    signed = getattr(judged, 'signed', None)
    if signed is None or judged.trust is None:
        return out
    try:
        c = carer.decode(signed.payload)
        name, cti = c[carer.PRIVATE][1], c[7]
    except (carer.Bad, LookupError, TypeError):
        name = cti = None
    if 'name' not in shown and type(name) is str and len(name) > 8:
        out.add(name)
    if 'serial' not in shown and carer.is_bytes(cti, 5):
        out.add(carer.serial_text(cti))
    entry = judged.trust.keys.get(signed.kid, {})
    issuer = dict(shown.get('issuer', ()))
    for number, member in ((7, 'name'), (10, 'phone')):
        if member not in issuer and number in entry:
            out.add(entry[number])
    if 'ods' not in issuer:
        out.update(c for c in entry.get(4, ()) if len(c) > 4)
    return out


def compare(tally, label, judged, line):
    """compare(tally, label, judged, line): Holds one line of JSON against the
    judge: members, their order, their values, and what must not be said."""
    try:
        text = line.decode()
        got = pairs_of(text)
    except ValueError as e:
        return tally.check(label, False, 'not JSON (%s): %r' % (e, line[:200]))
    want = judged.members
    sentence = dict(got).get('sentence')
    plain = [(k, None if k == 'sentence' else v) for k, v in got]
    want = [(k, v) for k, v in want]
    if plain != want:
        return tally.check(label, False, 'row %d\n  got  %s\n  want %s' % (
            judged.row, compact(got), compact(want)))
    if compact(got) != text.rstrip('\n'):
        return tally.check(label, False, 'not compact raw UTF-8: %r' % line)
    if type(sentence) is not str or not sentence.strip():
        return tally.check(label, False, 'no sentence')
    said = sentence
    for v in (judged.claims.name if judged.claims else '',):
        said = said.replace(v, '') if v else said
    for word in FORBIDDEN:
        if word in said:
            return tally.check(label, False, '%r in %r' % (word, sentence))
    for word in secrets_of(judged):
        if word in text:
            return tally.check(label, False, '%r is shown at row %d: %s' % (
                word, judged.row, text))
    return tally.check(label, True)


def check_one(tally, label, text, folder, now, want, state=None,
              oracle_state=None, extra=(), root_file=None):
    """check_one(...): Judges one text in one process, holds it against the
    judge and against want = (verdict, reason); returns the Judged text."""
    judged = carer.Judged(text, carer.Folder(folder, oracle_state, root_file),
                          now)
    if not tally.equal(label + ' (the oracle itself)',
                       (judged.verdict, judged.reason), want):
        return judged
    if root_file:
        extra = list(extra) + ['--root', root_file]
    r = run_check(text, folder, now, state, extra)
    if tally.equal(label + ': exit', r.code, judged.exit) is False:
        print('  ' + repr(r))
    if r.is_crash() or r.out.count(b'\n') != 1:
        tally.check(label, False, repr(r))
    else:
        compare(tally, label, judged, r.out)
        for word in secrets_of(judged):
            tally.check(label + ': stderr is discreet',
                        word.encode() not in r.err, word)
    return judged
