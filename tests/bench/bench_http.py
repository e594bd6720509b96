"""The checking service over HTTP beside what somebody would write or pick instead:
one server at a time on the first core, wrk with 64 connections on the second,
rounds interleaved, medians; every ratio is to the bare epoll loop of the same run.

Verification: a POST whose code is judged (peers: one Ed25519 verification of 130
bytes and nothing else).  Constant answer: GET /healthz (peers: as many bytes).
ROUNDS (5) and SECS (3) may be set.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ['ROOT'], 'tests/http'))
from service import BIN, ROOT, folder  # noqa: E402

HERE = os.path.join(ROOT, 'tests/bench/http_peers')
ROUNDS = int(os.environ.get('ROUNDS', '5'))
SECS = int(os.environ.get('SECS', '3'))
PORT = 18473
POST = '''wrk.method = "POST"
wrk.path = "/v1/verify"
wrk.headers["Content-Type"] = "text/plain"
wrk.body = "%s"
'''
NGINX = '''worker_processes 1; daemon off; pid nginx.pid; error_log nginx.err;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path t; proxy_temp_path t2;
 fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
 keepalive_requests 100000000;
 server { listen 127.0.0.1:%d; default_type application/json;
  location / { return 200 "xxxxxxxxxxxxxxxxxx"; } } }
'''


def build():
    subprocess.run(['cc', '-O2', '-D_GNU_SOURCE', HERE + '/bare.c', '-o',
                    'bare', '-lsodium'], check=True)
    env = dict(os.environ, GOFLAGS='-mod=mod', GOCACHE=os.path.abspath('go'),
               HOME=os.getcwd())
    subprocess.run(['go', 'build', '-o', 'peer', HERE + '/peer.go'], check=True,
                   env=env)
    for f in ('peer.mjs', 'package.json', 'package-lock.json'):
        shutil.copy(os.path.join(HERE, f), '.')
    subprocess.run(['npm', 'ci', '--ignore-scripts', '--silent', '--no-audit'],
                   check=True)
    with open('nginx.conf', 'w') as f:
        f.write(NGINX % PORT)


def servers():
    """Name, command, constant answer?"""
    ours = [BIN + '/carerpass-verify', 'serve', '--lists', 'p/lists', '--state',
            'state', '--listen', '127.0.0.1:%d' % PORT]
    port = str(PORT)
    return {
        'bare epoll loop': (['./bare', port, 'verify'], False),
        'carerpass-verify': (ours, False),
        'Go net/http': (['./peer', port], False),
        'Node, sodium-native': (['node', 'peer.mjs', port, 'sodium'], False),
        'Node, jose': (['node', 'peer.mjs', port, 'jose'], False),
        'bare loop, constant': (['./bare', port, 'constant'], True),
        'carerpass-verify, constant': (ours, True),
        'nginx, constant': (['nginx', '-p', os.getcwd(), '-c',
                             os.path.abspath('nginx.conf')], True),
    }


def wait_for_port():
    import socket
    for _ in range(200):
        try:
            socket.create_connection(('127.0.0.1', PORT)).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit('a server does not start')


def memory(pid):
    """Most bytes resident, of the process and its children, in MiB."""
    total = 0
    for p in [str(pid)] + subprocess.run(
            ['pgrep', '-P', str(pid)], capture_output=True,
            text=True).stdout.split():
        with open('/proc/%s/status' % p) as f:
            total += int(re.search(r'VmHWM:\s*(\d+)', f.read()).group(1))
    return total / 1024


def measure(command, constant):
    run = subprocess.Popen(['taskset', '-c', '0'] + command,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port()
        wrk = ['taskset', '-c', '1', 'wrk', '-t1', '-c64', '-d%ds' % SECS]
        url = 'http://127.0.0.1:%d' % PORT
        if constant:
            wrk += [url + '/healthz']
        else:
            wrk += ['-s', 'post.lua', url]
        out = subprocess.run(wrk, capture_output=True, text=True).stdout
        if 'Non-2xx' in out:
            sys.exit(' '.join(command) + ': ' + out)
        rate = float(re.search(r'Requests/sec:\s*([\d.]+)', out).group(1))
        return rate, memory(run.pid)
    finally:
        run.terminate()
        run.wait()


def no_http():
    out = subprocess.run(['taskset', '-c', '0', './bare', '0', 'loop'],
                         capture_output=True, text=True).stdout
    return float(out)


def main():
    absent = [p for p in ('go', 'wrk', 'nginx', 'npm', 'cc') if not
              shutil.which(p)]
    if absent:
        print('not run: there is no %s here (golang-go, wrk, nginx-light, npm)' %
              ', '.join(absent))
        return
    os.chdir(tempfile.mkdtemp(prefix='carerpass-bench.'))
    codes = folder('p')
    with open('post.lua', 'w') as f:
        f.write(POST % codes['valid'])
    build()
    rates = {name: [] for name in servers()}
    most = {name: 0 for name in servers()}
    bare = []
    for _ in range(ROUNDS):
        bare.append(no_http())
        for name, (command, constant) in servers().items():
            rate, mib = measure(command, constant)
            rates[name].append(rate)
            most[name] = max(most[name], mib)
    print('%-28s %10s %7s %8s   (medians of %d rounds of %d s)' %
          ('', 'requests/s', 'ratio', 'MiB', ROUNDS, SECS))
    base = {c: statistics.median(rates[n]) for n, c in
            (('bare epoll loop', False), ('bare loop, constant', True))}
    print('%-28s %10.0f %7.2f' % ('no HTTP at all', statistics.median(bare),
                                  statistics.median(bare) / base[False]))
    for name, (_, constant) in servers().items():
        rate = statistics.median(rates[name])
        print('%-28s %10.0f %7.2f %8.1f' % (name, rate, rate / base[constant],
                                            most[name]))
    shutil.rmtree(os.getcwd())


main()
