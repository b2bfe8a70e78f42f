"""Try your network: `python try.py --model model.pth`.

Loads the trained weights into your UNet, checks each TODO and says what is right, what is not
and why, and draws the mask of a car into prediction.png.
"""

from grader.commands.try_ import main

if __name__ == "__main__":
    main()
