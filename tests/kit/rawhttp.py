"""HTTP/1.1 by the byte, for tests that say what no library would."""
import re
import socket


class Raw:
    """A connection on which anything may be said, and answers are told apart.

        r = Raw(sock); r.send(bytes); r.answer() -> (status, fields, body)
    """

    def __init__(self, sock, timeout=15):
        self.sock, self.buf, self.ended = sock, b'', False
        sock.settimeout(timeout)

    def send(self, data):
        """send(data): False if the other side would not take all of it."""
        try:
            self.sock.sendall(data)
            return True
        except OSError:
            return False

    def more(self):
        """more(): reads once; False at the end of the connection."""
        if self.ended:
            return False
        try:
            data = self.sock.recv(65536)
        except (ConnectionError, socket.timeout, OSError) as e:
            if isinstance(e, socket.timeout):
                raise
            data = b''
        self.buf += data
        self.ended = not data
        return bool(data)

    def answer(self, head_only=False):
        """answer(): the next answer, None if the connection ends first. What
        says 100 to 199 is passed over."""
        while True:
            while b'\r\n\r\n' not in self.buf:
                if not self.more():
                    return None
            head, _, rest = self.buf.partition(b'\r\n\r\n')
            m = re.match(rb'HTTP/1\.[01] (\d{3})', head)
            if not m:
                raise ValueError('not an answer: %r' % head[:80])
            self.buf, status = rest, int(m.group(1))
            if status >= 200:
                break
        fields = {}
        for line in head.split(b'\r\n')[1:]:
            name, _, value = line.partition(b':')
            fields[name.decode().lower()] = value.strip().decode('latin-1')
        body = b''
        if not head_only and status not in (204, 304):
            n = int(fields.get('content-length', -1))
            while (len(self.buf) < n or n < 0) and self.more():
                pass
            n = len(self.buf) if n < 0 else n
            body, self.buf = self.buf[:n], self.buf[n:]
        return status, fields, body

    def shut(self):
        """shut(): whether the other side says nothing more and ends."""
        while self.more():
            pass
        return not self.buf

    def close(self):
        self.sock.close()


def connect(port, timeout=15):
    return Raw(socket.create_connection(('127.0.0.1', port), timeout), timeout)
