"""The platforms that hand out the lab or take its marks: a room for each, with all that is its own.

`returning` gives a class's grades back to whichever platform they came from.

Not in here: anything else that two platforms need; that is in outputs/, release/ or grading/.
"""
