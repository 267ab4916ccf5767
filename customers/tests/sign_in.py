"""Browsers of people who have signed in, for the tests of every app."""

from django.test import Client

from customers.models import User
from customers.tests.factories import UserFactory


def signed_in(user: User) -> Client:
    """Return a browser in which the user has signed in."""
    client = Client()
    client.force_login(user)
    return client


def signed_in_as(role: str, **fields: object) -> Client:
    """Return a browser in which somebody of the role (a group's name) has signed in; `fields` are those of the user."""
    return signed_in(UserFactory.create(role=role, **fields))
