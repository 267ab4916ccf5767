"""Complaints made for somebody else: the represented person, and the mandate."""
