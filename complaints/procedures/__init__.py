"""What requests of IVASS and appeals to the Arbiter share: terms, files, letters, alerts. Models are in `complaints/models/procedure.py`."""
