"""Training of the lab's network: pictures on the device, what is made of them in batches, steps, checkpoints.

One path for a GPU and for a processor. Not in here: the command (model.py), the split, and measuring weights
on the test part (evaluate.py).
"""
