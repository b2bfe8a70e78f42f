"""What checks are written with: inputs, stand-ins, and the same question about the whole network.

Not in here: a check, or a point.
"""
