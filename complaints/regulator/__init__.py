"""Requests of IVASS about complaints: what is asked, by when, what was answered."""
