"""The back office of keys: who made which, for what, when it was last used. Made and revoked by commands."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from foundation.api.keys import create_key, revoke_key
from foundation.models import ApiKey, Scope
from foundation.models.api_key import ApiKeyQuerySet
from foundation.office.base import OfficeAdmin, WorkFilter, badge
from foundation.office.commands import Command, ListCommand
from foundation.requests import StaffRequest

TONES = {"in_use": "success", "expired": "warning", "revoked": "danger"}


class KeyForm(forms.Form):
    """What a key is for."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What people call it: “Switchboard, Milan”."))
    source = forms.CharField(
        label=_("Source"),
        max_length=40,
        help_text=_("The platform that uses it, such as “centralino”. What it sends is known by this name."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("No more than it needs."),
    )
    expires_at = forms.DateTimeField(
        label=_("Expires at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Date and time in Italy. Without one, it holds until it is revoked."),
    )


class CreateKey(ListCommand):
    """Make a key; the page that answers is the only one that ever shows its secret."""

    name = "crea"
    label = _("Create a key")
    icon = "add"
    tone = "primary"
    permission = "foundation.add_apikey"
    form_class = KeyForm
    question = _("The secret is shown once, on the next page: have the platform's settings at hand.")

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> HttpResponse:
        key, secret = create_key(**data, by=request.user)
        context = {**admin.site.each_context(request), "title": _("The new key"), "key": key, "secret": secret}
        response = TemplateResponse(request, "office/api_key.html", {**context, "opts": ApiKey._meta})
        add_never_cache_headers(response)
        return response


class RevokeKey(Command[ApiKey]):
    """End a key for good."""

    name = "revoca"
    label = _("Revoke")
    icon = "block"
    tone = "danger"
    permission = "foundation.change_apikey"
    question = _("The platform that uses it is refused from its next request on. This cannot be undone.")

    def offered(self, request: StaffRequest, row: ApiKey) -> bool:
        return row.revoked_at is None

    def run(self, request: StaffRequest, row: ApiKey, data: dict[str, Any]) -> Any:
        revoke_key(row, by=request.user)
        return _("The key was revoked.")


class InUseFilter(WorkFilter[ApiKeyQuerySet]):
    """Keys in use at first."""

    title = _("keys")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("In use")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: ApiKeyQuerySet, chosen: str) -> ApiKeyQuerySet:
        return queryset.in_use(timezone.now()) if chosen == "open" else queryset


@admin.register(ApiKey)
class ApiKeyAdmin(OfficeAdmin[ApiKey]):
    """A handful of keys, each with the platform that uses it."""

    list_display = ("name", "source", "shown_key", "state_shown", "last_used_at", "expires_at")
    list_filter = (InUseFilter,)
    list_select_related = ("created_by",)
    search_help_text = _("Name, source or beginning of the key")
    list_commands = [CreateKey()]
    own_commands = [RevokeKey()]
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("name", "source"),
                    ("shown_key", "state_in_words"),
                    "scopes_shown",
                    ("expires_at", "revoked_at"),
                    ("created_at", "created_by"),
                    "last_used_at",
                ]
            },
        ),
    )

    def find(self, queryset: QuerySet[ApiKey], text: str) -> QuerySet[ApiKey]:
        """A small table: read whole."""
        beginning = text.removeprefix("vc_")[:8]
        return queryset.filter(Q(name__icontains=text) | Q(source__icontains=text) | Q(prefix=beginning))

    @display(description=_("key"))
    def shown_key(self, key: ApiKey) -> str:
        return key.shown

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, key: ApiKey) -> tuple[str, Any]:
        return _state(key)

    @display(description=_("state"))
    def state_in_words(self, key: ApiKey) -> str:
        return str(_state(key)[1])

    @display(description=_("what it may do"))
    def scopes_shown(self, key: ApiKey) -> str:
        return "; ".join(key.scopes_in_words)


def _state(key: ApiKey) -> tuple[str, Any]:
    if key.revoked_at is not None:
        return "revoked", _("revoked")
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return "expired", _("expired")
    return "in_use", _("in use")
