"""What comes back after our messages: bounces, delays, complaints, receipts, automatic notes, and what people answer.

`mailbox` reads over IMAP; `reading` says what a message is, and `verdicts` what a bounce is worth; `matching` finds the notice;
`commands` keep the message and do what follows; `rounds` goes over the mailboxes.
"""
