"""The reserved area's page “How we write to you”: channels, quiet hours, several deadlines in one message, language."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.models.account import Right
from customers.requests import CustomerRequest
from foundation.refusals import Refused
from notifications.models import PreferenceChange
from notifications.preferences.commands import change_preferences
from notifications.preferences.forms import PreferencesForm
from notifications.preferences.groups import CHOOSABLE, Group
from notifications.preferences.queries import chosen_by, company_hours
from notifications.preferences.words import in_words
from reserved_area.language import in_language
from reserved_area.records import customer_page, one_page

UNPROCESSABLE = 422


@customer_page(right_to_send=Right.ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_view(request: CustomerRequest) -> HttpResponse:
    """What holds now, and what cannot be switched off with the reason; POST keeps all of what was chosen."""
    customer = request.customer
    form = PreferencesForm(request.POST or None, customer=customer, chosen=chosen_by(customer))
    if request.method == "POST" and form.is_valid():
        try:
            change = change_preferences(
                customer, **form.preferences, source=PreferenceChange.Source.PORTAL, by=request.user
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _kept(form.cleaned_data["language"], is_changed=change is not None, request=request)
    return render(request, "reserved_area/preferences.html", _context(request, form), status=_status(request))


def _status(request: CustomerRequest) -> int:
    return UNPROCESSABLE if request.method == "POST" else 200


def _kept(language: str, *, is_changed: bool, request: CustomerRequest) -> HttpResponse:
    with translation.override(language):
        sentence = _("Done: we write to you like this from now on.") if is_changed else _("Nothing was different.")
    messages.success(request, sentence)
    return in_language(redirect("portal_preferences"), language)


def _context(request: CustomerRequest, form: PreferencesForm) -> dict[str, Any]:
    mine = PreferenceChange.objects.visible_to(request.user).filter(customer__in=request.customer.file_ids)
    changes, pages = one_page(request, mine)
    by_group = {each.group: each for each in form.groups}
    return {
        "form": form,
        "ticked": form.ticked,
        "groups": [by_group[group] for group in CHOOSABLE],
        "account_group": by_group[Group.ACCOUNT],
        "company_hours": company_hours()[0] if company_hours() else None,
        "changes": [(change, in_words(change)) for change in changes],
        "page": pages,
    }
