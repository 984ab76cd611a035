"""What is where -> what the tool does."""
