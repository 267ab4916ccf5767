"""What the leader of a team, or a manager, does for the teams: see the work that waits, and give it out again."""
