"""nginx with the configuration that we ship, in front of a service of a test:
ports, paths, certificate and socket are put in, nothing else is changed.

    with Proxy('proxy', '127.0.0.1:8080') as p:     or 'unix:/…/door.sock'
        p.plain, p.tls    its ports; p.pem its certificate; p.log(), p.errors()
"""
import os
import re
import socket
import subprocess
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
CONF = os.path.join(ROOT, 'dist/nginx/carerpass.conf')
HOST = 'pass.example.org'


def free_ports(n):
    """free_ports(n): ports of the loopback that nobody listens on now."""
    held = [socket.create_server(('127.0.0.1', 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def certificate(folder):
    """certificate(folder): FOLDER/pem and FOLDER/key, for our host."""
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-nodes', '-pkeyopt',
         'ec_paramgen_curve:P-256', '-days', '2', '-subj', '/CN=' + HOST,
         '-addext', 'subjectAltName=DNS:' + HOST, '-keyout', folder + '/key',
         '-out', folder + '/pem'], check=True, capture_output=True)


class Proxy:
    def __init__(self, folder, behind):
        self.folder = folder = os.path.abspath(folder)
        os.makedirs(folder)
        certificate(folder)
        self.pem = folder + '/pem'
        self.plain, self.tls = free_ports(2)
        with open(CONF) as f:
            text = f.read()
        for pattern, to in (
                (r'server unix:/run/carerpass-verify\.sock;',
                 'server %s;' % behind),
                (r'listen 80;', 'listen 127.0.0.1:%d;' % self.plain),
                (r'listen 443 ssl http2;',
                 'listen 127.0.0.1:%d ssl http2;' % self.tls),
                (r'listen \[::\]:[^;]*;', ''),
                (r'/etc/letsencrypt/live/[^/]*/fullchain\.pem', folder + '/pem'),
                (r'/etc/letsencrypt/live/[^/]*/privkey\.pem', folder + '/key'),
                (r'/var/log/nginx/', folder + '/')):
            text, n = re.subn(pattern, to, text)
            if n == 0:
                sys.exit('carerpass.conf has no ' + pattern)
        with open(folder + '/site.conf', 'w') as f:
            f.write(text)
        with open(folder + '/nginx.conf', 'w') as f:
            f.write('''%s
daemon off;
pid %s/pid;
error_log %s/main.log;
worker_processes 2;
worker_rlimit_nofile 20000;
events { worker_connections 8192; }
http {
	default_type application/octet-stream;
%s
	include %s/site.conf;
}
''' % ('user root;' if os.geteuid() == 0 else '', folder, folder, ''.join(
                '\t%s_temp_path %s/%s;\n' % (w, folder, w)
                for w in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi')),
                folder))
        self.run = None

    def __enter__(self):
        self.run = subprocess.Popen(
            ['nginx', '-p', self.folder, '-c', self.folder + '/nginx.conf',
             '-e', self.folder + '/main.log'])
        for _ in range(200):
            try:
                socket.create_connection(('127.0.0.1', self.tls), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        sys.exit('nginx does not start: ' + self.read('main.log'))

    def __exit__(self, *why):
        self.run.terminate()
        self.run.wait(20)

    def read(self, name):
        try:
            with open(os.path.join(self.folder, name)) as f:
                return f.read()
        except FileNotFoundError:
            return ''

    def log(self):
        return self.read('carerpass.log')

    def errors(self):
        return self.read('carerpass.error.log') + self.read('main.log')
