"""A service of its own for a test: a folder of lists, carerpass-verify serve on a
free port of the loopback, and HTTP as plain as can be."""
import http.client
import os
import subprocess
import sys
import time

BIN = os.environ['BIN']
ROOT = os.environ['ROOT']
KIT = os.path.join(ROOT, 'tests/kit/folder.py')


def folder(out, *words, now=None):
    """A published folder that is current at the time of day, and its codes."""
    stamp = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now or time.time()))
    subprocess.run([sys.executable, KIT, out, '--now', stamp, *words],
                   check=True)
    codes = os.path.join(out, 'code')
    return {kind: open(os.path.join(codes, kind)).read()
            for kind in os.listdir(codes)}


class Service:
    """with Service('p/lists') as s: s.ask('GET', '/readyz') ... With a limit it
    has no more descriptors than that."""

    def __init__(self, lists, *words, state='state', limit=None):
        few = ['prlimit', '--nofile=%d' % limit] if limit else []
        self.run = subprocess.Popen(
            few + [BIN + '/carerpass-verify', 'serve', '--lists', lists, '--state',
             state, '--listen', '127.0.0.1:0', *words],
            stdout=subprocess.PIPE, stderr=open('service.log', 'a'))
        said = self.run.stdout.readline().decode()
        if not said.startswith('listening on http://'):
            sys.exit('the service does not start: see service.log')
        self.host, port = said.split('//')[1].strip().split(':')
        self.port = int(port)
        self.pid = self.run.pid

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.run.terminate()
        try:
            self.run.wait(20)
        except subprocess.TimeoutExpired:
            self.run.kill()
            raise

    def ask(self, method, path, body=None, **fields):
        """Returns status, fields, body of one request on a new connection."""
        c = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            c.request(method, path, body, {k.replace('_', '-'): v
                                           for k, v in fields.items()})
            r = c.getresponse()
            return r.status, r.headers, r.read()
        finally:
            c.close()

    def verify(self, text, **fields):
        return self.ask('POST', '/v1/verify', text,
                        Content_Type='text/plain', **fields)
