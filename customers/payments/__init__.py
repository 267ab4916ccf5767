"""Paying: providers of payments, the commands that book what they say, receipts, and the office's pages about it.

Every road to a payment (the page, a confirmation, a question to the provider, the nightly comparison) locks in one order:
the instalment or the renewal offer, then the payment, then what the provider reported. A file that marks an instalment as
paid at the agency locks the instalment alone. docs/decisions/payments.md has the reasons.
"""
