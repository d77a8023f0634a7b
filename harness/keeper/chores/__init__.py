"""What has to be done beside trading: a file a chore, and `chores.py` that looks, chooses and backs off."""
