"""The door of a page of the back office that belongs to no model."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from foundation.requests import StaffRequest


def for_staff(*permissions: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """Let in staff who have one of the permissions; others of ours are refused, strangers led to the sign-in."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
        @wraps(view)
        def asked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(request.user.has_perm(each) for each in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return admin.site.admin_view(never_cache(asked))

    return decorate
