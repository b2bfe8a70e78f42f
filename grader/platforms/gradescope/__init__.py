"""Gradescope: the zip that is uploaded, what runs in its container, and its results.json.

Not in here: how a submission is graded; that is grading/.
"""
