"""The forms of a report that need no platform: terminal, JUnit XML, pages.

Not in here: what one platform alone wants; that is in platforms/.
"""
