"""Finds out what is wrong with a machine: by itself, and together with the person in front of it."""
