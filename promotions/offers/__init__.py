"""What a person reads of a promotion: the message, and the page that it leads to."""
