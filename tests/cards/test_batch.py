#!/usr/bin/python3
"""Goal of this test: what a batch prints is what was signed. BATCH cards (1,000)
are issued from one register and drawn as sheets of ten; two independent decoders
read every sheet at 300 dpi; both read exactly the addresses that the program gave
for its rows, one of them also in the register's order, and a verifier confirms
every one.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys

BIN = os.environ["BIN"]
ROOT = os.environ["ROOT"]
BATCH = int(os.environ.get("BATCH", "1000"))
NAMES = ["Rose Example", "Siân Wyn-Roberts", "Zoë O’Tarrin", "Łukasz Yarrowby",
         "Maximiliana Wilhelmina Fallowmere-Featherstonehaugh Penhallow"]
PLACES = 10
ENV = dict(os.environ, CARERPASS_DATA=os.path.abspath("data"))
HOST = "https://pass.example.org/#"


def carerpass(*words):
    run = subprocess.run([BIN + "/carerpass", *words, "--passphrase-file",
                          "pass"], env=ENV, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit("carerpass %s: exit %d: %s" % (words[0], run.returncode,
                                                run.stderr))
    return run.stdout


def issue():
    """The addresses of the batch, in the order of the register."""
    with open("pass", "w") as f:
        f.write("for this test only\n")
    os.chmod("pass", 0o600)
    carerpass("init", "--host", "pass.example.org", "--scheme", "Example")
    carerpass("org", "import", ROOT + "/tests/data/ods/epraccur.csv")
    carerpass("org", "enrol", "A81001")
    with open("reg.csv", "w", encoding="utf-8") as f:
        f.write("name,ref\n")
        for i in range(BATCH):
            f.write("%s,R%d\n" % (NAMES[i % len(NAMES)], i))
    out = carerpass("issue", "--org", "A81001", "--csv", "reg.csv", "--cards",
                    "cards.pdf", "--layout", "a4x10", "--json")
    carerpass("publish", "--out", "lists")
    return [json.loads(line)["url"] for line in out.splitlines()]


def zbar(page):
    """The texts of a sheet; this decoder does not say where they stand."""
    out = subprocess.run(["zbarimg", "-q", "--raw", "--nodbus", "-Sdisable",
                          "-Sqrcode.enable", page], capture_output=True,
                         text=True).stdout
    return sorted(out.split())


def zxing(page):
    """The texts of a sheet as people read it: from the top, from the left.
    Only QR codes are asked for: among the modules of a hundred sheets it sees
    a bar code of some other kind now and then."""
    out = subprocess.run(["ZXingReader", "-format", "QRCode", page],
                         capture_output=True, text=True).stdout
    found = []
    for block in out.split("Text:")[1:]:
        text = re.match(r'\s*"(.*?)"', block).group(1)
        x, y = re.search(r"Position:\s*(\d+)x(\d+)", block).groups()
        found.append((int(x), int(y), text))
    rows = sorted(found, key=lambda f: f[1])
    order = []
    for i in range(0, len(rows), 2):
        order += [t for _, _, t in sorted(rows[i:i + 2])]
    return order


def read_sheet(n):
    """Both readings of sheet n, from 0."""
    front = 2 * n + 1
    name = "sheet%d" % n
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "-singlefile", "-f",
                    str(front), "-l", str(front), "cards.pdf", name],
                   check=True)
    page = name + ".pgm"
    both = zbar(page), zxing(page)
    os.unlink(page)
    return both


def main():
    signed = issue()
    sheets = (BATCH + PLACES - 1) // PLACES
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for n, readings in enumerate(pool.map(read_sheet, range(sheets))):
            want = signed[PLACES * n:PLACES * (n + 1)]
            for who, got, right in (("zbar", readings[0], sorted(want)),
                                    ("ZXing", readings[1], want)):
                if got != right:
                    wrong += 1
                    print("sheet %d, %s: %d texts, not the %d that were "
                          "signed" % (n + 1, who, len(got), len(want)))
    check = subprocess.run(
        [BIN + "/carerpass-verify", "check", "--lists", "lists", "--state",
         "state", "--json", "-"], input="\n".join(signed) + "\n",
        capture_output=True, text=True)
    valid = check.stdout.count('"verdict":"valid"')
    print("%d cards on %d sheets, read by two decoders; %d confirmed" %
          (len(signed), sheets, valid))
    if (wrong or len(set(signed)) != BATCH or valid != BATCH or
            check.returncode != 0):
        sys.exit(1)
    print("1 passed")


main()
