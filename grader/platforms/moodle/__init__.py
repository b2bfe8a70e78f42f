"""Moodle: grades into an assignment's grading worksheet, and feedback files for its re-upload.

Not in here: its download; that is collection/layouts/moodle.py.
"""
