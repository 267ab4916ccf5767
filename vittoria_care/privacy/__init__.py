"""Personal data, put together: the rules of all apps, and what is done by them (erasure, retention, ledger, record)."""
