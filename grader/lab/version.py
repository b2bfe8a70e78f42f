"""The lab's version, which every report names."""

VERSION = "0.2.0"  # pyproject.toml reads it here: a copy of the lab has no pyproject.toml
