"""What the guides name is there: paths, commands of make, and the same set of linters wherever they run."""

import re
import shlex

import pytest
import yaml

from grader.lab.paths import LAB

GUIDES = (
    "README.md",
    "CONTRIBUTING.md",
    "assets/README.md",
    "student/extensions/README.md",
    "student/extensions/README.zh-CN.md",
)
FOLDERS = "grader|solution|student|assets|tests|benchmarks"


def read(name: str) -> str:
    return (LAB / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES)
def test_every_path_in_a_guide_is_there(guide):
    named = set(re.findall(rf"`((?:{FOLDERS})/[\w./*-]*)`|\]\(([\w./-]+)\)", read(guide)))
    paths = {path or link for path, link in named}
    assert paths or guide == "assets/README.md"  # its paths are below assets/
    folder = (LAB / guide).parent
    gone = [path for path in paths if not list(LAB.glob(path)) and not (folder / path).exists()]
    assert not gone


@pytest.mark.parametrize("guide", GUIDES)
def test_every_module_that_a_guide_runs_is_there(guide):
    modules = set(re.findall(rf"-m ((?:{FOLDERS})[\w.]*)", read(guide)))
    gone = [
        module
        for module in modules
        if not (LAB / (module.replace(".", "/") + ".py")).exists()
        and not (LAB / module.replace(".", "/") / "__main__.py").exists()
    ]
    assert not gone


@pytest.mark.parametrize("guide", GUIDES)
def test_every_make_command_in_a_guide_is_there(guide):
    targets = set(re.findall(r"^([\w-]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([\w-]+)`|^make ([\w-]+)", read(guide), re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }


def test_students_are_told_no_command_that_their_copy_lacks():
    for path in sorted((LAB / "student").rglob("*")):
        if path.suffix in (".py", ".md", ".ipynb"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"-m (?!grader)\w+|solution/|benchmarks|make \w+`|tests/", text), path


def test_the_ci_runs_tests_that_are_there():
    steps = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["tests"]["steps"]
    paths = [word for step in steps for word in shlex.split(step.get("run", "")) if word.startswith("tests/")]
    assert len(paths) > 5
    assert [path for path in paths if not (LAB / path).exists()] == []


def test_pre_commit_runs_what_make_lint_runs():
    recipe = re.search(r"^lint: .*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)[1]
    by_make = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.splitlines()]
    (repository,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == by_make
