"""Copies of a customer's data: asked for, made by a worker, taken by the person alone, deleted at their end."""
