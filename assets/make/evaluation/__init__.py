"""Measuring weights: rows of figures, and what they should be at least.

Not in here: the looks on the way of a training (training/looks.py), which decide nothing that is reported.
"""
