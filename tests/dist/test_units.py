#!/usr/bin/python3
"""Goal: the systemd units say what systemd understands, leave the programs next
to nothing, and the programs can do their work with what is left.

    BIN=build/release tests/dist/test_units.py

systemd-analyze needs no running systemd. What a unit allows of system calls,
address families and memory is put around the program by confine.c.
"""
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
UNITS = os.path.join(ROOT, 'dist', 'systemd')
sys.path[:0] = [os.path.join(HERE, '..', 'oracle'),
                os.path.join(HERE, '..', 'kit'),
                os.path.join(HERE, '..', 'faults')]
import harness        # noqa: E402
import mirror_server  # noqa: E402
import place as places  # noqa: E402

# Tenths of the exposure that systemd-analyze makes out.
MOST = {'carerpass-verify.service': 12, 'carerpass-lists.service': 15,
        'carerpass-publish.service': 10}
NOT_HARDENING = {
    'Type', 'ExecStart', 'WatchdogSec', 'TimeoutStopSec', 'TimeoutStartSec',
    'Restart', 'RestartSec', 'RestartPreventExitStatus', 'EnvironmentFile',
    'StateDirectory', 'StateDirectoryMode', 'LimitNOFILE', 'MemoryMax',
    'TasksMax', 'Nice', 'User', 'DynamicUser', 'LoadCredential',
    'ReadWritePaths'}
# What another line already says, so that the figure stays without it.
TWICE = {'AmbientCapabilities', 'SystemCallErrorNumber', 'DevicePolicy'}
FAMILIES = {'AF_UNIX': socket.AF_UNIX, 'AF_INET': socket.AF_INET,
            'AF_INET6': socket.AF_INET6}


def text_of(name):
    with open(os.path.join(UNITS, name)) as f:
        return f.read()


def lines_of(text):
    """lines_of(text): [(key, value)] of a unit, continued lines joined."""
    text = re.sub(r'\\\n\s*', '', text)
    return [tuple(line.split('=', 1)) for line in text.splitlines()
            if '=' in line and not line.startswith('#')]


def values(text, key):
    return [v for k, v in lines_of(text) if k == key]


def analyse(work, name, text, *words):
    path = os.path.join(work, name)
    with open(path, 'w') as f:
        f.write(text)
    return harness.run(['systemd-analyze', *words, path], env=dict(
        os.environ, SYSTEMD_LOG_LEVEL='warning', SYSTEMD_PAGER='cat'))


def exposure(work, name, text, most=100):
    r = analyse(work, name, text, 'security', '--offline=true', '--no-pager',
                '--threshold=%d' % most)
    found = re.search(rb'exposure level for \S+: ([0-9.]+)', r.out)
    return r.code, float(found.group(1)) if found else -1


def without(text, line):
    """without(text, line): the unit less one line of [Service]."""
    return text.replace('\n%s=%s\n' % line, '\n', 1)


def check_exposure(tally, work, name):
    text, most = text_of(name), MOST[name]
    code, level = exposure(work, name, text, most)
    tally.check('%s: exposure %.1f' % (name, level), code == 0)
    print('%s: exposure %.1f' % (name, level))
    bare = text
    for line in lines_of(text[text.index('[Service]'):]):
        if line[0] in NOT_HARDENING:
            continue
        bare = without(bare, line)
        if line[0] in TWICE:
            continue
        less = exposure(work, name, without(text, line))[1]
        tally.check('%s: %s=%s counts' % (name, *line), less >= level)
    code, level = exposure(work, name, bare, most)
    tally.check('%s without its hardening, %.1f, is refused' % (name, level),
                code != 0 and level > 5)


def check_meaning(tally, work):
    """check_meaning(tally, work): no unit has a line that systemd does not
    know; programs are where they are built."""
    for name in sorted(os.listdir(UNITS)):
        text = text_of(name).replace(
            '/usr/local/bin', os.path.dirname(harness.program('x')))
        with open(os.path.join(work, name), 'w') as f:
            f.write(text)
    for name in sorted(os.listdir(UNITS)):
        r = harness.run(['systemd-analyze', 'verify', '--man=no',
                         os.path.join(work, name)])
        said = [x for x in r.err.decode().splitlines() if name in x]
        tally.check('%s: verify' % name, not said, said)
    text = text_of('carerpass-verify.service').replace(
        'ProtectHome=yes', 'ProtectHouse=yes')
    r = analyse(work, 'carerpass-verify.service', text, 'verify', '--man=no')
    tally.check('a line that is mistyped is seen', b'ProtectHouse' in r.err)


def calls(text):
    """calls(text): the system calls that a unit allows."""
    known = {}
    listed = subprocess.run(['systemd-analyze', 'syscall-filter'], check=True,
                            capture_output=True, text=True).stdout
    group = None
    for line in listed.splitlines():
        if line.startswith('@'):
            group = known.setdefault(line.strip(), [])
        elif line.startswith('    ') and not line.strip().startswith('#'):
            group.append(line.strip())

    def spread(word):
        if word.startswith('@'):
            return set().union(*(spread(w) for w in known[word]))
        return {word}

    allowed = set()
    for value in values(text, 'SystemCallFilter'):
        take = not value.startswith('~')
        for word in value.lstrip('~').split():
            allowed = allowed | spread(word) if take else \
                allowed - spread(word)
    # systemd lets every service start itself.
    return allowed | {'execve', 'exit', 'exit_group', 'rt_sigreturn'}


def confined(work, name, argv):
    text = text_of(name)
    path = os.path.join(work, name + '.calls')
    with open(path, 'w') as f:
        f.write(''.join(c + '\n' for c in sorted(calls(text))))
    families = ','.join(str(int(FAMILIES[w])) for w in values(
        text, 'RestrictAddressFamilies')[0].split())
    return [os.path.join(work, 'confine'), path, families, *argv]


def check_fence(tally, work):
    """check_fence(tally, work): confine.c holds, or what runs in it proves
    nothing."""
    py = ['/usr/bin/python3', '-c']
    for name, what, code in (
            ('carerpass-verify.service', 'import socket; '
             'socket.socket(socket.AF_UNIX)', 0),
            ('carerpass-verify.service', 'import socket; '
             'socket.socket(socket.AF_INET)', 1),
            ('carerpass-lists.service', 'import socket; '
             'socket.socket(socket.AF_INET)', 0),
            ('carerpass-lists.service', 'import socket; '
             'socket.socket(socket.AF_NETLINK)', 1),
            ('carerpass-lists.service', 'import os; os.chroot("/")', 1),
            ('carerpass-lists.service', 'import mmap; mmap.mmap(-1, 4096, '
             'prot=mmap.PROT_WRITE | mmap.PROT_EXEC)', 1)):
        r = harness.run(confined(work, name, py + [what]))
        tally.equal('%s: %s' % (name, what), r.code, code)


def ask(path, method, target, body=None):
    """ask(path, ...): one request over a socket file; (status, body)."""
    c = http.client.HTTPConnection('localhost', timeout=10)
    c.sock = socket.socket(socket.AF_UNIX)
    c.sock.settimeout(10)
    c.sock.connect(path)
    c.request(method, target, body=body, headers={'Content-Type': 'text/plain'}
              if body else {})
    r = c.getresponse()
    data = r.read()
    c.close()
    return r.status, data


def check_verify_runs(tally, work):
    """check_verify_runs(tally, work): started by its socket, in its fence, the
    service answers, tells that it is ready, and ends when told."""
    lists = os.path.join(work, 'p', 'lists')
    door = os.path.join(work, 'door.sock')
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(os.path.join(work, 'notify.sock'))
    notify.settimeout(10)
    argv = ['systemd-socket-activate', '-l', door, '-E',
            'NOTIFY_SOCKET=' + os.path.join(work, 'notify.sock'), *confined(
                work, 'carerpass-verify.service',
                [harness.program('carerpass-verify'), 'serve', '--lists',
                 lists, '--root', os.path.join(lists, 'root.pub'), '--state',
                 os.path.join(work, 'state')])]
    log = open(os.path.join(work, 'verify.log'), 'wb')
    p = subprocess.Popen(argv, stdout=log, stderr=log)
    try:
        for _ in range(100):
            if os.path.exists(door):
                break
            time.sleep(0.05)
        tally.equal('GET /healthz', ask(door, 'GET', '/healthz')[0], 200)
        tally.equal('READY=1', notify.recv(4096).strip(), b'READY=1')
        with open(os.path.join(work, 'p', 'code', 'valid'), 'rb') as f:
            status, body = ask(door, 'POST', '/v1/verify', f.read())
        tally.equal('POST /v1/verify', status, 200)
        tally.check('a verdict', b'"verdict":"' in body, body)
        tally.equal('GET /lists/trust.cwt',
                    ask(door, 'GET', '/lists/trust.cwt')[0], 200)
        tally.check('its memory was written', any(
            n.startswith('floors-')
            for n in os.listdir(os.path.join(work, 'state'))))
        tally.equal('WATCHDOG=1', notify.recv(4096).strip(), b'WATCHDOG=1')
    finally:
        p.send_signal(signal.SIGTERM)
        code = p.wait(30)
        log.close()
    tally.equal('ends when told', code, 0)
    with open(os.path.join(work, 'verify.log')) as f:
        said = f.read()
    tally.check('nothing was refused', 'not permitted' not in said, said)


def certificate(work):
    """certificate(work): one for "localhost" that signs itself."""
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-nodes', '-pkeyopt',
         'ec_paramgen_curve:P-256', '-days', '2', '-subj', '/CN=localhost',
         '-addext', 'subjectAltName=DNS:localhost', '-keyout', work + '/key',
         '-out', work + '/pem'], check=True, capture_output=True)


def check_lists_run(tally, work):
    """check_lists_run(tally, work): in its fence, the mirror finds a server by
    its name, speaks TLS with it and swaps its folder, twice."""
    certificate(work)
    site = os.path.join(work, 'site')
    shutil.copytree(os.path.join(work, 'p', 'lists'), site + '/lists')
    server = mirror_server.make(site, cert=work + '/pem', key=work + '/key')
    threading.Thread(target=server.serve_forever, daemon=True).start()
    argv = confined(work, 'carerpass-lists.service', [
        harness.program('carerpass-lists'), '--cacert', work + '/pem',
        '--root', site + '/lists/root.pub', 'https://localhost:%d/lists/'
        % server.server_address[1], work + '/copy'])
    env = {k: v for k, v in os.environ.items() if 'proxy' not in k.lower()}
    for n, seq in ((1, 7), (2, 8)):
        harness.run([sys.executable, HERE + '/../kit/folder.py', work + '/p',
                     '--now', NOW, '--seq', str(seq)])
        shutil.rmtree(site + '/lists')
        shutil.copytree(work + '/p/lists', site + '/lists')
        r = harness.run(argv, env=env)
        tally.equal('run %d' % n, (r.code, r.err), (0, b''))
        tally.check('run %d: mirrored' % n, r.out.startswith(b'Mirrored'), r)
    server.shutdown()


def check_publish_runs(tally, work):
    """check_publish_runs(tally, work): in its fence, the issuer forks its
    signer, which shuts itself in, and publishes."""
    places.build_shims(work, 'quick')
    base, _, _ = places.set_up(work)
    shutil.rmtree(base.out)
    r = harness.run(confined(work, 'carerpass-publish.service',
                             base.argv('publish', '--out', base.out)),
                    env=base.env())
    tally.equal('publish', (r.code, r.err), (0, b''))
    tally.check('published', os.path.exists(base.out + '/trust.cwt'))


NOW = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())


def main():
    os.umask(0o077)
    tally = harness.Tally()
    with tempfile.TemporaryDirectory(prefix='units-') as work:
        for name in sorted(os.listdir(UNITS)):
            if name.endswith('.service'):
                check_exposure(tally, work, name)
        check_meaning(tally, work)
        subprocess.run(['cc', '-std=c17', '-D_GNU_SOURCE', '-Wall', '-Wextra',
                        '-o', work + '/confine', HERE + '/confine.c',
                        '-lseccomp'], check=True)
        harness.run([sys.executable, HERE + '/../kit/folder.py', work + '/p',
                     '--now', NOW])
        check_fence(tally, work)
        check_verify_runs(tally, work)
        check_lists_run(tally, work)
        check_publish_runs(tally, work)
    tally.finish()


main()
