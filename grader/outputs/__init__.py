"""The doors out of a Report: each file makes one form of it."""
