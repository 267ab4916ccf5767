"""Answers that go out once a second person approved them, as dated rules say."""
