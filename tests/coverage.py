"""Prints what llvm-cov counted: lines and branches reached, a file a row, the
core first, then each floor as one row.

    coverage.py FILE.json

With COV_CORE=N in the environment it fails if the tests reach less than N % of
the core's branches. Programs share the name main(): llvm-cov counts one of them
only, so the figures of main.c mean little and are left out.
"""
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CORE = 'src/passport'
ROW = '%-34s %12s %7s %12s %7s'


def floor_of(path):
    return os.path.dirname(path)


def load(name):
    with open(name, encoding='utf-8') as f:
        files = json.load(f)['data'][0]['files']
    rows = {}
    for entry in files:
        path = os.path.relpath(os.path.join(ROOT, entry['filename']), ROOT)
        if os.path.basename(path) == 'main.c' or path.startswith('..'):
            continue
        rows[path] = [(entry['summary'][kind]['covered'],
                       entry['summary'][kind]['count'])
                      for kind in ('lines', 'branches')]
    return rows


def add(rows):
    return [(sum(r[i][0] for r in rows), sum(r[i][1] for r in rows))
            for i in range(2)]


def percent(covered, count):
    return 100.0 * covered / count if count else 100.0


def show(label, row):
    cells = []
    for covered, count in row:
        cells += ['%d/%d' % (covered, count),
                  '%.1f %%' % percent(covered, count)]
    print(ROW % (label, *cells))


def main():
    rows = load(sys.argv[1])
    print(ROW % ('file or floor', 'lines', '', 'branches', ''))
    core = [p for p in sorted(rows) if floor_of(p) == CORE]
    for path in core:
        if rows[path][0][1]:  # headers of the core have no code
            show(path, rows[path])
    for floor in sorted({floor_of(p) for p in rows} - {CORE}):
        show(floor + '/', add([rows[p] for p in rows
                               if floor_of(p) == floor]))
    total = add([rows[p] for p in core])
    show('the core', total)
    show('everything', add(list(rows.values())))
    if not total[0][1]:
        sys.exit('%s names no file of %s: built somewhere else?'
                 % (sys.argv[1], CORE))
    floor = float(os.environ.get('COV_CORE', '0'))
    if percent(*total[1]) < floor:
        sys.exit('the tests reach less than %g %% of the branches of %s'
                 % (floor, CORE))


if __name__ == '__main__':
    main()
