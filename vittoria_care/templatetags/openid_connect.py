"""The buttons of OpenID Connect on the sign-in page, and the identities that are linked to a sign-in."""

from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.urls import reverse
from django.utils.http import urlencode

from customers.models import User
from vittoria_care.sign_in.openid_connect.identities import LinkedIdentity
from vittoria_care.sign_in.openid_connect.identities import linked_identities as linked
from vittoria_care.sign_in.openid_connect.providers import STAFF

register = template.Library()


@register.inclusion_tag("socialaccount/parts/providers.html", takes_context=True)
def openid_buttons(context: dict[str, Any]) -> dict[str, Any]:
    """A button for each provider, customers' first; it leads back to where the person wanted to go. Nothing without one."""
    after = context["request"].GET.get(REDIRECT_FIELD_NAME, "")
    query = f"?{urlencode({REDIRECT_FIELD_NAME: after})}" if after else ""
    found = [
        {
            "name": each.name,
            "url": reverse("openid_connect_login", args=[each.id]) + query,
            "is_for_staff": each.serves == STAFF,
        }
        for each in settings.OPENID_PROVIDERS
    ]
    return {"providers": sorted(found, key=lambda each: each["is_for_staff"])}


@register.simple_tag
def linked_identities(user: User) -> list[LinkedIdentity]:
    """The identities that are linked to the user's sign-in."""
    return linked(user)
