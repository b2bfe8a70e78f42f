"""Runs the steps of a workflow like GitHub's machine."""

import os
import stat
import subprocess
import sys
from pathlib import Path


def steps_of(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


class Machine:
    """Runs steps like GitHub's: bash, its files for output and summary, and uv answered by pip, which finds
    that everything is there."""

    def __init__(self, folder: Path):
        self.root, self.home = folder / "work", folder / "home"
        for path in (self.root, self.home / "bin"):
            path.mkdir(parents=True)
        self._program("python", f'exec "{sys.executable}" "$@"')
        self._program(
            "uv",
            '[ "$1 $2 $3 $4 $5" = "pip install --torch-backend cpu -r" ] || exit 64\n'
            f'exec "{sys.executable}" -m pip install --quiet --no-index --disable-pip-version-check -r "$6"',
        )
        self.files = {name: self.home / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in self.files.values():
            path.touch()

    def _program(self, name: str, script: str) -> None:
        path = self.home / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(self, step: dict, **values: str) -> subprocess.CompletedProcess:
        """One step, with values for the variables of its `env`."""
        assert set(step.get("env", {})) == set(values)
        environment = {
            "PATH": f"{self.home / 'bin'}:{os.defpath}",
            "HOME": str(self.home),
            "OMP_NUM_THREADS": os.environ["OMP_NUM_THREADS"],
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.root),
            "RUNNER_TEMP": str(self.home),
            **{name: str(path) for name, path in self.files.items()},
            **values,
        }
        script = self.home / "step.sh"
        script.write_text(step["run"])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.files["GITHUB_OUTPUT"].read_text().splitlines())

    def summary(self) -> str:
        return self.files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


def runs(workflow: dict, job: str) -> dict[str, dict]:
    """The steps with commands, by name."""
    return {step["name"]: step for step in workflow["jobs"][job]["steps"] if "run" in step}
