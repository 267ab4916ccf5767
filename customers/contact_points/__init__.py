"""The ways to reach a customer, their address and language: changed from here with a reason, and every change kept."""
