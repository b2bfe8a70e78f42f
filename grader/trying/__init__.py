"""What `try.py` does with a student's files: checks them once or after every save, and draws their mask.

Not in here: a mark. What is checked is in rubric/, and how it is graded in grading/.
"""
