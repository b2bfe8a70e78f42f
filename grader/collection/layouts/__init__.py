"""The layouts of downloads: one file each, which recognises a platform's and finds the hand-ins in it.

Not in here: names and numbers of a class list, that is roster.py; what a platform takes back, in platforms/.
"""
