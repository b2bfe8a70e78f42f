"""What a class handed in: a platform's download, or folders and archives, as one hand-in for each student.

A download's layout is recognised here, and who is on the roster and handed in nothing.

Not in here: what is read of one hand-in, that is intake/; the grading; the files that go back to a platform,
which are in platforms/.
"""
