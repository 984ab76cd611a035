"""Measurements of the eye on scenes whose truth is known: run by hand, read by people."""
