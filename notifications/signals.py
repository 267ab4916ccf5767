"""Signals: what apps further up may hear of a notice without being known here."""

from django.dispatch import Signal

# A notice has been refused, withheld, or put in doubt. Sent in the transaction that says so, with `notice_id`.
notice_in_trouble = Signal()
