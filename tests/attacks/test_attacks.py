"""Hostile submissions, each graded as any other: no marks, no harm, and a report that says what happened."""

import json
import os
import re
import sys
from pathlib import Path

import pytest
from attacks import marks, network, pretences, processes, protocol, reads, resources, writes
from attacks.attack import attacks_in
from attacks.scene import Scene, faults, messages

ATTACKS = attacks_in(reads, writes, processes, network, resources, protocol, marks, pretences)
HOME = Path(sys.base_prefix).resolve()
IS_FOR_ALL = all(folder.stat().st_mode & 0o5 == 0o5 for folder in (HOME, *HOME.parents))


def missing(layers: tuple[str, ...]) -> set[str]:
    """The layers that are not there: only root can give a worker a user of its own.

    And only with Landlock where Python lies in root's own folder.
    """
    without_user = os.geteuid() != 0 or ("landlock" in layers and not IS_FOR_ALL)
    return {*layers, "uid"} if without_user else set(layers)


# Each layer switched off in turn: what the others hold must still hold.
WITHOUT = ((), ("uid",), ("landlock",), ("seccomp",))
NAMES = {layers: f"without {'+'.join(layers)}" if layers else "full" for layers in WITHOUT}


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Layers that are left out -> their scene, one at a time; in the end the next submission is graded."""
    opened = {}

    def close():
        for one in opened.values():
            one.an_honest_one_still_scores_100()
            one.close()
        opened.clear()

    def scene(layers):
        if layers not in opened:
            close()
            opened[layers] = Scene(layers, tmp_path_factory.mktemp("scene"))
        return opened[layers]

    yield scene
    close()


def each():
    """Every attack at full isolation, and without each layer in turn where another one stops it."""
    for layers in WITHOUT:
        for one in ATTACKS:
            is_held = not one.held_by or set(one.held_by) - missing(layers)
            # What asks only for time, memory or marks meets no layer: once is enough.
            if is_held and (not layers or set(layers) & set(one.held_by)):
                yield pytest.param(
                    layers, one, id=f"{NAMES[layers]}-{one.id}",
                    marks=() if one.fast and not layers else pytest.mark.trust,
                )  # fmt: skip


@pytest.mark.parametrize(("layers", "one"), list(each()))
def test_an_attack_gets_nothing_harms_nothing_and_is_named(scenes, layers, one):
    scene = scenes(layers)
    report = scene.grade(one)
    assert report.score == one.score
    assert faults(report) == []
    assert re.search(one.says, messages(report)), messages(report)
    assert len(json.dumps(report.as_dict())) < 100_000
    if one.hidden:
        assert "INPUTS" not in json.dumps(report.as_dict()) + report.output
    if one.at_zygote:
        scene.an_honest_one_still_scores_100()


def test_there_are_enough_of_every_kind():
    assert len(ATTACKS) >= 80
    assert len({one.id for one in ATTACKS}) == len(ATTACKS)
    assert all(re.search(one.says, "") is None for one in ATTACKS if one.score < 100)
