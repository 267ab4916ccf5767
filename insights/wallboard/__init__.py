"""The wallboard: what goes on in the service at this moment, for a screen that everybody in the room sees."""
