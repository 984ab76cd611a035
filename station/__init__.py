"""The brain: what is seen, what is decided, what the tool shall do."""
