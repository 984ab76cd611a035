"""Drawings for who builds a station: wiring, emergency stop, frame. Made from the pin table and from the machine's own
measures, so that they cannot say anything else.
"""
