"""Files of one student that a platform took apart are one submission again, by the names they had."""

import pytest
from collection.downloads import folder
from trust.hand_ins import FILES, zipped

from grader.collection.hand_in import HandIn, Source, Student
from grader.errors import LabError
from grader.intake.refusal import NotGradable
from grader.lab.extensions import EXTENSION_FILES


@pytest.fixture
def hand_in(tmp_path):
    """A hand-in of these files: {where it lies: (its name, its content)}."""

    def of(files: dict[str, tuple[str, bytes]], **about) -> HandIn:
        folder(tmp_path, {place: content for place, (_, content) in files.items()})
        sources = tuple(Source(tmp_path / place, name) for place, (name, _) in files.items())
        return HandIn("ada", Student("Ada"), sources, **about)

    return of


def test_each_file_counts_by_the_name_the_student_gave(hand_in):
    found = hand_in(
        {"ada_1_2_x": ("unet.py", b"u"), "ada_1_3_y": ("infer.py", b"i"), "ada_1_4_z": ("a.pdf", b"")}
    )
    assert found.read().files == {"unet.py": b"u", "infer.py": b"i"}
    assert found.read().notes == ()


def test_the_one_archive_is_opened_and_two_are_named(hand_in):
    found = hand_in({"ada_1_2_x": ("lab.zip", zipped(FILES)), "ada_1_3_y": ("report.pdf", b"")})
    assert (found.read().files, found.read().notes) == (FILES, ("lab.zip was opened",))
    with pytest.raises(NotGradable, match=r"2 archives, lab.zip and new.zip: hand in the one that counts$"):
        hand_in({"x": ("lab.zip", zipped(FILES)), "y": ("new.zip", zipped(FILES))}).read()


def test_two_files_of_one_name_are_told_apart_by_the_platforms_names(hand_in):
    with pytest.raises(
        NotGradable, match=r"ada_1_2_unet.py and ada_1_3_unet.py: hand in the one that counts"
    ):
        hand_in({"ada_1_2_unet.py": ("unet.py", b"1"), "ada_1_3_unet.py": ("unet.py", b"2")}).read()


def test_a_folder_and_a_file_beside_it_are_looked_at_together(tmp_path):
    folder(tmp_path, {"one/unet.py": b"u", "two/infer.py": b"i", "three.py": b""})
    names = ("one", "two", "three.py")
    found = HandIn("ada", Student("Ada"), tuple(Source(tmp_path / name, name) for name in names))
    assert found.read().files == {"unet.py": b"u", "infer.py": b"i"}


def test_messages_name_the_student_and_no_path_of_the_graders(hand_in, tmp_path):
    with pytest.raises(NotGradable) as refused:
        hand_in({"lab4.py": ("lab4.py", b"")}).read()
    assert str(refused.value).startswith("there is no unet.py in what Ada handed in, but lab4.py: rename")
    with pytest.raises(NotGradable) as refused:
        HandIn("ada", Student("Ada"), (Source(folder(tmp_path / "ada", {"x.txt": b""}), "ada"),)).read()
    assert str(refused.value).startswith("there is no unet.py in what Ada handed in, but x.txt")


def test_a_lone_file_that_is_no_program_is_named(hand_in):
    for name in ("notes.txt", "report.docx"):
        with pytest.raises(NotGradable, match=rf"^there is no unet.py in what Ada handed in, but {name}"):
            hand_in({f"ada_1_2_{name}": (name, zipped(FILES))}).read()
    assert hand_in({"ada_1_2_lab": ("lab", zipped(FILES))}).read().files == FILES


def test_what_is_gone_is_no_fault_of_the_students(hand_in, tmp_path):
    found = hand_in({"a.py": ("unet.py", b""), "b.py": ("infer.py", b"")})
    (tmp_path / "a.py").unlink()
    with pytest.raises(LabError, match=r"a.py does not exist any more") as refused:
        found.read()
    assert not isinstance(refused.value, NotGradable)


def test_an_extension_that_lost_its_folder_is_said(hand_in):
    found = hand_in({"a": ("unet.py", b"u"), "b": ("elastic.py", b"e")})
    assert "extensions/elastic.py" in EXTENSION_FILES
    assert "elastic.py is read only as extensions/elastic.py" in found.read().notes
