"""GitHub: repositories for students and instructors, and a report inside a workflow.

Not in here: the students' files themselves; those are release/student_copy.py.
"""
