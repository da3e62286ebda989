"""Lays down what fuzzing begins with, made of the fixtures: `python3 seeds.py FOLDER`."""

import bz2
import gzip
import hashlib
import io
import pathlib
import sys
import tarfile
import zipfile

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"
QUERIES = [
    "service:s3 action:GetObject NOT outcome:success src.ip:198.51.100.0/24",
    "time:[2026-03-01 TO 2026-03-03] AND (kind:flow OR kind:event)",
    "actor.id:arn:aws:iam::111122223333:user/*",
    'action:"List*" OR (bytes:>=1000 AND -dst.port:443)',
    "src.ip: IN [198.51.100.24 203.0.113.9] time:none",
    "resource:* NOT error.code:* quality:recovered",
    'region:(eu-central-1 OR us-*) "a phrase" word',
    "time:>2026-03-02T10:00:00.5+01:00 bytes:{1 TO 9} packets:<=20",
]


def zstd(content):
    """A frame of one block that is not compressed; the content is short."""
    size = len(content).to_bytes(4, "little")
    return b"\x28\xb5\x2f\xfd\xa0" + size + (len(content) << 3 | 1).to_bytes(3, "little") + content


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def packed(files, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def containers():
    files = [("a/one.json", b'{"a":1}\n' * 50), ("../two", b"x" * 300), ("", b"")]
    whole = [gzip.compress(files[0][1], mtime=0), bz2.compress(files[0][1]), zstd(files[0][1]), tar(files)]
    whole += [packed(files, zipfile.ZIP_STORED), packed(files, zipfile.ZIP_DEFLATED)]
    yield from whole
    yield whole[0] * 3 + b"tail"
    yield from (gzip.compress(one, mtime=0) for one in whole)
    yield packed([(str(at), one) for at, one in enumerate(whole)], zipfile.ZIP_DEFLATED)
    yield tar([(str(at), one) for at, one in enumerate(whole)])
    yield gzip.compress(bytes(4_000_000), mtime=0)
    yield b"BZh9 is no archive"


def bags():
    declaration = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    manifest = hashlib.sha256(b"hello").hexdigest().encode() + b"  data/a\n"
    files = [("bag/bagit.txt", declaration), ("bag/data/a", b"hello"), ("bag/manifest-sha256.txt", manifest)]
    yield packed(files, zipfile.ZIP_STORED)
    yield packed(files + [("bag/bag-info.txt", b"Payload-Oxum: 5.1\n")], zipfile.ZIP_DEFLATED)
    yield packed(files + [("bag/../b", b""), ("bag/fetch.txt", b"-")], zipfile.ZIP_STORED)


def cases():
    yield b"\0SQLite format 3\0" + bytes(84)
    yield b"\1"
    for at in [0, 16, 18, 24, 28, 40, 60, 68, 100, 4096, 8192, 20_000, 60_000]:
        yield b"\1" + at.to_bytes(4, "little") + b"\4\0\1\2\3"
    yield b"\2" + bytes.fromhex("377f0682002de21800001000") + bytes(20)


def seeds():
    for path in sorted(FIXTURES.glob("*/*.in.*")):
        yield "formats", path.read_bytes()
    for one in containers():
        yield "containers", one
    for query in QUERIES:
        yield "query", query.encode()
    for line in (FIXTURES / "custody-vectors/custody.jsonl").read_bytes().splitlines():
        yield "custody_line", line
    leaf = b"0" * 64
    yield "custody_line", b'{"_t":"custody.withheld/1","leaf":"' + leaf + b'","reason":"r","seq":0}'
    for path in sorted(FIXTURES.glob("custody-vectors/checkpoints/*.note")):
        yield "note", path.read_bytes()
    yield "note", (FIXTURES / "custody-vectors/trusted.vkey").read_bytes().strip()
    for one in bags():
        yield "package", one
    for one in cases():
        yield "case_opening", one


def main():
    root = pathlib.Path(sys.argv[1])
    for number, (target, content) in enumerate(seeds()):
        folder = root / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed-{number:03d}").write_bytes(content)


if __name__ == "__main__":
    main()
