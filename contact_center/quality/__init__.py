"""Samples of the agents' work: drawn each week, scored by a form that is data, read and answered by the agent."""
