"""The facts of this lab: where its files are, what is handed in, the names and shapes of the network.

Not in here: anything that grades, runs or shows a submission.
"""
