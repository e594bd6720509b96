"""Judges every case with carerpass-verify check, one process for those that
share lists, state, time and language.

    by_cli.py BUILD_DIR CORE.WASM CASES
"""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'oracle'))
import carer


def text_of(case):
    """What check is given: it knows no tokens but as digits."""
    data = bytes.fromhex(case['hex'])
    return carer.to_digits(data).encode() if case['kind'] == 'token' else data


def run(program, where, case, texts, language, line_mode):
    """One process; returns its lines. A state is copied: check writes to it."""
    with tempfile.TemporaryDirectory() as state:
        if case['state']:
            shutil.copytree(os.path.join(where, case['state']), state,
                            dirs_exist_ok=True)
        argv = [program, 'check', '--json', '--lang', language, '--state',
                state, '--now', carer.rfc3339(case['now']), '--lists',
                os.path.join(where, case['folder'])]
        if line_mode:
            p = subprocess.run(argv + ['-'], capture_output=True,
                               input=b''.join(t + b'\n' for t in texts))
        else:
            p = subprocess.run(argv + ['--'] + texts, capture_output=True,
                               stdin=subprocess.DEVNULL)
    lines = p.stdout.split(b'\n')[:-1]
    if len(lines) != len(texts) or p.returncode not in (0, 1, 3):
        sys.exit('check: %d answers to %d codes, exit %d: %s' % (
            len(lines), len(texts), p.returncode, p.stderr.decode()))
    return lines


def groups(cases):
    """A line cannot hold an end of line: such a text goes by argument."""
    found = collections.defaultdict(list)
    for i, c in enumerate(cases):
        text = text_of(c)
        by_line = b'\n' not in text
        found[c['folder'], c['state'], c['now'], by_line].append((i, text))
    return found.items()


def main():
    program = os.path.join(os.path.abspath(sys.argv[1]), 'carerpass-verify')
    where = sys.argv[3]
    with open(os.path.join(where, 'cases.json'), encoding='utf-8') as f:
        cases = json.load(f)['cases']
    out = {}

    def one(job):
        (_, _, _, by_line), members = job
        for language in ('en', 'cy'):
            lines = run(program, where, cases[members[0][0]],
                        [t for _, t in members], language, by_line)
            for (i, _), line in zip(members, lines):
                out[i, language] = line
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(one, groups(cases)):
            pass
    for language in ('en', 'cy'):
        for i, c in enumerate(cases):
            sys.stdout.buffer.write(('%s/%s\t' % (language, c['name'])).encode()
                                    + out[i, language] + b'\n')


if __name__ == '__main__':
    main()
