"""Calls from other systems' files: a CSV of any shape (`mapping`, `csv_calls`) or a queue log of Asterisk (`queue_log`).

Both make `records.CallRecord`s; `loading` writes these, and the same file twice changes nothing.
"""
