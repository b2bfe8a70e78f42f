"""The scripts that made what lies in assets/."""
