"""Pictures: opened safely, drawn anew for hidden inputs, and laid out beside their masks.

Not in here: what a network makes of a picture, and the drawing of cars (assets/make).
"""
