"""Judges the cases that hold by a real clock with carerpass-verify serve: one
service for those that share lists and state, asked over a Unix socket.

    by_http.py BUILD_DIR CORE.WASM CASES
"""
import collections
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

TYPES = {'text': 'text/plain', 'token': 'application/cwt'}
LANGUAGES = ('en', 'cy')


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost', timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class Service:
    """carerpass-verify serve on a folder, with a copy of a state."""

    def __init__(self, program, where, case):
        self.room = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.room.name, 's')
        state = os.path.join(self.room.name, 'state')
        if case['state']:
            shutil.copytree(os.path.join(where, case['state']), state)
        else:
            os.mkdir(state)
        self.process = subprocess.Popen(
            [program, 'serve', '--lists', os.path.join(where, case['folder']),
             '--state', state, '--listen', 'unix:' + self.path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)

    def connection(self):
        for _ in range(1000):
            c = Connection(self.path)
            try:
                c.connect()
                return c
            except OSError:
                time.sleep(0.005)
            if self.process.poll() is not None:
                break
        sys.exit('serve does not start: %s' % self.stop())

    def stop(self):
        self.process.terminate()
        _, said = self.process.communicate(timeout=30)
        self.room.cleanup()
        return said.decode()


def ask(connection, case, language):
    connection.request('POST', '/v1/verify', bytes.fromhex(case['hex']), {
        'Content-Type': TYPES[case['kind']], 'Accept-Language': language})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        sys.exit('%s: status %d: %s' % (case['name'], answer.status, said))
    return said.rstrip(b'\n')


def main():
    program = os.path.join(os.path.abspath(sys.argv[1]), 'carerpass-verify')
    where = sys.argv[3]
    with open(os.path.join(where, 'cases.json'), encoding='utf-8') as f:
        cases = json.load(f)['cases']
    groups, out = collections.defaultdict(list), {}
    for i, c in enumerate(cases):
        if c['timeless'] and not c['long']:
            groups[c['folder'], c['state']].append(i)

    def one(members):
        service = Service(program, where, cases[members[0]])
        connection = service.connection()
        for i in members:
            for language in LANGUAGES:
                out[language, i] = ask(connection, cases[i], language)
        connection.close()
        service.stop()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(one, groups.values()):
            pass
    print('# lacks %d' % (2 * len(cases) - len(out)), flush=True)
    for language in LANGUAGES:
        for i, c in enumerate(cases):
            if (language, i) in out:
                sys.stdout.buffer.write(
                    ('%s/%s\t' % (language, c['name'])).encode()
                    + out[language, i] + b'\n')


if __name__ == '__main__':
    main()
