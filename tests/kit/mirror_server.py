"""A web server with bad days, for the tests of carerpass-lists.

    mirror_server.py ROOT [--cert PEM --key PEM] [--old-tls] [--rules FILE]

Serves the files of ROOT, at 127.0.0.1 and a port of its own choice, which it
writes to ROOT.port when it is ready; each request is a line of ROOT.requests.
RULES is read anew for each request: lines "PATH WHAT [WORD]", the first that
fits counts ("*" fits all):

    status CODE     answers with that and nothing else
    redirect URL    302
    file PATH       these bytes instead
    type TYPE       that Content-Type
    bytes N         N zeros, at once
    endless         zeros without end, without a length
    half            half of the file, then the connection is cut
    stall           a header, then nothing
    drip            a byte every 0.2 s
    untagged        no ETag, never 304
    always-304      304 to whoever asks
"""
import argparse
import hashlib
import http.server
import os
import ssl
import sys
import threading
import time

LONG = 30  # seconds after which a bad day ends


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def rule(self):
        try:
            with open(self.server.rules) as f:
                for line in f:
                    words = line.split()
                    if words and words[0] in (self.path, '*'):
                        return words[1], (words + [''])[2]
        except (OSError, TypeError):
            pass
        return 'plain', ''

    def note(self, status):
        with self.server.lock, open(self.server.requests, 'a') as f:
            f.write('%s %s %d %s\n' % (
                self.command, self.path, status,
                self.headers.get('If-None-Match', '-')))

    def answer(self, status, body=b'', **headers):
        self.note(status)
        self.send_response(status)
        for k, v in headers.items():
            self.send_header(k.replace('_', '-'), v)
        if status != 304:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def head(self, length=None):
        self.note(200)
        self.close_connection = True
        self.send_response(200)
        if length is not None:
            self.send_header('Content-Length', str(length))
        self.send_header('Connection', 'close')
        self.end_headers()

    def endless(self):
        self.head()
        end = time.monotonic() + LONG
        while time.monotonic() < end:
            self.wfile.write(bytes(65536))

    def slowly(self, body):
        self.head(len(body))
        for byte in body[:5 * LONG]:
            self.wfile.write(bytes([byte]))
            time.sleep(0.2)

    def half(self, body):
        self.head(len(body))
        self.wfile.write(body[:len(body) // 2])

    def stall(self, body):
        self.head(len(body))
        self.server.stop.wait(LONG)

    def do_GET(self):
        what, word = self.rule()
        path = word if what == 'file' else os.path.join(
            self.server.root, self.path.lstrip('/'))
        try:
            with open(path, 'rb') as f:
                body = f.read()
        except OSError:
            body = None
        if what == 'status':
            return self.answer(int(word))
        if what == 'redirect':
            return self.answer(302, Location=word)
        if what == 'bytes':
            return self.answer(200, bytes(int(word)))
        if what == 'always-304':
            return self.answer(304)
        if what == 'endless':
            return self.endless()
        if body is None:
            return self.answer(404)
        if what in ('half', 'stall'):
            return getattr(self, what)(body)
        if what == 'drip':
            return self.slowly(body)
        if what == 'untagged':
            return self.answer(200, body)
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        if self.headers.get('If-None-Match') == tag:
            return self.answer(304, ETag=tag)
        return self.answer(200, body, ETag=tag, Content_Type=word or
                           'application/octet-stream')


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients that leave are part of the test


def make(root, rules=None, cert=None, key=None, old_tls=False):
    """The server, ready to serve_forever()."""
    s = Server(('127.0.0.1', 0), Handler)
    s.root, s.rules = root, rules
    s.requests = root.rstrip('/') + '.requests'
    s.lock, s.stop = threading.Lock(), threading.Event()
    if cert:
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if old_tls:
            c.set_ciphers('ALL:@SECLEVEL=0')
            c.minimum_version = ssl.TLSVersion.TLSv1
            c.maximum_version = ssl.TLSVersion.TLSv1_1
        c.load_cert_chain(cert, key)
        s.socket = c.wrap_socket(s.socket, server_side=True,
                                 do_handshake_on_connect=False)
    return s


def main():
    a = argparse.ArgumentParser()
    a.add_argument('root')
    a.add_argument('--rules')
    a.add_argument('--cert')
    a.add_argument('--key')
    a.add_argument('--old-tls', action='store_true')
    o = a.parse_args()
    s = make(o.root, o.rules, o.cert, o.key, o.old_tls)
    port = o.root.rstrip('/') + '.port'
    with open(port + '.new', 'w') as f:
        f.write('%d\n' % s.server_address[1])
    os.rename(port + '.new', port)
    sys.stdout.flush()
    s.serve_forever()


if __name__ == '__main__':
    main()
