"""What customers wrote who said that it was not resolved, as far as the reader may see them and their words."""

from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from contact_center.catalogue import Parameters
from contact_center.figures.lists import rows_behind
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen
from contact_center.models import SatisfactionSurvey
from customers.models import User
from customers.sensitive.restricted import closed_to
from foundation.masking import names_hidden, seen_text
from foundation.office.links import change_address

SEES = "contact_center.view_satisfactionsurvey"
MOMENT = "answered_at"


def answers_no(
    period: Period, chosen: Chosen, parameters: Parameters, *, user: User, today: Any
) -> QuerySet[SatisfactionSurvey]:
    """The surveys of the period's contacts whose customer answered that it was not resolved."""
    contacts = rows_behind("confirmed_asked", period, chosen, parameters, user=user, today=today)
    return SatisfactionSurvey.objects.filter(
        resolved=False, answered_at__isnull=False, contact__in=contacts.order_by()
    ).select_related(
        *("contact__customer", "contact__person", "contact__topic", "contact__web_form", "contact__entry")
    )


def table(surveys: list[SatisfactionSurvey], reader: User, caption: str) -> dict[str, Any] | None:
    """The answers with their words, as the reader may see them; None for none. Those of a file that asks a reason are read there."""
    if not surveys:
        return None
    closed = closed_to(reader, [survey.contact.customer_id for survey in surveys])
    rows = []
    for survey in surveys:
        contact = survey.contact
        names = names_hidden(reader, contact)
        words = seen_text(reader, survey.comment, names=names) if survey.comment else "–"
        if survey.comment and contact.customer_id in closed:
            words = _("The file asks a reason: open the contact to read them.")
        cells = [
            {"text": contact.number, "url": change_address(contact) or None},
            {"text": contact.topic or "–", "url": None},
            {"text": survey.rating or "–", "url": None},
            {"text": words, "url": None},
        ]
        assert survey.answered_at is not None, "as asked"
        day = date_format(localtime(survey.answered_at), "SHORT_DATE_FORMAT")
        rows.append({"label": day, "url": None, "cells": cells, "is_total": False})
    return {
        "caption": caption,
        "columns": [_("Answered on"), _("Contact"), _("Topic"), _("Satisfaction (1 to 5)"), _("Words")],
        "rows": rows,
    }
