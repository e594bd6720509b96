"""What the tests share that put a service under load."""
import os
import re
import resource
import socket
import sys
import time

sys.path[:0] = [os.path.join(os.environ['ROOT'], 'tests', d)
                for d in ('kit', 'oracle')]
from rawhttp import Raw  # noqa: E402


def room_for_sockets():
    """room_for_sockets(): as many descriptors as this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def rss(pid):
    """rss(pid): bytes that a process has in memory."""
    with open('/proc/%d/status' % pid) as f:
        return int(re.search(r'VmRSS:\s+(\d+) kB', f.read()).group(1)) * 1024


def fds(pid):
    return len(os.listdir('/proc/%d/fd' % pid))


def metric(service, name):
    """metric(service, name): one figure of /metrics."""
    text = service.ask('GET', '/metrics')[2].decode()
    return int(re.search(r'^carerpass_%s (\d+)$' % name, text, re.M).group(1))


def until(what, seconds=20):
    """until(what): waits for what() to be true; False if it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return what()


def good(port, code, timeout=5):
    """good(port, code): seconds that a verdict on a new connection took, None
    if there was none."""
    start = time.monotonic()
    body = code.encode()
    try:
        s = socket.create_connection(('127.0.0.1', port), timeout)
        r = Raw(s, timeout)
        r.send(b'POST /v1/verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
               b'Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n'
               % len(body) + body)
        a = r.answer()
        r.close()
    except OSError:
        return None
    if a is None or a[0] != 200 or b'"verdict":"valid"' not in a[2]:
        return None
    return time.monotonic() - start


def share(values, part):
    """share(values, part): the value that so large a part is not above."""
    v = sorted(values)
    return v[min(len(v) - 1, int(len(v) * part))] if v else None
