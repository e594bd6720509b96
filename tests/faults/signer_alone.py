#!/usr/bin/python3
"""Goal: one signer at a time; a second is told so at once; and one that nobody
waits for any more goes away and leaves terminal and lock as they were.

    BIN=build/release tests/faults/signer_alone.py
"""
import errno
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'oracle'))
import harness    # noqa: E402

PASS = b'several plain words'
TALLY = harness.Tally()


class Place:
    def __init__(self, root):
        self.root = root
        self.data = os.path.join(root, 'data')
        self.passfile = os.path.join(root, 'pass')
        self.fifo = os.path.join(root, 'fifo')
        with open(self.passfile, 'wb') as f:
            f.write(PASS + b'\n')
        self.never = os.path.join(root, 'never')    # nobody writes to it
        os.mkfifo(self.fifo, 0o600)
        os.mkfifo(self.never, 0o600)

    def argv(self, *words, passfile=None):
        return ([harness.program('carerpass'), words[0], '--data', self.data]
                + (['--passphrase-file', passfile] if passfile else [])
                + list(words[1:]))

    def run(self, *words):
        """run(...): a whole command that reads the passphrase from its file."""
        return harness.run(self.argv(*words, passfile=self.passfile))

    def start(self, *words, passfile):
        return subprocess.Popen(self.argv(*words, passfile=passfile),
                                stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE,
                                start_new_session=True)


def children(pid):
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            return [int(x) for x in f.read().split()]
    except FileNotFoundError:
        return []


def wait_for(what, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.01)
    return None


def gone(pid):
    try:
        with open('/proc/%d/stat' % pid) as f:
            return f.read().rsplit(')', 1)[1].split()[0] == 'Z'
    except FileNotFoundError:
        return True


def has_lock(pid):
    """has_lock(pid): Whether the signer has its journal open and locked."""
    def there():
        try:
            return any(os.readlink('/proc/%d/fd/%s' % (pid, n))
                       .endswith('/journal')
                       for n in os.listdir('/proc/%d/fd' % pid))
        except OSError:
            return False
    return wait_for(there)


def is_refused(place, label):
    """A second command on the same folder is refused before it asks for its
    passphrase, for which it would wait for ever here, and says why."""
    p = harness.run(place.argv('publish', passfile=place.never), timeout=20)
    TALLY.equal(label + ': exit', p.code, 69)
    TALLY.check(label + ': says why', b'another carerpass is at work' in p.err,
                p.err)


def works(place, label):
    p = place.run('publish', '--out', place.root + '/lists')
    TALLY.equal(label, p.code, 0)


def two_at_once(place):
    first = place.start('publish', passfile=place.fifo)
    signer = wait_for(lambda: children(first.pid))[0]
    TALLY.check('the first has the lock', has_lock(signer))
    is_refused(place, 'the first waits for its passphrase')
    with open(place.fifo, 'wb') as f:
        f.write(PASS + b'\n')
    out, err = first.communicate(timeout=60)
    TALLY.equal('the first ends well', (first.returncode, err), (0, b''))
    works(place, 'afterwards there is room')


def one_stopped(place):
    first = place.start('publish', passfile=place.fifo)
    signer = wait_for(lambda: children(first.pid))[0]
    has_lock(signer)
    with open(place.fifo, 'wb') as f:
        f.write(PASS + b'\n')
    os.kill(first.pid, signal.SIGSTOP)
    is_refused(place, 'the first is stopped')
    os.kill(first.pid, signal.SIGCONT)
    first.communicate(timeout=60)
    TALLY.equal('and goes on', first.returncode, 0)


def killed_while_it_waits(place):
    for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP):
        first = place.start('publish', passfile=place.fifo)
        signer = wait_for(lambda: children(first.pid))[0]
        has_lock(signer)
        os.kill(first.pid, how)
        first.wait()
        TALLY.check('%s: the signer does not stay behind' % how.name,
                    wait_for(lambda: gone(signer), 3))
        first.stdout.close()
        first.stderr.close()
        works(place, '%s: the next can work' % how.name)


def without_a_terminal(place):
    p = harness.run(place.argv('publish'))
    TALLY.equal('no terminal: exit', p.code, 77)
    TALLY.check('no terminal: says what to do',
                b'--passphrase-file' in p.err, p.err)


class Terminal:
    """carerpass on a terminal of its own."""

    def __init__(self, argv):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(argv[0], argv)
        self.seen = b''

    def until(self, text, seconds=10):
        end = time.monotonic() + seconds
        while text not in self.seen and time.monotonic() < end:
            if not select.select([self.fd], [], [], 0.1)[0]:
                continue
            try:
                self.seen += os.read(self.fd, 4096)
            except OSError as e:
                if e.errno == errno.EIO:
                    break
                raise
        return text in self.seen

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def end(self):
        self.until(b'\0never', 2)
        pid, status = 0, 0
        for _ in range(1000):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            time.sleep(0.01)
        if not pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            return None
        return os.waitstatus_to_exitcode(status)


def typed(place):
    t = Terminal(place.argv('publish', '--out', place.root + '/lists'))
    TALLY.check('it asks', t.until(b'Passphrase: '), t.seen)
    TALLY.check('without echo', wait_for(lambda: not t.echoes()))
    os.write(t.fd, PASS + b'\r')
    TALLY.equal('typed: ends well', t.end(), 0)
    TALLY.check('typed: never shown', PASS not in t.seen, t.seen)


def given_up(place, key, name):
    t = Terminal(place.argv('publish'))
    t.until(b'Passphrase: ')
    wait_for(lambda: not t.echoes())
    signer = children(t.pid)[0]
    os.write(t.fd, b'half a pass')
    os.write(t.fd, key)
    TALLY.check('%s: nothing was done' % name, t.until(b'nothing was done'),
                t.seen)
    TALLY.check('%s: the echo is back' % name, wait_for(t.echoes))
    TALLY.equal('%s: exit' % name, t.end(), 77)
    TALLY.check('%s: the signer has gone' % name,
                wait_for(lambda: gone(signer), 3))
    works(place, '%s: the next can work' % name)


def init_given_up(root):
    data = os.path.join(root, 'new')
    t = Terminal([harness.program('carerpass'), 'init', '--data', data,
                  '--host', 'pass.example.org'])
    t.until(b'safe): ')
    wait_for(lambda: not t.echoes())
    os.write(t.fd, b'\x03')
    TALLY.equal('init given up: exit', t.end(), 77)
    TALLY.check('init given up: nothing is left', not os.path.exists(data))


def typed_differently(root):
    data = os.path.join(root, 'other')
    t = Terminal([harness.program('carerpass'), 'init', '--data', data,
                  '--host', 'pass.example.org'])
    t.until(b'safe): ')
    wait_for(lambda: not t.echoes())
    os.write(t.fd, b'several plain words\r')
    t.until(b'Once more: ')
    time.sleep(0.1)
    os.write(t.fd, b'several plain word\r')
    TALLY.equal('typed differently: exit', t.end(), 77)
    TALLY.check('typed differently: says so', b'not the same' in t.seen)
    TALLY.check('typed differently: nothing left', not os.path.exists(data))


def main():
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix='signer-alone-') as root:
        place = Place(root)
        p = place.run('init', '--host', 'pass.example.org')
        if p.code != 0:
            sys.exit('set-up: %r' % p)
        two_at_once(place)
        one_stopped(place)
        killed_while_it_waits(place)
        without_a_terminal(place)
        typed(place)
        given_up(place, b'\x03', 'Ctrl-C')
        given_up(place, b'\x04\x04', 'Ctrl-D')
        init_given_up(root)
        typed_differently(root)
    TALLY.finish()


main()
