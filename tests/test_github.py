"""The report inside a GitHub workflow: what it shows, and that nothing of a student's is more than text."""

import base64
import contextlib
import json
import re

import pytest
from markdown_it import MarkdownIt
from workflow_commands import commands_in

from grader.errors import LabError
from grader.intake.submission import read_submission
from grader.lab.paths import STUDENT
from grader.outputs.terminal import make_console, print_report
from grader.platforms.github import workflow
from grader.platforms.github.places import Place, place_of
from grader.platforms.github.points import result
from grader.platforms.github.summary import inert, summary
from grader.platforms.github.workflow import Workflow
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING, Check, Report, Todo

HOSTILE = [
    "\n::error file=unet.py::owned",
    "\r::add-mask::o",
    "\r\n  ::notice title=Autograding report::{\"totalPoints\":100}",
    "\u2028::warning::owned",
    "\x85::warning::owned\x0b::warning::owned",
    "\x1b[2J\x1b]0;owned\x07",
    "##[error]owned",
    "%0A::error::owned%0D%0A::error::owned",
    "::stop-commands::owned",
    "\n::{token}::\n::error::owned",
    "x,line=1::owned::error::owned",
    "</code></td></table><script>alert(1)</script>",
    "| a | b |\n|---|---|\n\n# owned",
    "[owned](https://owned.example) ![owned](https://owned.example/x.png) <https://owned.example>",
    "**owned** `owned` ~~owned~~ https://owned.example www.owned.example owned@owned.example",
    "</pre></details>\n\n# owned\n\n<!-- owned",
    "\u202eowned\u2066 \ud800",
    "conv_blocks=owned\nforward<<X\nowned\nX",
]  # fmt: skip
MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
UNET = (STUDENT / "unet.py").read_text(encoding="utf-8")
INFER = (STUDENT / "infer.py").read_text(encoding="utf-8")


def line_of(text: str, file: str = UNET) -> int:
    (line,) = [at for at, line in enumerate(file.splitlines(), 1) if text in line]
    return line


def check(id: str, status: str, message: str = "", hint=None, cause=None, points: int = 5) -> Check:
    said = re.match(r"(\S+\.py), line (\d+): ", message)  # as a check of a student's exception has both
    place = {"file": said[1], "line": int(said[2])} if said else {}
    return Check(id, f"title of {id}", points, status, message, hint, cause, **place)


def made_up(message: str = "expected 1, not 2", hint: str = "Look there.") -> Report:
    """A report with one of everything."""
    todos = [
        Todo("conv_blocks", "TODO 1: the blocks", [check("conv_blocks.built", PASSED, points=30)]),
        Todo(
            "crop_and_concat",
            "TODO 2: CropAndConcat",
            [
                check("crop_and_concat.shape", PASSED),
                check("crop_and_concat.order", FAILED, message, hint, "crop_and_concat.order"),
                check("crop_and_concat.both", WAITING, "waits for: title of crop_and_concat.order"),
            ],
        ),
        Todo("forward", "TODO 3: forward", [check("forward.runs", FAILED, "m", "h", "forward.unfilled")]),
        Todo(
            "inference",
            "TODO 4: preprocess and predict_mask",
            [
                check("inference.preprocess", FAILED, f"infer.py, line 12: ValueError: {message}", hint),
                check("inference.mask", GRADER_ERROR, "not your fault: the grader failed here"),
            ],
        ),
    ]
    return Report("ada", {}, todos, mask={"image": "hatch.jpg", "iou": 0.9}, output=f"printed {message}\n")


@pytest.fixture
def step(tmp_path, monkeypatch):
    """A step of a workflow: the folder of a submission, where summary and output go, and what was printed."""
    folder = tmp_path / "student"
    folder.mkdir()
    (folder / "unet.py").write_text(UNET, encoding="utf-8")
    (folder / "infer.py").write_text(INFER, encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    at_exit = []
    monkeypatch.setattr(workflow.atexit, "register", at_exit.append)

    def show(report: Report, capsys) -> tuple[list, str, dict[str, str]]:
        for name in ("summary.md", "output"):
            (tmp_path / name).unlink(missing_ok=True)
        running = Workflow(folder)
        print_report(report, make_console())
        print(report.output.encode("utf-8", "replace").decode())
        running.write(report, read_submission(folder))
        print(report.output.encode("utf-8", "replace").decode())
        at_exit.pop()()
        print("::notice::after it commands work again")
        lines = (tmp_path / "output").read_text().splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        assert len(outputs) == len(lines)
        return commands_in(capsys.readouterr().out), (tmp_path / "summary.md").read_text("utf-8"), outputs

    return show


def test_annotations_stand_at_the_students_own_lines(step, capsys):
    commands, _, _ = step(made_up(), capsys)
    assert commands == [
        (
            "error",
            {
                "file": "student/unet.py",
                "line": str(line_of("# TODO 2: crop")),
                "title": "TODO 2: CropAndConcat",
            },
            "title of crop_and_concat.order\nexpected 1, not 2\nLook there.",
        ),
        (
            "error",
            {"file": "student/infer.py", "line": "12", "title": "TODO 4: preprocess and predict_mask"},
            "title of inference.preprocess\ninfer.py, line 12: ValueError: expected 1, not 2\nLook there.",
        ),
        (
            "warning",
            {
                "file": "student/infer.py",
                "line": str(line_of("# TODO 4: predict the mask", INFER)),
                "title": "TODO 4: preprocess and predict_mask",
            },
            "title of inference.mask: not your fault: the grader failed here",
        ),
        (
            "notice",
            {
                "file": "student/unet.py",
                "line": str(line_of("# TODO 3: the contracting")),
                "title": "TODO 3: forward",
            },
            "still to be written",
        ),
        ("notice", {"title": "Autograding complete"}, "Points 35/60"),
        ("notice", {"title": "Autograding report"}, '{"totalPoints":35,"maxPoints":60}'),
        ("notice", {}, "after it commands work again"),
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_students_is_a_command(hostile, step, capsys):
    commands, _, outputs = step(made_up(f"a {hostile} z", f"b {hostile}"), capsys)
    harmless = step(made_up("a z", "b"), capsys)[0]
    assert [(name, properties) for name, properties, _ in commands] == [
        (name, properties) for name, properties, _ in harmless
    ]
    assert [message for _, _, message in commands[-3:]] == [message for _, _, message in harmless[-3:]]
    for text in outputs.values():
        for test in json.loads(base64.b64decode(text))["tests"]:  # the reporter prints these
            assert commands_in(f"✅ {test['name']}\n\nError: {test['message']}\n\n{test['message']}") == []
            assert test["message"].isprintable()
    todo = Todo("forward", "TODO 3: forward", [check("forward.runs", FAILED, hostile)])
    assert commands_in(result(todo, {})["tests"][0]["message"]) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_of_a_students_is_markup(hostile, step, capsys):
    _, text, _ = step(made_up(f"a {hostile} z", f"b {hostile}"), capsys)
    assert shape(text) == shape(step(made_up("a z", "b"), capsys)[1])
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)


def shape(markdown: str) -> list[str]:
    """The markup of a text: its blocks, and every tag but line breaks."""
    tokens = []
    for token in MARKDOWN.parse(markdown):
        inline = [(child.type, child.tag or child.content) for child in token.children or []]
        tokens.append((token.type, [one for one in inline if one[0] != "text" and one[1] != "<br>"]))
    return [str(token) for token in tokens]


def test_what_a_student_wrote_is_shown_as_it_is(step, capsys):
    commands, _, _ = step(made_up("50 %0A of 5 %25, a::b"), capsys)
    assert "\n50 %0A of 5 %25, a::b\n" in commands[0][2]
    assert inert("a\u202eb\x1b") == "ab"
    wrote = "x[1:2] | y\n  <b> & `c` *d* é 中"
    rendered = MARKDOWN.render(f"| a |\n|---|\n| {inert(wrote)} |")
    assert "<td>x[1:2] | y<br>  &lt;b&gt; &amp; `c` *d* é 中</td>" in rendered


def test_the_summary_has_a_table_for_each_todo_and_where_to_start():
    text = summary(made_up())
    assert text.startswith("## 35 of 60 points\n\n**Start here:** TODO 2&#58; CropAndConcat")
    start = text.splitlines()[2]
    assert "title of crop" in start
    assert "expected 1&#44; not 2" in start
    assert "Look there&#46;" in start
    rendered = MARKDOWN.render(text)
    assert rendered.count("<table>") == 3
    assert "<summary>✅ TODO 1&#58; the blocks: 30 of 30</summary>" in text
    assert "<h3>TODO 2: CropAndConcat: 5 of 15</h3>" in rendered
    assert "<h3>TODO 3: forward: 0 of 5</h3>\n<p>Still to be written.</p>" in rendered
    assert "waits for: title of" in rendered
    assert "IoU 0.900" in text


def test_an_untouched_template_is_not_scolded(step, capsys):
    todos = [
        Todo(id, f"TODO {number}: x", [check(f"{id}.a", FAILED, "m", "h", f"{id}.unfilled"),
                                       check(f"{id}.b", WAITING, "w")])
        for number, id in enumerate(("conv_blocks", "crop_and_concat", "forward", "inference"), 1)
    ]  # fmt: skip
    commands, text, _ = step(Report("ada", {}, todos), capsys)
    assert "Nothing is wrong yet: every TODO is still to be written." in text
    assert "❌" not in text
    assert [name for name, _, _ in commands] == ["notice"] * 7
    assert len({properties["line"] for _, properties, _ in commands[:3]}) == 3


def test_a_full_answer_has_no_annotation_but_the_points(step, capsys):
    todo = Todo("forward", "TODO 3: forward", [check("forward.runs", PASSED)])
    commands, text, outputs = step(Report("ada", {}, [todo]), capsys)
    assert [properties.get("title") for _, properties, _ in commands] == [
        "Autograding complete",
        "Autograding report",
        None,
    ]
    assert "Start here" not in text
    assert json.loads(base64.b64decode(outputs["forward"]))["status"] == "pass"


def test_the_points_are_in_the_reporters_form(step, capsys):
    report = made_up()
    outputs = step(report, capsys)[2]
    results = {id: json.loads(base64.b64decode(text)) for id, text in outputs.items()}
    assert list(results) == ["conv_blocks", "crop_and_concat", "forward", "inference"]
    assert [one["status"] for one in results.values()] == ["pass", "fail", "fail", "error"]
    assert sum(one["max_score"] for one in results.values()) == report.max_score
    assert sum(test["score"] for one in results.values() for test in one["tests"]) == report.score
    assert results["crop_and_concat"]["version"] == 1
    assert results["crop_and_concat"]["tests"][1] == {
        "name": "TODO 2: CropAndConcat: title of crop_and_concat.order",
        "status": "fail",
        "score": 0,
        "message": "expected 1, not 2 Look there.",
        "test_code": "",
        "filename": "unet.py",
        "line_no": line_of("# TODO 2: crop"),
        "execution_time": "",
    }


@pytest.mark.parametrize(
    ("id", "message", "expected"),
    [
        ("conv_blocks.block_up_conv3", "m", line_of("self.up_conv3 =")),
        ("conv_blocks.final_conv", "m", line_of("self.final_conv =")),
        ("conv_blocks.network_can_be_built", "m", line_of("self.down_conv1 =")),
        ("conv_blocks.network_can_be_built", "unet.py, line 70: ValueError: x", 70),
        ("conv_blocks.network_can_be_built", "unet.py, line 9999: x", line_of("self.down_conv1 =")),
        ("conv_blocks.network_can_be_built", "/etc/passwd.py, line 1: x", line_of("self.down_conv1 =")),
        ("crop_and_concat.shape", "m", line_of("# TODO 2: crop")),
        ("forward.skips", "m", line_of("# TODO 3: the contracting path")),
    ],
)
def test_the_place_of_a_failure(id, message, expected):
    todo = Todo(id.split(".")[0], {"conv": "TODO 1: x", "crop": "TODO 2: x", "forw": "TODO 3: x"}[id[:4]])
    assert place_of(todo, check(id, FAILED, message), {"unet.py": UNET}) == Place("unet.py", expected)


def test_the_place_where_the_comments_are_gone():
    unet = re.sub(r"# ?TODO.*", "", UNET)
    infer = INFER.replace("TODO 4: preprocess the picture", "")
    files = {"unet.py": unet, "infer.py": infer}
    two, four = Todo("crop_and_concat", "TODO 2: x"), Todo("inference", "TODO 4: x")
    assert place_of(two, None, files).line == line_of("def forward(self, x: torch.Tensor, contracting_x")
    preprocess, mask = check("inference.preprocess", FAILED), check("inference.mask", FAILED)
    assert place_of(four, preprocess, files).line == line_of("def preprocess", INFER)
    assert place_of(four, mask, files).line == line_of("# TODO 4: predict", INFER)
    assert place_of(two, None, {"unet.py": "x = 1"}) is None
    assert place_of(two, None, {}) is None


def test_no_more_annotations_than_github_shows(step, capsys):
    blocks = [f"block_{way}_conv{level}" for way in ("down", "up") for level in range(1, 5)]
    checks = [check(f"conv_blocks.{name}", FAILED, "m") for name in [*blocks, "final_conv"]]
    checks += [check(f"conv_blocks.other{line}", FAILED, f"unet.py, line {line}: x") for line in range(1, 9)]
    checks.append(check("conv_blocks.again", FAILED, "unet.py, line 1: y"))
    commands, _, _ = step(Report("ada", {}, [Todo("conv_blocks", "TODO 1: x", checks)]), capsys)
    (first,) = [message for name, properties, message in commands if properties.get("line") == "1"]
    assert first.endswith("unet.py, line 1: x")
    errors = [properties["line"] for name, properties, _ in commands if name == "error"]
    assert len(errors) == len(set(errors)) == 10


def test_what_cannot_be_graded_is_told_in_the_summary(step, tmp_path, capsys):
    with contextlib.suppress(LabError), Workflow(tmp_path / "student"):
        raise LabError("no unet.py in a\n::error::owned")
    out = capsys.readouterr().out + "\nerror: ::error::x"
    assert commands_in(out) == [("error", {"title": "Not graded"}, "no unet.py in a\n::error::owned")]
    assert (tmp_path / "summary.md").read_text() == (
        "## Not graded\n\nno unet&#46;py in a<br>&#58;&#58;error&#58;&#58;owned\n"
    )


def test_outside_of_github_it_says_so(monkeypatch, tmp_path):
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    with pytest.raises(LabError, match="--github is for a step of a GitHub workflow"):
        Workflow(tmp_path)


def test_an_error_of_the_grader_outweighs_a_failure():
    todo = Todo("forward", "TODO 3: x", [check("forward.a", FAILED), check("forward.b", GRADER_ERROR)])
    assert result(todo, {})["status"] == "error"
