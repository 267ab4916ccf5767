"""Who a promotion is for, and who of these is not written to."""
