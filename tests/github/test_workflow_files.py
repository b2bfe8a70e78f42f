"""The GitHub workflows: linted, pinned, and with no more rights than they need."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from runner import steps_of


def lint(text: str, folder: Path) -> str:
    """What actionlint says, with shellcheck at its side."""
    path = folder / "workflow.yml"
    path.write_text(text, encoding="utf-8")
    programs = Path(sys.executable).parent
    command = [programs / "actionlint", "-shellcheck", programs / "shellcheck", "-no-color", path]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["ci", "grade", "hidden"])
def test_the_linter_finds_nothing(name, texts, tmp_path):
    assert lint(texts[name], tmp_path) == ""


def test_the_linter_looks_at_keys_expressions_and_shell(texts, tmp_path):
    text = texts["grade"]
    assert "unexpected key" in lint(text.replace("timeout-minutes", "timeout"), tmp_path)
    assert "undefined function" in lint(text.replace("always()", "sometimes()"), tmp_path)
    assert "SC2086" in lint(text.replace("run: uv", "run: echo $HOME; uv"), tmp_path)


@pytest.mark.parametrize("name", ["ci", "grade", "hidden"])
def test_no_workflow_has_more_rights_than_it_needs(name, texts, workflows):
    workflow = workflows[name]
    assert workflow["permissions"] in ({"contents": "read"}, {})
    assert "pull_request_target" not in texts[name].replace("pull_request_target-", "")
    assert all(int(job["timeout-minutes"]) <= 60 for job in workflow["jobs"].values())
    assert "group" in workflow["concurrency"]
    for step in steps_of(workflow):
        assert "${{" not in step.get("run", ""), "what an expression holds would be run"
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] == "false"
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), "an action is pinned to a commit"


def test_secrets_reach_only_the_steps_that_need_them(workflows):
    assert "secrets" not in json.dumps([workflows["grade"], workflows["ci"]])
    assert list(workflows["hidden"]["on"]) == ["workflow_dispatch"]
    holders = [step["name"] for step in steps_of(workflows["hidden"]) if "secrets." in json.dumps(step)]
    assert holders == ["Fetch the lab", "Fetch the submission", "Lay out the seed"]
    # what a student's code could write to must not come back on another student's machine
    assert '"enable-cache": "true"' not in json.dumps(workflows["hidden"])
    assert "actions/cache" not in json.dumps(workflows["hidden"])


def test_what_reads_classrooms_points_finds_the_names_it_goes_by(workflows):
    assert workflows["grade"]["name"] == "Autograding Tests"
    assert list(workflows["grade"]["jobs"]) == ["run-autograding-tests"]
