"""A step of a workflow, the workflows themselves, and a machine that runs them."""

import pytest
import yaml
from reports import INFER, UNET
from runner import Machine
from workflow_commands import commands_in

from grader.intake.submission import read_submission
from grader.lab.paths import LAB
from grader.outputs.report_lines import print_report
from grader.outputs.terminal import make_console
from grader.platforms.github import classroom, instructor, workflow
from grader.platforms.github.workflow import Workflow
from grader.report.model import Report

OURS = LAB / ".github" / "workflows" / "ci.yml"


@pytest.fixture
def step(tmp_path, monkeypatch):
    """A step of a workflow: the folder of a submission, where the summary goes, and what was printed."""
    folder = tmp_path / "student"
    folder.mkdir()
    (folder / "unet.py").write_text(UNET, encoding="utf-8")
    (folder / "infer.py").write_text(INFER, encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    at_exit = []
    monkeypatch.setattr(workflow.atexit, "register", at_exit.append)

    def show(report: Report, capsys) -> tuple[list, str]:
        (tmp_path / "summary.md").unlink(missing_ok=True)
        running = Workflow(folder)
        print_report(report, make_console())
        print(report.output.encode("utf-8", "replace").decode())
        running.write(report, read_submission(folder))
        print(report.output.encode("utf-8", "replace").decode())
        at_exit.pop()()
        print("::notice::after it commands work again")
        return commands_in(capsys.readouterr().out), (tmp_path / "summary.md").read_text("utf-8")

    return show


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("workflows")
    (hidden,) = instructor.export(out / "instructor", "uni/lab")
    return {
        "ci": OURS.read_text(encoding="utf-8"),
        "grade": classroom.workflow().decode(),
        "hidden": (out / "instructor" / hidden).read_text(encoding="utf-8"),
    }


@pytest.fixture(scope="module")
def workflows(texts) -> dict[str, dict]:
    return {name: yaml.load(text, yaml.BaseLoader) for name, text in texts.items()}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)
