"""`python -m grader doctor`: whether this machine can run the lab, and what to do where it cannot.

It has to run where nothing is installed, so its modules import Python's own library, and the rest late.
Not in here: whether a student's answers are right.
"""
