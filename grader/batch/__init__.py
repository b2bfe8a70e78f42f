"""A class at once: every hand-in graded in processes of its own, each result kept as soon as it is there.

Not in here: who handed in what (collection/), how one submission is graded (grading/), and the files that go
back to a platform (platforms/).
"""
