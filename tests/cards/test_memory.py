#!/usr/bin/python3
"""Goal of this test: when memory is short, a card is either made, byte for byte
as always, or refused with an error: never a crash, never a card with a piece
missing.

The n-th allocation fails, once or for ever; every n up to 400, every 29th after
that (they are letter after letter of the same kind).
"""
import os
import signal
import subprocess
import sys

BIN = os.environ["BIN"]
PRINT = BIN + "/tests/cards/print_card"
PRELOAD = os.environ["ROOT"] + "/tests/cards/preload/fail_nth.c"


def run(nth, ever):
    env = dict(os.environ, FAIL_NTH=str(nth),
               LD_PRELOAD=os.path.abspath("fail_nth.so"))
    if ever:
        env["FAIL_EVER"] = "1"
    if os.path.exists("out.pdf"):
        os.unlink("out.pdf")
    p = subprocess.run([PRINT, "-y", "out.pdf", "name=Nguyễn \u1e9fan"],
                       env=env, capture_output=True, timeout=60)
    data = open("out.pdf", "rb").read() if os.path.exists("out.pdf") else None
    return p.returncode, data, p.stderr.decode(errors="replace")


def main():
    if os.path.basename(BIN) in ("asan", "tsan"):
        print("not run: the sanitizer has an allocator of its own")
        return 0
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1",
                    "-o", "fail_nth.so", PRELOAD], check=True)
    code, good, said = run(0, False)
    assert code == 0 and good
    total = int(said.split("allocations ")[1].split()[0])
    points = list(range(1, min(total, 400) + 1)) + list(
        range(401, total + 1, 29))
    faults, refused = 0, 0
    for ever in (False, True):
        for nth in points:
            code, data, said = run(nth, ever)
            if code < 0:
                what = "killed by " + signal.Signals(-code).name
            elif code == 0 and data != good:
                what = "made another card"
            elif code not in (0, 1):
                what = "exit %d" % code
            else:
                refused += code == 1
                continue
            faults += 1
            print("allocation %d%s: %s\n%s" % (
                nth, " and all after" if ever else "", what, said))
    assert refused > len(points)  # else nothing failed at all
    print("%d allocations, %d runs, %d refused, %d faults" % (
        total, 2 * len(points), refused, faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
