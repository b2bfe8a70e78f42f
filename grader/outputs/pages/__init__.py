"""Pages in one HTML file each: the student's feedback, and the overview of a class.

Not in here: what a page says is decided by the report; a page only counts and lays out.
"""
