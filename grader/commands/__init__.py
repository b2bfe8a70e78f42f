"""The command lines: what is asked for, and in which form it is answered.

Not in here: the work itself. Everything heavy is imported late, so that --help is fast.
"""
