"""The same class comes out of every platform's download: the same students, files and absent."""

import pytest
from collection import laid_out
from collection.downloads import archive, folder

from grader.collection.collect import collect

STUDENTS = {
    "Doe, Jane": {"unet.py": b"jane", "infer.py": b"jane infers"},
    "Nguyen, An": {"unet.py": b"an", "infer.py": b"an infers"},
    "O'Brien-Mö, Zoë": {"Unet (1).py": b"zoe", "infer.py": b"zoe infers"},
    "李, 明": {"实验四 unet.py": b"li"},
    "Kim, Min Jun": {"unet.py": b"kim", "infer.py": b"kim infers"},
}
ABSENT = "Late, Never"


def expected() -> list[dict[str, bytes]]:
    given = {"Unet (1).py": "unet.py", "实验四 unet.py": "unet.py"}
    files = [{given.get(name, name): one for name, one in files.items()} for files in STUDENTS.values()]
    return sorted(files, key=str)


@pytest.mark.parametrize("as_archive", [False, True], ids=["folder", "archive"])
@pytest.mark.parametrize("layout", laid_out.LAYOUTS)
def test_the_same_class_comes_out_of_every_layout(layout, as_archive, tmp_path):
    files = laid_out.LAYOUTS[layout](STUDENTS)
    (tmp_path / "in").mkdir()
    download = archive(tmp_path / "in" / "all.zip", files) if as_archive else folder(tmp_path / "in", files)
    (tmp_path / "roster.csv").write_text(laid_out.roster([*STUDENTS, ABSENT]), encoding="utf-8")
    found = collect(download, scratch=tmp_path / "scratch", roster=tmp_path / "roster.csv")
    assert found.platform == layout.partition("_")[0].replace("archives", "folders")
    assert sorted((one.read().files for one in found.hand_ins), key=str) == expected()
    assert [student.name for student in found.absent] == [ABSENT]
    assert {one.student.number for one in found.hand_ins} == {f"{place:08d}" for place in range(5)}
