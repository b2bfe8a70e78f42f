"""The side that runs a student's code: everything that it sends is a claim.

start.py is its program, zygote.py forks a worker for each submission, confine.py shuts it in, and serve.py
answers. Not in here: an answer, a secret, or anything of trusted/.
"""
