"""The pages of managers: how the service goes, and why."""
