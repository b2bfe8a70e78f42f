"""What other places need, made by `python -m grader export`: one module for each place."""
