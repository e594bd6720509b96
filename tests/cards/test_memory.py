#!/usr/bin/python3
"""Goal of this test: when memory is short, a card is either made, byte for byte
as always, or refused with an error: never a crash, never a card with a piece
missing.

The n-th allocation fails, once or for ever; every n up to 400, every 29th after
that (they are letter after letter of the same kind). Every form: a card, a
sheet, a letter, the alignment page, pictures; for those after the first, every
11th up to 400 and every 97th after.
"""
import os
import signal
import subprocess
import sys

BIN = os.environ["BIN"]
PRINT = BIN + "/tests/cards/print_card"
PRELOAD = os.environ["ROOT"] + "/tests/cards/preload/fail_nth.c"


FORMS = {
    "card": ["-y", "out.pdf"],
    "sheet": ["-l", "a4x10", "-n", "3", "out.pdf"],
    "letter": ["-y", "-l", "letter", "out.pdf"],
    "alignment page": ["-a", "-l", "a4x10", "out.pdf"],
    "PNG": ["-y", "out.png"],
    "SVG": ["-y", "out.svg"],
}


def run(form, nth, ever):
    out = FORMS[form][-1]
    env = dict(os.environ, FAIL_NTH=str(nth),
               LD_PRELOAD=os.path.abspath("fail_nth.so"))
    if ever:
        env["FAIL_EVER"] = "1"
    if os.path.exists(out):
        os.unlink(out)
    p = subprocess.run([PRINT, *FORMS[form], "name=Nguyễn \u1e9fan"],
                       env=env, capture_output=True, timeout=60)
    data = open(out, "rb").read() if os.path.exists(out) else None
    return p.returncode, data, p.stderr.decode(errors="replace")


def main():
    if os.path.basename(BIN) in ("asan", "tsan"):
        print("not run: the sanitizer has an allocator of its own")
        return 0
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1",
                    "-o", "fail_nth.so", PRELOAD], check=True)
    faults = sum(sweep(form, i > 0) for i, form in enumerate(FORMS))
    return 1 if faults else 0


def sweep(form, sampled):
    code, good, said = run(form, 0, False)
    assert code == 0 and good
    total = int(said.split("allocations ")[1].split()[0])
    few, many = (11, 97) if sampled else (1, 29)
    points = list(range(1, min(total, 400) + 1, few)) + list(
        range(401, total + 1, many))
    faults, refused = 0, 0
    for ever in (False, True):
        for nth in points:
            code, data, said = run(form, nth, ever)
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
            print("%s, allocation %d%s: %s\n%s" % (
                form, nth, " and all after" if ever else "", what, said))
    # Else nothing failed at all.
    assert refused > len(points), (form, refused, len(points))
    print("%s: %d allocations, %d runs, %d refused, %d faults" % (
        form, total, 2 * len(points), refused, faults))
    return faults


if __name__ == "__main__":
    sys.exit(main())
