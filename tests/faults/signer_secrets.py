#!/usr/bin/python3
"""Goal: no key and no passphrase is to be found outside the signer, and the
signer shows itself to nobody, not even to processes of its own user.

    BIN=build/release tests/faults/signer_secrets.py

What to look for is worked out from the key folder and the passphrase by
keyfolder.py, independently of the programs.  Run by root, the programs run as
"nobody", and root also looks into the signer itself: there the keys must be
found, or this test could not find anything.
"""
import base64
import ctypes
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import keyfolder  # noqa: E402
import harness    # noqa: E402

PASS = b'a sentence that stands nowhere else'
ROOT = os.geteuid() == 0
USER = pwd.getpwnam('nobody') if ROOT else pwd.getpwuid(os.geteuid())
LIBC = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_DETACH, PTRACE_SEIZE = 16, 17, 0x4206
TALLY = harness.Tally()


def as_user():
    if ROOT:
        os.setgroups([])
        os.setgid(USER.pw_gid)
        os.setuid(USER.pw_uid)


# --- what must be found nowhere ------------------------------------------------

def secrets_of(folder, extra=()):
    """secrets_of(folder, extra): Returns {name: bytes}; extra are rows for
    Keys.seed()."""
    keys = keyfolder.Keys(folder, PASS)
    out = {'passphrase': PASS, 'stretched passphrase': keys.stretched,
           'master key': keys.master, 'sealing key': keys.seal,
           'holders\' key': keys.person, 'blind key': keys.blind,
           'journal key': keys.chain, 'root seed': keys.root_seed()}
    for i, row in enumerate(extra):
        out['seed %d' % i] = keys.seed(*row)
    for name in [n for n in out if 'seed' in n]:
        h = bytearray(hashlib.sha512(out[name]).digest()[:32])
        h[0] &= 248
        h[31] = h[31] & 127 | 64
        out[name + ', as a scalar'] = bytes(h)
    return out


def forms(secret):
    """forms(secret): the ways in which it could have been written down."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    yield base64.b64encode(secret).rstrip(b'=')[:-1]
    yield base64.urlsafe_b64encode(secret).rstrip(b'=')[:-1]


def found(secrets, data):
    return sorted(n for n, s in secrets.items()
                  if any(f in data for f in forms(s)))


def regions(pid):
    """regions(pid): yields (address, bytes, mapping's line) of all memory."""
    with open('/proc/%d/maps' % pid) as maps, \
            open('/proc/%d/mem' % pid, 'rb', 0) as mem:
        for line in maps:
            m = re.match(r'([0-9a-f]+)-([0-9a-f]+) (r)', line)
            if m is None or '[v' in line:       # [vvar], [vsyscall]
                continue
            low, high = int(m.group(1), 16), int(m.group(2), 16)
            for at in range(low, high, 1 << 24):
                try:
                    mem.seek(at)
                    yield at, mem.read(min(1 << 24, high - at)), line
                except (OSError, ValueError, OverflowError):
                    pass


def memory(pid):
    return b''.join(data for _, data, _ in regions(pid))


def files(folder, but=()):
    for at, _, names in os.walk(folder):
        for n in names:
            path = os.path.join(at, n)
            if path not in but and os.path.isfile(path):
                yield path, open(path, 'rb').read()


# --- a long-lived signer ---------------------------------------------------------

class Held:
    def __init__(self, root):
        self.root = root
        self.folder = os.path.join(root, 'keys')
        self.passfile = os.path.join(root, 'pass')
        self.cores = os.path.join(root, 'cores')
        self.log = open(os.path.join(root, 'log'), 'wb')
        self.p = subprocess.Popen(
            [harness.program('faults/signer_hold'), self.folder,
             self.passfile], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log, cwd=self.cores, preexec_fn=as_user)
        self.said = self.p.stdout.readline()
        _, asker, signer = self.said.split()
        self.asker, self.signer = int(asker), int(signer)

    def tell(self, word):
        self.p.stdin.write(word + b'\n')
        self.p.stdin.flush()

    def ask(self, word):
        self.tell(word)
        line = self.p.stdout.readline()
        self.said += line
        if line != b'done\n':
            sys.exit('signer_hold: %r' % line)


def key_row(path):
    f = {k.decode(): v.decode() for k, v in keyfolder.fields(path).items()}
    use = ['passport', 'status', 'root'].index(f['use'])
    return (bytes.fromhex(f['kid']), bytes.fromhex(f['public']), use,
            '' if f['ods'] == '-' else f['ods'], int(f['not-before']),
            int(f['not-after']), bytes.fromhex(f['sealed']))


# --- as the signer's own user ------------------------------------------------------

def try_open(path):
    def attempt(pid):
        with open(path % pid, 'rb') as f:
            f.read(1)
    return attempt


def try_ptrace(request):
    def attempt(pid):
        if LIBC.ptrace(request, pid, None, None) != 0:
            raise OSError(ctypes.get_errno(), 'ptrace')
        if request == PTRACE_ATTACH:
            os.waitpid(pid, 0)
        LIBC.ptrace(PTRACE_DETACH, pid, None, None)
    return attempt


def try_vm_readv(pid):
    class Iovec(ctypes.Structure):
        _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]
    here = ctypes.create_string_buffer(8)
    a = Iovec(ctypes.addressof(here), 8)
    # An address that no process has: EPERM comes first, else EFAULT.
    b = Iovec(4096, 8)
    LIBC.process_vm_readv(pid, ctypes.byref(a), 1, ctypes.byref(b), 1, 0)
    if ctypes.get_errno() == 1:
        raise PermissionError(1, 'process_vm_readv')


def try_fds(pid):
    os.listdir('/proc/%d/fd' % pid)


def try_gcore(pid):
    p = subprocess.run(['gcore', '-o', '/dev/null', str(pid)],
                       capture_output=True)
    if b'Operation not permitted' in p.stderr + p.stdout:
        raise PermissionError(1, 'gcore')


def try_pidfd(pid):
    fd = os.pidfd_open(pid)
    got = LIBC.syscall(438, fd, 0, 0)       # pidfd_getfd: its journal
    if got < 0:
        raise OSError(ctypes.get_errno(), 'pidfd_getfd')


ATTEMPTS = [
    ('/proc/PID/mem', try_open('/proc/%d/mem'), False),
    ('/proc/PID/environ', try_open('/proc/%d/environ'), True),
    ('/proc/PID/maps', try_open('/proc/%d/maps'), True),
    ('/proc/PID/fd', try_fds, True),
    ('/proc/PID/stack or auxv', try_open('/proc/%d/auxv'), True),
    ('process_vm_readv', try_vm_readv, True),
    ('pidfd_getfd', try_pidfd, True),
    ('ptrace attach', try_ptrace(PTRACE_ATTACH), True),
    ('ptrace seize', try_ptrace(PTRACE_SEIZE), False),
] + ([('gcore', try_gcore, False)] if shutil.which('gcore') else [])


def refused(attempt, pid):
    """refused(attempt, pid): Whether the kernel refused it to our user."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            as_user()
            LIBC.prctl(4, 1, 0, 0, 0)       # dumpable again after setuid
            attempt(pid)
            code = 0
        except PermissionError:
            code = 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2


def hides_from_its_own_user(held):
    for name, attempt, control in ATTEMPTS:
        TALLY.check('the signer refuses ' + name,
                    refused(attempt, held.signer))
        if control:     # the same on an ordinary process of the same user
            TALLY.check('the test can do ' + name,
                        not refused(attempt, held.asker))


def status_of(pid):
    with open('/proc/%d/status' % pid) as f:
        return dict(line.rstrip('\n').split(':\t', 1) for line in f
                    if ':\t' in line)


def is_shut_in(held):
    s = status_of(held.signer)
    TALLY.equal('the signer\'s system calls are filtered', s['Seccomp'], '2')
    TALLY.equal('it gains no privileges', s['NoNewPrivs'], '1')
    if not ROOT:
        return
    with open('/proc/%d/limits' % held.signer) as f:
        core = [line.split() for line in f if line.startswith('Max core')]
    TALLY.equal('it may leave no core', core[0][4:6], ['0', '0'])
    fds = sorted(os.readlink('/proc/%d/fd/%s' % (held.signer, n))
                 for n in os.listdir('/proc/%d/fd' % held.signer)
                 if int(n) > 2)
    TALLY.check('it has its journal and its socket open, no more',
                len(fds) == 2 and fds[0].endswith('/journal')
                and fds[1].startswith('socket:'), fds)


def keeps_keys_in_locked_memory(held, secrets):
    """Root looks into the signer: its keys are there, each in memory that is
    neither swapped nor dumped, and the passphrase is gone."""
    flags = {}
    with open('/proc/%d/smaps' % held.signer) as f:
        for line in f:
            m = re.match(r'([0-9a-f]+)-([0-9a-f]+) ', line)
            if m:
                low, high = int(m.group(1), 16), int(m.group(2), 16)
            elif line.startswith('VmFlags:'):
                flags[(low, high)] = line.split()[1:]
    hits = {n: [] for n in secrets}
    for at, data, line in regions(held.signer):
        for name, s in secrets.items():
            i = data.find(s)
            while i >= 0:
                f = [v for (a, b), v in flags.items() if a <= at + i < b]
                hits[name].append((line.split()[-1], f and 'dd' in f[0]
                                   and 'lo' in f[0]))
                i = data.find(s, i + 1)
    TALLY.check('root finds the master key in the signer',
                len(hits['master key']) > 0)
    for name, where in hits.items():
        if 'passphrase' in name:
            TALLY.check('the %s is gone from the signer' % name, not where,
                        where)
        TALLY.check('the %s is in locked memory only' % name,
                    all(safe for _, safe in where), where)


def nothing_outside(held, secrets):
    TALLY.equal('the asking process', found(secrets, memory(held.asker)), [])
    TALLY.check('its memory was searched',
                b'Sealed Sample Name' in memory(held.asker))
    for path, data in files(held.root, but=(held.passfile,)):
        TALLY.equal(os.path.relpath(path, held.root), found(secrets, data), [])
    TALLY.equal('its output', found(secrets, held.said), [])
    for what in ('environ', 'cmdline'):
        with open('/proc/%d/%s' % (held.asker, what), 'rb') as f:
            TALLY.equal(what, found(secrets, f.read()), [])


def leaves_no_core(held, secrets):
    with open('/proc/sys/kernel/core_pattern') as f:
        by_file = f.read(1) not in '|@'
    os.kill(held.signer, signal.SIGSEGV)
    held.tell(b'abort')
    held.p.wait()
    cores = list(files(held.cores))
    if not by_file:
        print('(core dumps go to a program here: not looked at)')
        return
    TALLY.equal('one core, the asking process\'s', len(cores), 1)
    for _, data in cores:
        TALLY.check('it is a core of it', b'signer_hold is held' in data)
        TALLY.equal('the core', found(secrets, data), [])


def long_lived(root):
    for name in ('keys', 'cores'):
        os.mkdir(os.path.join(root, name), 0o700)
    with open(os.path.join(root, 'pass'), 'wb') as f:
        f.write(PASS + b'\n')
    for name in ('', 'keys', 'cores', 'pass'):
        os.chown(os.path.join(root, name), USER.pw_uid, USER.pw_gid)
    os.chmod(os.path.join(root, 'pass'), 0o600)
    held = Held(root)
    held.ask(b'work')
    secrets = secrets_of(held.folder,
                         [key_row(held.folder + '/issuer.key')])
    hides_from_its_own_user(held)
    is_shut_in(held)
    if ROOT:
        keeps_keys_in_locked_memory(held, secrets)
    nothing_outside(held, secrets)
    leaves_no_core(held, secrets)


# --- the real command ---------------------------------------------------------------

def carerpass(root, *words, shim=None, at=0):
    env = dict(os.environ)
    if shim:
        env.update(LD_PRELOAD=shim, CRASH_WHO='asker', CRASH_HOW='stop',
                   CRASH_AT=str(at))
    data = ['--data', os.path.join(root, 'data')]
    if words[:2] != ('org', 'import'):
        data += ['--passphrase-file', os.path.join(root, 'pass')]
    n = 2 if words[0] == 'org' else 1
    return subprocess.Popen(
        [harness.program('carerpass'), *words[:n], *data, *words[n:]],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=env, cwd=root)


def wait_stopped(p):
    """wait_stopped(p): Returns False if it ended first."""
    for _ in range(3000):
        if p.poll() is not None:
            return False
        if status_of(p.pid)['State'].startswith('T'):
            return True
        time.sleep(0.01)
    return False


def issuing(root):
    """The asking process `carerpass issue`, stopped at each of its steps."""
    shim = os.path.join(root, 'crash.so')
    subprocess.run(['cc', '-std=c17', '-D_GNU_SOURCE', '-O1', '-shared',
                    '-fPIC', '-o', shim, os.path.join(HERE, 'preload_crash.c'),
                    '-ldl', '-lsodium'], check=True)
    with open(os.path.join(root, 'pass'), 'wb') as f:
        f.write(PASS + b'\n')
    os.chmod(os.path.join(root, 'pass'), 0o600)
    ods = os.path.join(HERE, '..', 'data', 'ods')
    said = b''
    for words in (('init', '--host', 'pass.example.org'),
                  ('org', 'import', ods + '/epraccur.csv'),
                  ('org', 'enrol', 'A81001')):
        p = carerpass(root, *words)
        said += p.communicate()[0]
        if p.returncode != 0:
            sys.exit('%s: %r' % (words, said))
    import sqlite3
    db = sqlite3.connect(root + '/data/registry.db')
    rows = keyfolder.registry_keys(db)
    db.close()
    secrets = secrets_of(root + '/data/keys', rows)
    TALLY.check('the registry\'s keys open', len(rows) >= 2)
    stops = 0
    for at in range(1, 12):
        p = carerpass(root, 'issue', '--org', 'A81001', '--name',
                      'Waiting Person', '--ref', 'W%d' % at, shim=shim, at=at)
        if wait_stopped(p):
            stops += 1
            data = memory(p.pid)
            TALLY.equal('carerpass issue, step %d' % at,
                        found(secrets, data), [])
            TALLY.check('its memory was searched', b'Waiting Person' in data)
            os.kill(p.pid, signal.SIGCONT)
            said += p.communicate()[0]
            TALLY.equal('it ends well', p.returncode, 0)
        else:
            said += p.communicate()[0]
            break
    TALLY.check('it was stopped at times', stops >= 3)
    said += carerpass(root, 'publish').communicate()[0]
    for path, data in files(root, but=(os.path.join(root, 'pass'), shim)):
        TALLY.equal(os.path.relpath(path, root), found(secrets, data), [])
    TALLY.equal('all output', found(secrets, said), [])


def main():
    os.umask(0o077)
    for part in (long_lived, issuing):
        with tempfile.TemporaryDirectory(prefix='signer-secrets-') as root:
            part(root)
    TALLY.finish()


main()
