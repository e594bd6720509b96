"""Judges the cases over HTTP: carerpass-verify serve, one process for those that
share lists and state. It goes by the real clock, so it takes the cases that hold by
it, and it answers texts of over 4,096 bytes with 413.

    by_endpoint.py BUILD_DIR CORE.WASM CASES
"""
import collections
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TYPES = {'text': 'text/plain', 'token': 'application/cwt'}
LANGUAGES = ('en', 'cy')


def takes(case):
    return case['timeless'] and not case['long']


class Service:
    def __init__(self, program, folder, state):
        self.run = subprocess.Popen(
            [program, 'serve', '--lists', folder, '--state', state, '--listen',
             '127.0.0.1:0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        said = self.run.stdout.readline().decode()
        if not said.startswith('listening on http://'):
            sys.exit('the service does not start on ' + folder)
        host, port = said.split('//')[1].strip().split(':')
        self.http = http.client.HTTPConnection(host, int(port), timeout=60)

    def ask(self, case, language):
        self.http.request('POST', '/v1/verify', bytes.fromhex(case['hex']),
                          {'Content-Type': TYPES[case['kind']],
                           'Accept-Language': language})
        r = self.http.getresponse()
        body = r.read()
        if r.status != 200:
            sys.exit('%s: %d %s' % (case['name'], r.status, body.decode()))
        return body

    def close(self):
        self.http.close()
        self.run.terminate()
        if self.run.wait(30) != 0:
            sys.exit('the service ended with %d' % self.run.returncode)


def answers(program, where, members):
    """Of cases that share lists and state."""
    first = members[0]
    with tempfile.TemporaryDirectory() as state:
        if first['state']:
            shutil.copytree(os.path.join(where, first['state']), state,
                            dirs_exist_ok=True)
        s = Service(program, os.path.join(where, first['folder']), state)
        try:
            return {(language, c['name']): s.ask(c, language)
                    for c in members for language in LANGUAGES}
        finally:
            s.close()


def main():
    program = os.path.join(os.path.abspath(sys.argv[1]), 'carerpass-verify')
    where = sys.argv[3]
    with open(os.path.join(where, 'cases.json'), encoding='utf-8') as f:
        cases = json.load(f)['cases']
    groups = collections.defaultdict(list)
    for c in cases:
        if takes(c):
            groups[c['folder'], c['state']].append(c)
    out = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda m: answers(program, where, m),
                              groups.values()):
            out.update(found)
    print('# lacks %d' % (len(LANGUAGES) * sum(not takes(c) for c in cases)),
          flush=True)
    for (language, name), said in out.items():
        sys.stdout.buffer.write(('%s/%s\t' % (language, name)).encode() + said +
                                b'\n')


if __name__ == '__main__':
    main()
