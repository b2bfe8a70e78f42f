"""The boundary between the trusted grader and a student's code. Start reading at trusted/sandbox.py.

trusted/ (numpy, no torch) starts, asks and supervises; untrusted/ (torch) runs a student's code. Neither
imports anything of the other, and both import protocol/. calls/ is what can be asked.
Not in here: what an answer is worth.
"""
