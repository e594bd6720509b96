#!/usr/bin/python3
"""Goal: nginx as we ship it hands everything on as the service said it, speaks
no old TLS, keeps long and slow requests away, and writes nothing down that
tells who asked what."""
import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
import warnings

sys.path[:0] = [os.path.join(os.environ['ROOT'], 'tests', d)
                for d in ('http', 'kit', 'oracle')]
import harness  # noqa: E402
from proxy import HOST, Proxy  # noqa: E402
from service import Service, folder  # noqa: E402

SECRET = 'Nia+Example+1234567890'
HSTS = 'max-age=63072000; includeSubDomains'


class Http(http.client.HTTPSConnection):
    """To our proxy, by the name of its certificate."""

    def __init__(self, proxy, context):
        super().__init__(HOST, proxy.tls, timeout=20, context=context)
        self.proxy, self.tls = proxy, context

    def connect(self):
        s = socket.create_connection(('127.0.0.1', self.proxy.tls), 20)
        self.sock = self.tls.wrap_socket(s, server_hostname=HOST)


def context(proxy, version=None):
    c = ssl.create_default_context(cafile=proxy.pem)
    if version:
        c.set_ciphers('ALL:@SECLEVEL=0')
        c.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        c.maximum_version = version
    return c


def ask(proxy, method, path, body=None, **fields):
    c = Http(proxy, context(proxy))
    c.request(method, path, body,
              {k.replace('_', '-'): v for k, v in fields.items()})
    r = c.getresponse()
    data = r.read()
    c.close()
    return r.status, r.headers, data


def check_same(tally, proxy, service, codes):
    """check_same(...): what the service says comes out as it went in."""
    for path in ('/', '/lists/trust.cwt', '/lists/status/0.cwt', '/healthz',
                 '/readyz', '/nowhere', '/lists/nothing', '/?a=b'):
        for fields in ({}, {'Accept_Encoding': 'gzip'}):
            mine = service.ask('GET', path, **fields)
            theirs = ask(proxy, 'GET', path, **fields)
            tally.equal('GET %s %r' % (path, fields),
                        (theirs[0], theirs[2]), (mine[0], mine[2]))
            for name in ('ETag', 'Content-Type', 'Content-Encoding', 'Vary',
                         'Cache-Control', 'Content-Security-Policy',
                         'Strict-Transport-Security', 'Referrer-Policy',
                         'X-Content-Type-Options'):
                tally.equal('%s of %s' % (name, path),
                            theirs[1].get_all(name), mine[1].get_all(name))
    tag = ask(proxy, 'GET', '/lists/trust.cwt')[1]['ETag']
    tally.equal('not modified', ask(proxy, 'GET', '/lists/trust.cwt',
                                    If_None_Match=tag)[0], 304)
    tally.equal('HEAD', ask(proxy, 'HEAD', '/lists/trust.cwt')[::2],
                (200, b''))
    for kind in ('valid', 'withdrawn', 'forged'):
        status, _, body = ask(proxy, 'POST', '/v1/verify', codes[kind],
                              Content_Type='text/plain')
        tally.equal('verdict ' + kind, (status, body),
                    service.verify(codes[kind])[::2])


def check_tls(tally, proxy):
    for version, good in ((ssl.TLSVersion.TLSv1_1, False),
                          (ssl.TLSVersion.TLSv1_2, True),
                          (ssl.TLSVersion.TLSv1_3, True)):
        c = Http(proxy, context(proxy, version))
        try:
            c.request('GET', '/healthz')
            spoken = c.getresponse().status == 200
        except OSError:
            spoken = False
        c.close()
        tally.equal(version.name, spoken, good)
    c = http.client.HTTPConnection('127.0.0.1', proxy.plain, timeout=20)
    c.request('GET', '/lists/trust.cwt?a=b', headers={'Host': 'evil.example'})
    r = c.getresponse()
    tally.equal('http to https', (r.status, r.headers['Location']),
                (301, 'https://%s/lists/trust.cwt?a=b' % HOST))
    c.close()


def check_limits(tally, proxy, codes):
    verify = dict(Content_Type='text/plain')
    for n, want in ((4096, 200), (4097, 413), (8193, 413), (1 << 20, 413)):
        try:
            got = ask(proxy, 'POST', '/v1/verify', b'a' * n, **verify)[0]
        except (BrokenPipeError, ConnectionResetError):
            got = 413               # it had said so, and closed
        tally.equal('a body of %d bytes' % n, got, want)
    for fields, want in (({'X_A': 'a' * 20000}, {400, 431}),
                         ({'X_%d' % i: 'b' for i in range(1000)}, {400, 431}),
                         ({'Host': 'other.example'}, {200})):
        try:
            status = ask(proxy, 'GET', '/healthz', **fields)[0]
        except http.client.HTTPException as e:
            status = repr(e)
        tally.check('%d fields' % len(fields), status in want, status)
    tally.equal('a long address', ask(proxy, 'GET', '/' + 'a' * 20000)[0], 414)
    status, fields, _ = ask(proxy, 'GET', '/lists/..%2f..%2f..%2fetc/passwd')
    tally.equal('a path that climbs', (status, fields.get_all(
        'Strict-Transport-Security')), (400, [HSTS]))
    tally.equal('TRACE', ask(proxy, 'TRACE', '/')[0], 405)
    status, fields, _ = ask(proxy, 'GET', '/metrics')
    tally.equal('figures for this machine', status, 200)


def check_words(tally, proxy, codes):
    """check_words(...): nothing of a request but its path is written down."""
    ask(proxy, 'GET', '/?card=' + SECRET, Referer='https://h/' + SECRET,
        Cookie=SECRET, User_Agent=SECRET)
    ask(proxy, 'POST', '/v1/verify?x=' + SECRET, codes['valid'],
        Content_Type='text/plain')
    ask(proxy, 'POST', '/v1/verify?x=' + SECRET, b'a' * 10000,
        Content_Type='text/plain')
    time.sleep(0.2)
    said = proxy.log()
    tally.check('paths are logged', 'POST /v1/verify 200' in said, said)
    digits = codes['valid'].split('#')[1]
    for what in (SECRET, 'Nia', digits, digits[:20], '127.0.0.1'):
        tally.check('"%s" is in no log' % what[:20],
                    what not in said + proxy.read('carerpass.error.log'))


def check_away(tally, proxy):
    status, fields, body = ask(proxy, 'GET', '/healthz')
    tally.equal('without a service', status, 503)
    tally.equal('its type', fields['Content-Type'], 'application/problem+json')
    tally.equal('try again', fields['Retry-After'], '5')
    tally.equal('HSTS all the same', fields.get_all(
        'Strict-Transport-Security'), [HSTS])
    tally.check('in words', b'Try again' in body, body)


def main():
    warnings.simplefilter('ignore', DeprecationWarning)     # of old TLS
    tally = harness.Tally()
    codes = folder('p')
    with Service('p/lists') as service:
        with Proxy('proxy', '127.0.0.1:%d' % service.port) as proxy:
            check_same(tally, proxy, service, codes)
            check_tls(tally, proxy)
            check_limits(tally, proxy, codes)
            check_words(tally, proxy, codes)
            service.run.terminate()
            service.run.wait(20)
            check_away(tally, proxy)
        said = proxy.errors()
    tally.check('nginx had nothing to say but that the service was away',
                '[emerg]' not in said and '[alert]' not in said, said)
    r = subprocess.run(['nginx', '-t', '-p', proxy.folder, '-e', '/dev/stderr',
                        '-c', proxy.folder + '/nginx.conf'],
                       capture_output=True)
    tally.check('nginx -t warns of nothing', b'[warn]' not in r.stderr,
                r.stderr)
    tally.finish()


main()
