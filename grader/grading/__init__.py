"""One grading run: a submission in, a report out.

Not in here: the checks (rubric/), how mistakes get their names (explain/), and how a report looks (outputs/).
"""
