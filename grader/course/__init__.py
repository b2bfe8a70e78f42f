"""nbgrader courses: making the assignment, setting a course up, and grading it without a kernel."""
