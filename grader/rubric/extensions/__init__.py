"""The checks of the extensions: five points each, beside the core's hundred.

A file here runs only for a submission that has begun its extension (see grader/lab/extensions.py).
Not in here: what these checks are written with; that is checking/extensions/.
"""
