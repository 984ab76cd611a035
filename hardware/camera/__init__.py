"""Cameras, and what they hand over."""
