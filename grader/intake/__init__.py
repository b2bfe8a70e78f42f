"""Opens what was handed in, safely: a folder, an archive or a lone file, and picks the files that are graded.

Everything is read into memory and nothing is unpacked, so neither `../` nor a bomb has anywhere to go.
Archives are read in a process of their own.

Not in here: running or judging what was read, and a class's download.
"""
