"""Makes malformed submissions from a seed, reads each, and prints what came of it, one line of JSON each.

A program, so that time and memory are this process's own: `python malformed.py SEED COUNT FOLDER`.
"""

import io
import json
import random
import resource
import shutil
import struct
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

from hand_ins import FILES, folder, raw_zip, tar_of, tarred, zipped

from grader.errors import LabError
from grader.intake.archive import read_archive
from grader.intake.submission import read_submission
from grader.lab.extensions import EXTENSION_FILES

NAMES = [
    "unet.py",
    "infer.py",
    "Unet (1).py",
    "unet-1.py",
    "../unet.py",
    "/etc/unet.py",
    "C:\\unet.py",
    "a" * 300 + ".py",
    "/".join("abcdefgh" * 20) + "/unet.py",
    "unet.py/infer.py",
    "unet.py/",
    "",
    ".",
    "..",
    "//",
    "\\",
    " ",
    "unet.py ",
    "\u202eyp.tenu",
    "unet\u200b.py",
    "un\x1b[2Jet.py",
    "unet.py\n",
    "学/unet.py",
    "e\u0301/unet.py",
    "\ufeffunet.py",
    "unet.zip",
    "extensions/train.py",
    "extensions",
    "__MACOSX/unet.py",
    ".git/unet.py",
    "venv/pyvenv.cfg",
    "CON.py",
    "unet.py.txt",
    "a_12_34_unet.py",
    "x" * 70_000,
    "0" * 5000 + "_12_34_unet.py",
    "-1" * 3000 + ".py",
    "a_1" * 3000,
]


def names(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return "".join(chr(rng.randrange(1, 0xD800)) for _ in range(rng.randrange(1, 40))) + rng.choice(
            ["", ".py"]
        )
    return rng.choice(NAMES)


def content(rng: random.Random) -> bytes:
    return rng.choice(
        [b"", b"x = 1\n", rng.randbytes(rng.randrange(2000)), bytes(1 << 20), b"#" * ((1 << 20) + 1)]
    )


def noise(rng: random.Random) -> bytes:
    start = rng.choice(
        [b"", b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08", b"\x1f\x8b\x08\x1f", b"BZh9", b"Rar!\x1a\x07"]
    )
    return start + rng.randbytes(rng.randrange(3000))


def honest(rng: random.Random) -> bytes:
    files = {f"ada/{name}": content for name, content in FILES.items()} | {"ada/a.bin": rng.randbytes(500)}
    return rng.choice([zipped, tarred, lambda files: tarred(files, "w")])(files)


def cut(rng: random.Random) -> bytes:
    packed = honest(rng)
    return packed[: rng.randrange(len(packed))]


def flipped(rng: random.Random) -> bytes:
    packed = bytearray(honest(rng))
    for _ in range(rng.choice([1, 1, 3, 20])):
        packed[rng.randrange(len(packed))] ^= 1 << rng.randrange(8)
    return bytes(packed)


def spliced(rng: random.Random) -> bytes:
    """Something before, between or after: prefix data, two ends, two archives in one."""
    one, other = honest(rng), honest(rng)
    at = rng.randrange(len(one))
    return rng.choice(
        [rng.randbytes(50) + one, one + other, one[:at] + other + one[at:], one + rng.randbytes(50)]
    )


def odd_zip(rng: random.Random) -> bytes:
    encoding = rng.choice(["utf-8", "gb18030", "utf-16"])
    raw = rng.choice(
        [names(rng).encode(encoding, "replace")[:60_000], rng.randbytes(20), b"unet.py\0.txt", b"\xff\0"]
    )
    return raw_zip(
        raw,
        content(rng)[:3000],
        method=rng.choice([0, 0, 8, 8, 9, 12, 14, 93, 65535]),
        size=rng.choice([None, 0, 5, 1 << 20, 0xFFFFFFFF]),
        flags=rng.choice([0, 0, 0, 1, 8, 1 << 11, 1 << 11, 0xFFFF]),
        mode=rng.choice([0, 0, 0o100644, 0o120777, 0o010644, 0o040755, 0xFFFF]),
        count=rng.choice([1, 1, 0, 2, 10_001, 0xFFFF]),
        extra=rng.choice(
            [b"", b"", rng.randbytes(30), struct.pack("<HHB", 0x7075, 1, 1), struct.pack("<HH", 1, 65535)]
        ),
    )


def overlapping(rng: random.Random) -> bytes:
    """Many members of a zip at one place."""
    packed = bytearray(raw_zip(b"unet.py", zipped({"a": bytes(9999)}), method=8))
    at = packed.rindex(b"PK\1\2")
    listed, end = bytes(packed[at:-22]), bytearray(packed[-22:])
    many = rng.choice([2, 200, 9_000, 30_000])
    struct.pack_into("<2HL", end, 8, min(many, 0xFFFF), min(many, 0xFFFF), len(listed) * many)
    return bytes(packed[:at]) + listed * many + bytes(end)


def odd_tar(rng: random.Random) -> bytes:
    members = []
    for _ in range(rng.choice([1, 2, 5])):
        info = tarfile.TarInfo(names(rng)[: rng.choice([90, 100_000])])
        info.type = rng.choice(
            [tarfile.REGTYPE] * 6 + [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"S", b"V", b"\xff"]
        )
        info.linkname = rng.choice(["", "unet.py", "/etc/passwd", "../" * 50])
        info.pax_headers = rng.choice(
            [{}, {}, {"size": "-1"}, {"path": names(rng)}, {"GNU.sparse.major": "1"}]
        )
        members.append((info, content(rng)))
    return tar_of(members, rng.choice(["w", "w:gz"]))


def wild_tar(rng: random.Random) -> bytes:
    """Headers with any type and size, and a checksum that fits."""
    blocks = b""
    for _ in range(rng.randrange(1, 20)):
        block = bytearray(
            tarfile.TarInfo(rng.choice(["unet.py", "a/unet.py", "x"])).tobuf(tarfile.USTAR_FORMAT)
        )
        block[156] = rng.choice(b"0012345xgLKSXV7\0\xff")
        sizes = [
            b"00000000005\0",
            b"77777777777\0",
            b"\xff" * 12,
            b"\x80" + rng.randbytes(11),
            b"00000100000\0",
        ]
        block[124:136] = rng.choice(sizes)
        block[rng.randrange(500)] ^= rng.choice([0, 0, 255])
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        blocks += bytes(block) + rng.choice(
            [b"", b"9 path=a\n".ljust(512, b"\0"), rng.randbytes(512), b"1" * 512]
        )
    return blocks + bytes(rng.choice([0, 1024]))


def many(rng: random.Random) -> bytes:
    files = {
        f"{number}/{rng.choice(['unet.py', 'x'])}": b"" for number in range(rng.choice([50, 3000, 10_500]))
    }
    return rng.choice([zipped, tarred])(files)


MAKERS: list[tuple[Callable[[random.Random], bytes], int]] = [
    (noise, 15),
    (cut, 20),
    (flipped, 25),
    (spliced, 10),
    (odd_zip, 25),
    (overlapping, 2),
    (odd_tar, 20),
    (wild_tar, 20),
    (many, 1),
]


def read_folder(rng: random.Random, place: Path) -> object:
    """A folder or a lone file on the disk, with names that the disk takes."""
    made = {}
    for _ in range(rng.randrange(1, 6)):
        parts = [
            part for part in names(rng)[:400].replace("\\", "/").split("/") if part not in ("", ".", "..")
        ][:9]
        if parts and all(len(part.encode()) < 250 for part in parts):
            made["/".join(parts)] = content(rng)
    try:
        folder(place, made or {"x": b""})
    except OSError:  # one name as a file and as a folder
        return "not made"
    if rng.random() < 0.3:
        link = place / rng.choice(["infer.py", "extensions", "unet.py", "x"])
        if not link.exists():
            link.symlink_to("/etc")
    lone = rng.random() < 0.3 and next((path for path in place.rglob("*.py") if path.is_file()), None)
    return read_submission(lone or place)


def main(seed: int, count: int, place: Path) -> None:
    rng = random.Random(seed)
    makers, weights = zip(*MAKERS)
    read_archive(io.BytesIO(tarred(FILES)), "warm", EXTENSION_FILES, "warm.tar")
    for number in range(count):
        is_folder = rng.random() < 0.1
        make = rng.choices(makers, weights)[0]
        packed = b"" if is_folder else make(rng)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        try:
            if is_folder:
                came = read_folder(rng, place / str(number))
            else:
                came = read_archive(io.BytesIO(packed), "it", EXTENSION_FILES, "it.zip")
            kind, said = ("read", "\t".join(getattr(came, "notes", ())))
        except LabError as error:
            kind, said = ("refused", str(error))
        except BaseException as error:
            kind, said = ("raised", repr(error))
        cpu_s = time.process_time() - started
        mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(json.dumps([number, "folder" if is_folder else make.__name__, kind, said, round(cpu_s, 3), mb]))
        shutil.rmtree(place / str(number), ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
