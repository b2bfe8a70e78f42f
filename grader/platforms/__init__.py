"""The platforms that hand out the lab or take its marks: a room for each, with all that is its own.

Not in here: anything that two platforms need; that is in outputs/, release/ or grading/.
"""
