"""What the checks of the extensions are written with: what each asks, and what should come.

Not in here: a check, or a point.
"""
