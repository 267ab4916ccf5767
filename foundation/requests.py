"""The requests of pages that only somebody who is signed in reaches: for the type checker, `request.user` is a person."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # the model that settings.AUTH_USER_MODEL names


class StaffRequest(HttpRequest):
    """The request of a page of the back office, whose door let nobody in but staff. Only annotations name it."""

    user: "_User"


def signed_in_user(request: HttpRequest) -> "_User":
    """The person who is signed in, where the signature is Django's (filters of lists, context processors)."""
    assert request.user.is_authenticated, "the door before this page lets nobody in who is not signed in"
    return request.user
