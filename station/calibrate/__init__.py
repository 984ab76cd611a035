"""Commissioning: where camera and axes of a machine really are, and what it then still misses by."""
