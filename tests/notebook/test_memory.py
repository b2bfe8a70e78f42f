"""What the walkthrough's kernel keeps, and what it forgets before a check's processes start."""

import weakref

from grader.lab.paths import SOLUTION
from grader.notebook import Lab
from grader.notebook.memory import give_back


def test_the_network_is_forgotten_for_a_check_and_built_again():
    lab = Lab(SOLUTION)
    kept = weakref.ref(lab._kept_network())
    give_back()
    assert kept() is lab._kept_network(), "a pass through it needs it"
    give_back(what_can_be_had_again=True)
    assert kept() is None
    assert lab._kept_network() is not None


def test_a_lab_that_is_gone_is_not_asked():
    lab = Lab(SOLUTION)
    gone = weakref.ref(lab)
    del lab
    give_back(what_can_be_had_again=True)
    assert gone() is None
