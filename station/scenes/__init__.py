"""Rendered waybills, substrates and boxes with exact truth."""
