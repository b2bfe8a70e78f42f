"""A made-up class of 120: everything that a real one hands in.

20 right answers in as many styles, 60 known mistakes, 15 that cannot be read, 10 attacks, and 15 right
answers with what platforms, editors and systems make of files.
"""

import io
import sys
import unicodedata
import zipfile

from grader.lab.paths import LAB

sys.path.append(str(LAB / "tests"))
from attacks import network, processes, reads, writes
from attacks.attack import SCENE, attacks_in
from corpus import ANSWERS, MISTAKES, build
from trust.hand_ins import seven_zipped, tarred, zipped

ABSENT = "Away, Always"
Files = dict[str, bytes]


def as_bytes(texts: dict[str, str]) -> Files:
    return {name: text.encode() for name, text in texts.items()}


def unreadable(right: Files) -> list[Files]:
    unet = right["unet.py"]
    return [
        {"unet.py": b"def forward(:\n"},
        {"unet.py": b"import a_module_that_is_not_there\n"},
        {"unet.py": b"class UNet:\n    pass\n"},
        {"unet.py": "class UNet（nn.Module）:\n".encode()},
        {"unet.py": b"\xff\xfe\x00\x01 no text\n"},
        {"unet.py": b"# coding: latin-9-and-a-half\n"},
        {"unet.py": b"raise SystemExit(0)\n"},
        {"unet.py": b""},
        {"notes.txt": b"I was ill"},
        {"unet.pdf": b"%PDF-1.7\n"},
        {"work.zip": b"PK\3\4 and no more"},
        {"work.zip": zipped({})},
        {"work.zip": zipped({"a/unet.py": unet, "b/unet.py": unet})},
        {"unet(1).py": unet, "unet (2).py": unet},
        {"infer.py": right["infer.py"]},
    ]


def odd(right: Files) -> list[Files]:
    unet, infer = right["unet.py"], right["infer.py"]
    return [
        {"unet(1).py": unet, "infer(1).py": infer},
        {"Unet.py": unet, "Infer.py": infer},
        {"unet .py": unet, "infer.py": infer},
        {"实验四 unet.py": unet, "实验四 infer.py": infer},
        {"unet.py": b"\xef\xbb\xbf" + unet, "infer.py": infer},
        {"unet.py": unet.replace(b"\n", b"\r\n"), "infer.py": infer.replace(b"\n", b"\r\n")},
        {"unet.py": unet, "infer.py": infer, "report.pdf": b"%PDF-1.7\n"},
        {"unet.py": unet, "infer.py": infer, unicodedata.normalize("NFD", "résumé.txt"): b"me"},
        {"work.zip": zipped(right)},
        {"work.zip": zipped({f"实验/{name}": content for name, content in right.items()})},
        {"work.zip": zipped(right | {"__MACOSX/._unet.py": b"\0\5\x16\7", ".DS_Store": b"\0"})},
        {"work.zip": gbk_zip({f"新建文件夹/{name}": content for name, content in right.items()})},
        {"work.tar.gz": tarred({f"work/{name}": content for name, content in right.items()})},
        {"work.7z": seven_zipped(right)},
        {
            "work.zip": zipped(
                {"lab/student/unet.py": unet, "lab/student/infer.py": infer, "lab/README.md": b""}
            )
        },
    ]


def gbk_zip(files: Files) -> bytes:
    """As Chinese Windows writes it: names in GBK, and no flag that says so."""
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name.encode("gbk").decode("cp437"))
            archive.writestr(info, content)
    return text.getvalue()


def hostile() -> list[Files]:
    scene: dict[str, object] = dict.fromkeys(SCENE, "") | {
        "LAB": str(LAB),
        "GRADER": 1,
        "ZYGOTE": 1,
        "PORT": 9,
    }
    found = [one for one in attacks_in(reads, writes, processes, network) if one.score == 0]
    return [one.files(scene) for one in found[:: len(found) // 10][:10]]


def the_class() -> dict[str, dict[str, Files]]:
    """{kind: {student: files}}."""
    right = as_bytes(build(ANSWERS[0]))
    kinds = {
        "right": [as_bytes(build(one)) for one in ANSWERS[:20]],
        "wrong": [as_bytes(build(one)) for one in MISTAKES[:: len(MISTAKES) // 60][:60]],
        "unreadable": unreadable(right),
        "hostile": hostile(),
        "odd": odd(right),
    }
    names = {"right": "Doe", "wrong": "O'Brien-Mö", "unreadable": "李", "hostile": "Smith", "odd": "Nguyen"}
    numbered = {
        kind: {f"{names[kind]}{letters(at)}, {kind.title()}": files for at, files in enumerate(all_files)}
        for kind, all_files in kinds.items()
    }
    assert [len(one) for one in numbered.values()] == [20, 60, 15, 10, 15]
    return numbered


def letters(number: int) -> str:
    """A name's ending: no number, which a platform would take for its own."""
    return "abcdefghij"[number // 10] + "abcdefghij"[number % 10]
