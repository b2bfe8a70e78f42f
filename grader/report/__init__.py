"""What came of a grading: the report, its JSON file, and a folder of such files.

Not in here: how a report looks to anybody; that is outputs/ and platforms/.
"""
