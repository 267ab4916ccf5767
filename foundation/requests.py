"""The people behind a request, for the type checker: `request.user` is a person wherever the door lets nobody else in."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import _AnyUser as Reader  # a person, or an anonymous visitor
    from django.contrib.auth.models import _User as Person  # of the model that settings.AUTH_USER_MODEL names
else:  # only annotations name them
    Reader = Person = object


class StaffRequest(HttpRequest):
    """The request of a page of the back office, whose door lets in nobody but staff. Only annotations name it."""

    user: Person


def signed_in_user(request: HttpRequest) -> Person:
    """The person who is signed in, where the signature is Django's (filters of lists, context processors)."""
    assert request.user.is_authenticated, "the door before this page lets in nobody who is not signed in"
    return request.user
