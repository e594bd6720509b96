"""Holds what the channels printed against the cases and one another.

    compare.py CASES NAME=FILE...

Each FILE has "LANGUAGE/NAME<TAB>JSON" lines, each line of its language's cases
once. A channel may leave cases out that it cannot take, and says how many:
"NAME:12=FILE" must lack exactly 12. The first channel must have all. Every JSON
must be the first channel's, byte for byte, with a verdict that the case wants.
"""
import json
import os
import sys

SHOWN = 20


def read(path):
    found = {}
    with open(path, 'rb') as f:
        for line in f.read().split(b'\n')[:-1]:
            name, _, said = line.partition(b'\t')
            if name in found:
                sys.exit('%s: %r is there twice' % (path, name))
            found[name] = said
    return found


class Faults:
    def __init__(self):
        self.n = 0

    def tell(self, text):
        self.n += 1
        if self.n <= SHOWN:
            print('FAIL ' + text)


def check_wants(faults, cases, said):
    for c in cases:
        for language in ('en', 'cy'):
            name = '%s/%s' % (language, c['name'])
            try:
                v = json.loads(said[name.encode()])
                got = [v['verdict'], v['reason']]
            except (KeyError, ValueError) as e:
                faults.tell('%s: %r' % (name, e))
                continue
            if got not in c['want']:
                faults.tell('%s: %s, wanted %s' % (name, got, c['want']))


def main():
    where, *channels = sys.argv[1:]
    with open(os.path.join(where, 'cases.json'), encoding='utf-8') as f:
        cases = json.load(f)['cases']
    faults, first, told = Faults(), None, []
    for channel in channels:
        name, _, path = channel.partition('=')
        name, _, lacks = name.partition(':')
        said = read(path)
        if first is None:
            first = said
            check_wants(faults, cases, said)
        if not said:
            faults.tell('%s: judged nothing' % name)
        if 2 * len(cases) - len(said) != int(lacks or 0):
            faults.tell('%s: %d lines of %d' % (name, len(said),
                                               2 * len(cases)))
        for line, json_text in said.items():
            if first.get(line) != json_text:
                faults.tell('%s differs at %s\n     %r\n     %r' % (
                    name, line.decode(), first.get(line), json_text))
        told.append('%s %d' % (name, len(said)))
    reasons = {tuple(w) for c in cases for w in c['want']}
    rows = {c['row'] for c in cases}
    if rows != set(range(1, 17)):
        faults.tell('no case for the rows %s' % (
            set(range(1, 17)) - rows))
    print('%d cases, %d reasons, byte for byte the same: %s' % (
        len(cases), len(reasons), ', '.join(told)))
    print('%d passed, %d failed' % (
        sum(int(t.split()[-1]) for t in told) - faults.n, faults.n))
    sys.exit(1 if faults.n else 0)


if __name__ == '__main__':
    main()
