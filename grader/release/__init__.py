"""What is handed out, made from solution/: student/, the frozen answers, and the students' copy of the lab.

Not in here: what one platform alone wants; that is in platforms/.
"""
