"""The people of a customer: who is invited, who acts for whom with which rights, and how it ends."""
