"""The door of a page of the back office that belongs to no model."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from foundation.requests import StaffRequest


def for_staff(permission: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """Let in staff who have the permission; others of ours are refused, strangers led to the sign-in."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
        @wraps(view)
        def asked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return admin.site.admin_view(never_cache(asked))

    return decorate
