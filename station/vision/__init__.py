"""Pixels -> what is where."""
