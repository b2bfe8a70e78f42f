"""The grader of the U-Net lab. Start reading at `__main__.py`, then `rubric/`."""
