"""Where the lab's own files are."""

from pathlib import Path

LAB = Path(__file__).resolve().parents[2]
SOLUTION = LAB / "solution"
STUDENT = LAB / "student"
ASSETS = LAB / "assets"
CARS = ASSETS / "cars"
CAR = CARS / "hatch_silver.jpg"  # the one that try.py and every report show
MODEL = ASSETS / "model.pth"
