"""`carerpass-verify check` once more, from carer.py: a second opinion to run
beside the C program, and what the tests of this folder are tested against.

    reference_verify.py check --lists DIR [--root FILE] [--now T] [--state DIR]
                              [--json] TEXT | -
"""
import fcntl
import json
import os
import pickle
import sys

import carer

SENTENCE = 'See the reason.'


def usage():
    sys.stderr.write(__doc__)
    sys.exit(2)


def arguments(argv):
    if argv[:1] != ['check']:
        usage()
    opts, texts, rest = {}, [], argv[1:]
    while rest:
        a = rest.pop(0)
        if a == '--json':
            opts['json'] = True
        elif a in ('--lists', '--root', '--now', '--state') and rest:
            opts[a[2:]] = rest.pop(0)
        elif a.startswith('--'):
            usage()
        else:
            texts.append(a)
    if 'lists' not in opts or len(texts) != 1:
        usage()
    return opts, texts[0]


def state_file(opts):
    folder = (opts.get('state') or os.environ.get('STATE_DIRECTORY') or
              os.path.join(os.environ.get('XDG_STATE_HOME') or
                           os.path.expanduser('~/.local/state'),
                           'carerpass-verify'))
    return os.path.join(folder, 'state')


def hold(path):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        f = open(path + '.lock', 'wb')
        fcntl.flock(f, fcntl.LOCK_EX)
        return f
    except OSError:
        return None


def load(path):
    try:
        with open(path, 'rb') as f:
            return pickle.load(f)
    except OSError:
        return carer.State()


def save(path, state):
    try:
        with open(path + '.new', 'wb') as f:
            pickle.dump(state, f)
        os.rename(path + '.new', path)
    except OSError as e:
        print('warning: state not kept: %s' % e, file=sys.stderr)


def as_object(pairs):
    return {k: as_object(v) if isinstance(v, list) else
            SENTENCE if v is None else v for k, v in pairs}


def show(judged, opts):
    if opts.get('json'):
        line = json.dumps(as_object(judged.members), ensure_ascii=False,
                          separators=(',', ':'))
    else:
        m = dict(judged.members)
        line = '%s (%s) %s %s' % (m['verdict'], m['reason'], m.get('name', ''),
                                  dict(m.get('issuer', [])).get('name', ''))
    sys.stdout.write(line + '\n')
    sys.stdout.flush()


def main(argv):
    opts, text = arguments(argv)
    try:
        now = carer.epoch(opts['now'])
    except (KeyError, ValueError):
        usage()
    path = state_file(opts)
    lock = hold(path)               # until this process ends
    state = load(path)
    try:
        folder = carer.Folder(opts['lists'], state, opts.get('root'))
    except carer.Config as e:
        hexes = [carer.kid_of(r).hex() for r in state.roots or []]
        print('%s; pinned %s, found %s' % (e, hexes, 'ff' * 8), file=sys.stderr)
        return 78
    except OSError as e:
        print('cannot read the lists: %s' % e, file=sys.stderr)
        return 66
    texts = (sys.stdin.buffer if text == '-' else [os.fsencode(text)])
    exits = set()
    for t in texts:
        j = carer.judge(t, folder, now)
        show(j, opts)
        exits.add(j.exit)
    save(path, state)
    if lock:
        lock.close()
    return next((e for e in (1, 3) if e in exits), 0)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
