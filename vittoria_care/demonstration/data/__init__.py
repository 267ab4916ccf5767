"""Invented data with the shapes of a real insurer's: what `manage.py load_demo` loads.

profiles       how much, and in what shape: scales, seasons, hours, topics
words          names, places and streets; people, portfolio: customers and what they hold
organisation   agencies, teams, agents, topics and the people who sign in (sign_ins)
calls, written, complaints, operations, notices, promotions   what happened; papers: documents, what life policies are worth
sessions       where the first customer is signed in, and the device that remembers them; duty: how agents spent the last days
quality        contacts drawn of the last weeks and their scores
loading        rows into the database by COPY; story: the order in which all this is made
"""
