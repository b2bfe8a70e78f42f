"""What the checks of the extensions are written with, for each what it asks and what should come.

Not in here: a check, or a point.
"""
