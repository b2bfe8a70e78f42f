"""The grader of the U-Net lab. Start reading at `__main__.py`, then `rubric/`.

Not in here: an answer; those are in solution/, or frozen in assets/ as numbers.
"""


def check(todo: str) -> int:
    """In a notebook: grade one TODO, such as "forward", print its report and return its points."""
    from grader.notebook.check import check  # late: the workers, which import this package, need none of it

    return check(todo)
