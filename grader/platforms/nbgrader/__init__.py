"""nbgrader: the assignment in a course, its settings, and autograding without a kernel.

Not in here: the student's notebook; that is release/notebook.py.
"""
