"""Canvas: grades into its gradebook's CSV, and feedback files for its re-upload.

Not in here: its download; that is collection/layouts/canvas.py.
"""
