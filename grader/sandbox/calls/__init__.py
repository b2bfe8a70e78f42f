"""What a worker can be asked about a submission; it runs in the student's process.

Not in here: how the question comes in and the answer goes out; that is untrusted/serve.py.
"""
