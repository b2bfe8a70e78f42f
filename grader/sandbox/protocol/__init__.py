"""What both sides of the boundary may know: frames on a pipe, limits, text that is safe to print.

Not in here: anything that only one side needs, and anything that needs torch.
"""
