"""What other places need of the lab: each file makes one export, with a function `export(out, ...)`."""
