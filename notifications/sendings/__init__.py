"""The pages of sending in the back office: what goes out now, what went out on any days, what it cost, and what failed."""
