#!/usr/bin/env python3
"""Verifies an exported chain of custody with nothing but Python's standard library and openssl.

usage: verify_custody.py DIR [--key VKEY]... [--pin SIZE:ROOT]... [--tsa-ca FILE]
exit status: 0 verified, 1 failed, 2 verified with warnings. The last line is size, root, head.
Keys and pins must come from outside of DIR. The format is described in custody-format.md."""
import argparse, base64, hashlib, json, re, subprocess, sys, tempfile
from datetime import datetime, timezone
from pathlib import Path

LIMITS = """This shows that the entries are those that were signed, time-stamped or pinned. It does not show that
everything was recorded, nor that what was recorded is true. A log that was cut back to an older signed
state looks whole: only a pin from outside (--pin) shows that something is missing."""
fails, warns = [], []  # what contradicts, what is not covered
leaves, entries, roots, objects = [], [], [hashlib.sha256().digest()], {}


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def refuse(reason):
    raise ValueError(reason)


def members(pairs):
    ascii_keys = all(re.fullmatch("[ -~]*", key) for key, _ in pairs)
    return dict(pairs) if ascii_keys and len(dict(pairs)) == len(pairs) else refuse("keys: ASCII, each once")


def within_profile(value, depth=1):
    if isinstance(value, (dict, list)):
        depth <= 128 or refuse("too deep")
        for inner in value.values() if isinstance(value, dict) else value:
            within_profile(inner, depth + 1)
    elif type(value) is int and abs(value) > 2**53 - 1:
        refuse("integer beyond 2^53-1")


def canonical(line):
    value = json.loads(line.decode(), object_pairs_hook=members, parse_float=refuse, parse_constant=refuse)
    within_profile(value)
    same = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == line
    return value if same and isinstance(value, dict) else refuse("not canonical")


def check_time(text):
    re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{3}Z", str(text)) or refuse(f"time {text!r}")
    datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")


def is_hash(text):
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{64}", text) is not None


def expect(what, expected, found):
    type(found) is type(expected) and found == expected or refuse(f"expected {what} {expected}, found {found}")


def check_entry(number, entry, leaf, case, last):
    """Steps 1 and 2: one entry in its place. Gives its leaf hash."""
    expect("seq", number, entry.get("seq"))
    if entry.get("_t") == "custody.withheld/1":
        good = set(entry) == {"_t", "leaf", "reason", "seq"} and is_hash(entry["leaf"]) and isinstance(entry["reason"], str)
        return bytes.fromhex(entry["leaf"]) if good else refuse("a withheld entry is exactly _t, leaf, reason, seq")
    expect("_t", "custody.entry/1", entry.get("_t"))
    check_time(entry.get("recorded_at")), check_time(entry.get("occurred_at", entry["recorded_at"]))
    isinstance(entry.get("event"), str) or refuse("no event")
    expect("prev", leaves[-1].hex() if leaves else None, entry.get("prev", ""))
    expect("case", case, entry.get("case"))
    if last and entry["recorded_at"] < last and entry.get("clock_step") is not True:
        warns.append(f"entry {number}: its time lies before that of the entry before it")
    for item in entry["objects"] if isinstance(entry.get("objects"), list) else []:
        name = item.get("id") if isinstance(item, dict) else None
        isinstance(name, str) and re.fullmatch(r"(?!\.)[A-Za-z0-9._-]{1,64}", name) or refuse(f"no object id: {name!r}")
        known, hashes = objects.setdefault(name, {}), item.get("hashes")
        known["evidence"] = known.get("evidence") or item.get("type") == "evidence"
        digest = hashes.get("sha256") if isinstance(hashes, dict) else None
        for what, stated in (("sha256", digest if isinstance(digest, str) else None), ("size", item.get("size"))):
            if stated is not None and known.setdefault(what, stated) != stated:
                refuse(f"another {what} of {name} than was stated before")
    return leaf


def read_entries(data):
    lines, case, last, peaks = data.split(b"\n"), None, None, []
    lines.pop() == b"" and lines or fails.append("custody.jsonl: expected entries, each with a line feed")
    for number, line in enumerate(lines if data.endswith(b"\n") else data.split(b"\n")):
        leaf, entry = sha(b"\0", line), None
        try:
            read = canonical(line)
            found = read.get("case")
            if not case and isinstance(found, str) and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found):
                case = found
            leaf = check_entry(number, read, leaf, case, last)
            entry = read if "event" in read else None
            last = entry["recorded_at"] if entry else last
        except (ValueError, RecursionError) as problem:
            fails.append(f"entry {number} (line {number + 1}): {str(problem)[:300]}")
        leaves.append(leaf), entries.append(entry)
        while number & 1:  # the roots of full subtrees, largest first
            leaf, number = sha(b"\1", peaks.pop(), leaf), number >> 1
        peaks.append(leaf)
        root = peaks[-1]
        for left in peaks[-2::-1]:
            root = sha(b"\1", left, root)
        roots.append(root)
    return case


def said(event):
    """Number and details of the entries of an event."""
    rows = ((seq, entry.get("details")) for seq, entry in enumerate(entries) if entry and entry["event"] == event)
    return [(seq, details) for seq, details in rows if isinstance(details, dict)]


def b64(text):
    data = base64.b64decode(text, validate=True)
    return data if base64.b64encode(data).decode() == text else refuse("base64")


def openssl(command, **files):
    """Runs openssl beside the given files; whether it succeeded, and its output."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        done = subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True)
    return done.returncode == 0, done.stdout.decode(errors="replace")


def vkey(text):
    name, key_id, key = text.split("+", 2)
    good = b64(key)[:1] == b"\1" and len(b64(key)) == 33 and sha(name.encode(), b"\n", b64(key)).hex()[:8] == key_id
    return text if good else refuse(f"no verifier key: {text!r}")


def pin(text):
    match = re.fullmatch("([0-9]{1,19}):([0-9a-f]{64})", text) or refuse("no pin")
    return int(match[1]), bytes.fromhex(match[2])


def fits(size, root):
    size < len(roots) or refuse(f"TRUNCATED: expected at least {size} entries, found {len(leaves)}")
    roots[size] == root or refuse(f"REWRITTEN: expected root {root.hex()}, found {roots[size].hex()}")


class Note:
    def __init__(self, path):
        self.name, self.bytes, self.tsr = path.name, path.read_bytes(), path.with_name(path.name + ".tsr")
        whole = self.bytes.decode()
        good = whole.endswith("\n") and "\n\n" in whole and len(self.bytes) <= 65536
        good and not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f]", whole) or refuse("not a note")
        text, lines = whole[:-1].rsplit("\n\n", 1)
        self.text, (self.origin, size, root) = text + "\n", (text.split("\n") + ["", ""])[:3]
        self.origin and re.fullmatch("0|[1-9][0-9]{0,18}", size) and "\n\n" not in text or refuse("not a checkpoint")
        self.size, self.root, lines = int(size), b64(root), lines.split("\n")
        matches = [re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line) or refuse("signature line") for line in lines]
        self.signatures = [(match[1], b64(match[2])) for match in matches]
        good = len(self.root) == 32 and len(lines) <= 100 and all(len(data) > 4 for _, data in self.signatures)
        good or refuse("not a checkpoint")

    def signed_by(self, key):
        """None where the key did not sign, else whether all its signatures are right."""
        name, key_id, key = key.split("+", 2)
        mine = [data[4:] for signer, data in self.signatures if signer == name and data[:4].hex() == key_id]
        files = {"key": bytes.fromhex("302a300506032b6570032100") + b64(key)[1:], "text": self.text.encode()}
        command = "pkeyutl -verify -pubin -inkey key -keyform DER -rawin -in text -sigfile signature"
        return all(openssl(command, signature=data, **files)[0] for data in mine) if mine else None


def check_notes(notes, keys, case):
    """Step 3: signature, root, and the keys that signed entries let in or end. Gives the good notes."""
    pending, ending, good = [], [], []
    for event, names in (("actor.added", ["vkey"]), ("key.revoked", ["vkey"]), ("key.rotated", ["old_vkey", "new_vkey"])):
        for seq, details in said(event):
            try:
                pending.append((seq, event, [vkey(details[name]) for name in names]))
            except (ValueError, KeyError, AttributeError):
                pending += [(seq, "unreadable", [])] if any(name in details for name in names) else []
    checked = bool(keys)
    for note in sorted(notes, key=lambda note: note.size):
        keys = [key for key in keys if not any(size < note.size and key == old for size, old in ending)]
        try:
            case and note.origin.endswith(f"/case/{case}") or refuse(f"of another case: {note.origin}")
            signed = [note.signed_by(key) for key in keys]
            False not in signed or refuse("wrong signature by a trusted key")
            True in signed or not checked or refuse("no signature by a trusted key")
            fits(note.size, note.root)
            for one in sorted(one for one in pending if one[0] < note.size) if checked else []:
                _, event, named = one
                by_both = event == "key.rotated" and named[0] in keys and all(note.signed_by(key) for key in named)
                if event == "unreadable" or event == "key.rotated" and not by_both:
                    continue
                pending.remove(one)
                if event != "key.revoked" and named[-1] not in keys:
                    note.signed_by(named[-1]) is not False or refuse("wrong signature by a key it lets in")
                    keys.append(named[-1])
                ending += [(note.size, named[0])] if event != "actor.added" else []
            good.append(note)
        except ValueError as problem:
            fails.append(f"{note.name}: {problem}")
    warns.extend(f"entry {seq} speaks of a key, and no note confirms it" for seq, _, _ in pending)
    return good


def check_token(note, ca):
    """Step 4: the time stamp over the note's bytes; where a certificate has expired since, at its own time."""
    files = {"data": note.bytes, "token": note.tsr.read_bytes(), "ca": ca.read_bytes()}
    text = openssl("ts -reply -in token -text", **files)[1]
    shown = re.search(r"Time stamp: (\w+ +\d+ [\d:]+)(?:\.\d+)? (\d+) GMT", text) or refuse("not a time stamp")
    at = datetime.strptime(f"{shown[1]} {shown[2]}", "%b %d %H:%M:%S %Y")
    if not openssl("ts -verify -data data -in token -CAfile ca", **files)[0]:
        epoch = int(at.replace(tzinfo=timezone.utc).timestamp())
        command = f"ts -verify -data data -in token -CAfile ca -attime {epoch}"
        openssl(command, **files)[0] or refuse("openssl does not accept the time stamp")
        warns.append(f"{note.name}: a certificate of the time stamp has since expired")


def in_package(folder, name, digest):
    """In a package the originals lie beside the custody folder, each in a folder of its id; the same bytes once."""
    same = [other for other, known in objects.items() if known.get("sha256") == digest and other != name]
    folders = [folder.resolve().parent / "evidence" / one for one in [name, *same]]
    return [path for one in folders if one.is_dir() for path in sorted(one.iterdir()) if path.is_file()]


def check_evidence(folder, name, known):
    """Step 7: an original, under its id or its hash."""
    digest = known["sha256"] if is_hash(known.get("sha256")) else "none"
    paths = [folder / "evidence" / name, folder / "evidence" / digest[:2] / digest]
    paths = [path for path in paths if path.is_file()] or in_package(folder, name, digest)
    if not paths:
        return warns.append(f"evidence {name} is not here and was not compared")
    found, size = hashlib.sha256(), 0
    with paths[0].open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
            size += len(block)
    if found.hexdigest() != digest or known.get("size", size) not in (size, str(size)):
        fails.append(f"evidence {name}: expected {digest} of {known.get('size')} bytes, found {found.hexdigest()} of {size}")


def attempt(what, check, *arguments):
    try:
        return check(*arguments) or True
    except ValueError as problem:
        fails.append(f"{what}: {problem}")


def main(folder, keys, pins, ca):
    case = read_entries((folder / "custody.jsonl").read_bytes())
    if not keys:
        files = [path for path in (folder / "trusted.vkey", folder / "trust/trusted.vkey") if path.is_file()]
        keys = [vkey(line) for path in files for line in path.read_text().split()]
        problem = "the key came with what it signs: compare it with one from outside" if keys else "signatures not checked: no key"
        warns.extend([problem] if not keys or not pins else [])
    paths = sorted((folder / "checkpoints").glob("*.note"))
    paths or warns.append("no signed note is here: whoever holds the file can have rewritten it")
    read = [attempt(path.name, Note, path) for path in paths]
    good, anchored = check_notes([note for note in read if note], keys, case), 0
    for note in good:
        if ca and note.tsr.is_file() and attempt(note.name, check_token, note, ca):
            anchored = max(anchored, note.size)
    for seq, details in said("checkpoint.anchored"):
        size = details.get("size")
        if type(size) is int and 0 <= size <= seq and roots[size].hex() != details.get("root"):
            fails.append(f"entry {seq}: another root than that over {size} entries")
    for size, root in pins:  # step 5
        anchored = max(anchored, size) if attempt(f"pin {size}", fits, size, root) else anchored
    if anchored < len(leaves):  # step 6
        warns.append(f"{len(leaves) - anchored} entries from {anchored} on are covered by no time stamp and no pin")
    for name, known in sorted(objects.items()):
        known["evidence"] and check_evidence(folder, name, known)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--key", action="append", default=[], type=vkey)
    parser.add_argument("--pin", action="append", default=[], type=pin)
    parser.add_argument("--tsa-ca", type=Path)
    given = parser.parse_args()
    try:
        main(given.dir, given.key, given.pin, given.tsa_ca)
    except (OSError, ValueError) as problem:
        fails.append(str(problem))
    for word, texts in ("FAIL", fails), ("WARN", warns):
        for text in texts[:50] + [f"and {len(texts) - 50} more"] * (len(texts) > 50):
            print(f"{word} {text}".encode("unicode_escape").decode())
    print(LIMITS, "failed" if fails else "verified with warnings" if warns else "verified", sep="\n")
    print(len(leaves), roots[-1].hex(), leaves[-1].hex() if leaves else "-")
    sys.exit(1 if fails else 2 if warns else 0)
