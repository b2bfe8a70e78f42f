"""A class graded by other machines: the same function as here, handed to Dask's workers.

Not in here: what is done with a hand-in (batch/work.py), and where its result is kept (batch/results.py).
"""
