"""Commissioning with truth: test cards whose every field is known, real visits with them, and a verdict."""
