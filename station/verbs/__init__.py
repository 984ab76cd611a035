"""The verbs of the command `station`, by what a person wants: each file is one errand."""
