"""Command: change how a person wants to be written to. Each change is kept, with who made it and why."""

from collections.abc import Iterable
from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.contact_points.fed import remember_fed
from customers.models import Customer, User
from customers.models.fed_value import FedKind
from foundation.refusals import Refused
from notifications.models import NoticePreference, PreferenceChange
from notifications.preferences.groups import KEYS
from notifications.preferences.queries import Chosen, as_chosen, company_hours
from notifications.preferences.rules import LEAST_FREE, free_time

LONGEST_REASON = 500


@transaction.atomic
def change_preferences(
    customer: Customer,
    *,
    off: Iterable[str],
    quiet_from: time | None,
    quiet_until: time | None,
    quiet_email: bool,
    digest: bool,
    language: str,
    source: str,
    by: User,
    reason: str = "",
) -> PreferenceChange | None:
    """Keep what the person chose, all of it; returns the change, None where all was so already.

    `off` are the words of groups and channels (`deadlines:sms`), `language` the customer's from now on. At the desk
    (`source`) the reason is obligatory. Refused, by field, for words that are none, half a span of quiet hours, and quiet
    hours that leave less than LEAST_FREE of a day.
    """
    wanted = Chosen(frozenset(off), quiet_from, quiet_until, quiet_email, digest)
    _check(wanted, language=language, source=source, reason=reason.strip())
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    row = NoticePreference.objects.filter(customer=customer).first()
    before = as_chosen(row) if row is not None else Chosen()
    if before == wanted and language == customer.language:
        return None
    change = PreferenceChange.objects.create(
        customer=customer,
        source=source,
        reason=reason.strip()[:LONGEST_REASON],
        before=before.as_stored() | {"language": customer.language},
        after=wanted.as_stored() | {"language": language},
        by=by,
    )
    if before != wanted:
        NoticePreference.objects.update_or_create(
            customer=customer,
            defaults={
                "off": sorted(wanted.off),
                "quiet_from": quiet_from,
                "quiet_until": quiet_until,
                "quiet_email": quiet_email,
                "digest": digest,
                "changed_at": timezone.now(),
            },
        )
    if language != customer.language:
        remember_fed(customer, FedKind.LANGUAGE)
        customer.language = language
        customer.save(update_fields=["language", "updated_at"])
    return change


def _check(wanted: Chosen, *, language: str, source: str, reason: str) -> None:
    if unknown := wanted.off - set(KEYS):
        words = {"words": ", ".join(sorted(unknown))}
        raise Refused(
            _("There is nothing of this name to switch off: %(words)s.") % words, code="unknown_choice", field="off"
        )
    if language not in dict(Customer._meta.get_field("language").flatchoices):
        raise Refused(_("We write in Italian or English."), code="unknown_language", field="language")
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        missing = "quiet_until" if wanted.quiet_until is None else "quiet_from"
        raise Refused(
            _("Give both hours, from when and until when, or leave both empty."), code="half_hours", field=missing
        )
    if wanted.own_span is not None:
        if wanted.quiet_from == wanted.quiet_until:
            raise Refused(_("Quiet hours end at another time than they begin."), code="no_hours", field="quiet_until")
        if free_time([*company_hours(), wanted.own_span]) < LEAST_FREE:
            hours = int(LEAST_FREE / timedelta(hours=1))
            sentence = _(
                "With the company's quiet hours, these leave less than %(hours)d hours of a day. To get no messages on a "
                "channel, switch it off."
            )
            raise Refused(sentence % {"hours": hours}, code="too_quiet", field="quiet_until")
    if source == PreferenceChange.Source.DESK and not reason:
        raise Refused(_("Write down why: what the person asked for."), code="no_reason", field="reason")
