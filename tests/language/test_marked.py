"""Every text of the grader is marked for translation, or there is a reason why it stays English."""

import pytest
from unmarked import STAY_ENGLISH, grader_files, stays_english, unmarked

from grader.commands.line import app
from grader.commands.start import paragraphs
from grader.release.marked import marked, texts_in

FILES = grader_files()


@pytest.mark.parametrize("file", sorted(FILES))
def test_no_text_is_forgotten(file):
    found = [
        (line, text)
        for line, text in unmarked(FILES[file].read_text(encoding="utf-8"))
        if not stays_english(file, text)
    ]
    assert found == [], "put it into _(...), or give a reason in unmarked.py"


def test_every_reason_is_still_needed():
    for file, reasons in STAY_ENGLISH.items():
        texts = [text for _, text in unmarked(FILES[file].read_text(encoding="utf-8"))]
        for beginning in reasons:
            assert any(text.startswith(beginning) for text in texts), (file, beginning)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise LabError("there is nothing")', ["there is nothing"]),
        ('raise LabError(f"there is {nothing} here to read")', ["there is x here to read"]),
        ('HINTS = {"a": "What is missing?"}', ["What is missing?"]),
        ('print(_("there is nothing"))', []),
        ('HINTS = N_({"a": "What is missing?"})', []),
        ('option(help="What is missing?")', []),
        ('def f() -> "list of names":\n    """What is missing."""', []),
        ('re.compile("what is missing")', []),
        ('print("ok")', []),
    ],
)
def test_what_counts_as_a_text(source, found):
    assert [text for _, text in unmarked(source)] == found


def test_the_help_of_every_command_and_option_is_found():
    import typer

    known = {text.one for texts in marked().values() for text in texts}
    command = typer.main.get_command(app)
    said = []
    for one in (command, *command.commands.values(), *command.commands["export"].commands.values()):
        said += [text for text in paragraphs(one.help or "") if not text.startswith(" ")]
        said += [option.help for option in one.params if getattr(option, "help", None)]
    assert set(said) - known == set()
    assert len(said) > 60


def test_the_title_of_every_check_is_found():
    rubric = [path for name, path in FILES.items() if name.startswith("rubric/")]
    titles = [text.one for path in rubric for text in texts_in(path)]
    assert "The features of the expanding path come first" in titles
    assert "TODO 2: CropAndConcat" in titles
