"""What a student runs: try.py, once or after every save, and the packing of what is handed in.

Not in here: a mark. What is checked is in rubric/, and how it is graded in grading/.
"""
