"""Commands: give, confirm and withdraw a consent. Giving owes an e-mail whose link confirms it."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers import consents
from customers.consent_texts import ConsentText, wording_of
from customers.models import Consent, ContactPoint, Customer, User
from customers.services import record_consent
from foundation.refusals import Refused
from notifications.account_kinds import CONSENT_CONFIRM
from notifications.data_change_kinds import DATA_CHANGED
from notifications.operations import line_to_call
from notifications.services import email_of, queue_notice, tell_customer

LINK_LASTS = timedelta(days=7)
SALT = "notifications.consents"

Event, Source = Consent.Event, Consent.Source


@transaction.atomic
def give_consent(
    customer: Customer, text: ConsentText, *, channel: str, source: str, by: User | None, evidence: str
) -> Consent:
    """Record that the customer agreed to the text on the channel, and owe the link that confirms it if one is needed.

    Twice is once, but on another day the link is owed again. Refused for a channel that the text does not name, and
    without an e-mail address for the link.
    """
    if channel not in text.channels:
        raise Refused(_("This consent is not asked for on this channel."), code="not_asked")
    given = record_consent(
        customer,
        purpose=text.purpose,
        channel=channel,
        event=Event.GIVEN,
        text_version=text.version,
        source=source,
        evidence=evidence,
        by=by,
    )
    if consents.is_waiting(given.event, purpose=given.purpose):
        _owe_link(given, text)
    return given


@transaction.atomic
def consent_given_to_us(
    customer: Customer, text: ConsentText, *, channel: str, source: str, evidence: str, is_signed: bool, by: User
) -> Consent:
    """Record what the customer agreed to by telephone or on paper, and return the event that is in force.

    What was signed counts at once, and so does what was said where the customer has answered from the e-mail address before;
    otherwise the link that confirms it is owed. Twice is once.
    """
    given = record_consent(
        customer,
        purpose=text.purpose,
        channel=channel,
        event=Event.GIVEN,
        text_version=text.version,
        source=source,
        evidence=evidence,
        by=by,
    )
    if consents.is_waiting(given.event, purpose=given.purpose):
        address = email_of(customer)
        emails = ContactPoint.objects.filter(customer=customer, kind=ContactPoint.Kind.EMAIL, value=address)
        is_verified = emails.filter(verified_at__isnull=False).exists()
        if not consents.counts_at_once(is_signed=is_signed, address_is_verified=is_verified):
            _owe_link(given, text)
            return given
        given = record_consent(
            customer,
            purpose=text.purpose,
            channel=channel,
            event=Event.CONFIRMED,
            text_version=text.version,
            source=source,
            evidence=evidence,
            by=by,
        )
    _confirm_to_customer(given)
    return given


@transaction.atomic
def consent_withdrawn_to_us(
    customer: Customer, *, purpose: str, channel: str, source: str, evidence: str, by: User
) -> Consent:
    """Record that the customer wants none of it, by telephone or on paper, and confirm it to them. Twice is once."""
    withdrawn = object_to(customer, purpose=purpose, channel=channel, source=source, evidence=evidence, by=by)
    _confirm_to_customer(withdrawn)
    return withdrawn


def _confirm_to_customer(event: Consent) -> None:
    customer = Customer.objects.get(pk=event.customer_id)
    with translation.override(customer.language):
        names = {"title": title_of(event), "channel": event.get_channel_display()}
        what = (
            _("the consent “%(title)s” (%(channel)s) was withdrawn")
            if event.event == Event.WITHDRAWN
            else _("the consent “%(title)s” (%(channel)s) was given")
        ) % names
    words = {"number": f"K-{event.pk:08d}", "what": what, "line": line_to_call()}
    tell_customer(DATA_CHANGED, once=f"consent-recorded:{event.pk}", words=words, customer=customer)


def _owe_link(given: Consent, text: ConsentText) -> None:
    customer = given.customer
    address = email_of(customer)
    if not address:
        raise Refused(
            _(
                "A consent is confirmed by e-mail, and we have no address of yours: ask the customer service to add it."
            ),
            code="no_address",
        )
    with translation.override(customer.language):
        words = {
            "name": customer.letter_name,
            "purpose": str(text.title),
            "channel": given.get_channel_display(),
            "text": str(text.text),
            "days": LINK_LASTS.days,
            "action_url": settings.SITE_URL + reverse("consent_confirm", args=[link_of(given)]),
            "action_label": _("Confirm my consent"),
        }
    once = f"consent-confirm:{given.pk}:{timezone.localdate():%Y%m%d}"
    queue_notice(
        CONSENT_CONFIRM,
        once=once,
        words=words,
        customer=customer,
        address=address,
        expires_at=timezone.now() + LINK_LASTS,
    )


def link_of(given: Consent) -> str:
    """What the address of a confirmation ends in: the event, signed."""
    return signing.dumps(given.pk, salt=SALT)


def given_by_link(link: str) -> Consent:
    """The event a confirmation link speaks of; Refused when it is not ours, too old, or the consent was withdrawn since."""
    try:
        pk = signing.loads(link, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        pk = 0
    given = Consent.objects.select_related("customer").filter(pk=pk).first()
    if given is None:
        raise Refused(_("This link is no longer valid."), code="link_invalid")
    _confirmation_of(given)
    return given


@transaction.atomic
def confirm_consent(given: Consent) -> Consent:
    """Confirm what was given, for the holder of the link. Twice is once; Refused once it was withdrawn or given again."""
    Customer.objects.select_for_update().get(pk=given.customer_id)
    if (confirmed := _confirmation_of(given)) is not None:
        return confirmed
    return record_consent(
        given.customer,
        purpose=given.purpose,
        channel=given.channel,
        event=Event.CONFIRMED,
        text_version=given.text_version,
        source=given.source,
        evidence=_("link of the e-mail of %(when)s")
        % {"when": date_format(timezone.localtime(given.recorded_at), "SHORT_DATETIME_FORMAT")},
        by=None,
    )


def _confirmation_of(given: Consent) -> Consent | None:
    """The event that confirmed it, if there is one; Refused once it was withdrawn or given again."""
    events = Consent.objects.filter(customer=given.customer_id, purpose=given.purpose, channel=given.channel)
    since = list(events.filter(pk__gte=given.pk).latest_first())
    if len(since) == 2 and since[0].event == Event.CONFIRMED:
        return since[0]
    if since != [given]:
        raise Refused(_("There is no consent to confirm here: it was withdrawn meanwhile."), code="not_given")
    return None


def withdraw_consent(
    customer: Customer, *, purpose: str, channel: str, source: str, by: User | None, evidence: str
) -> Consent:
    """Record that the customer withdraws it, at once. Refused where there is nothing to withdraw."""
    last = Consent.objects.filter(customer=customer, purpose=purpose, channel=channel).latest_first().first()
    return record_consent(
        customer,
        purpose=purpose,
        channel=channel,
        event=Event.WITHDRAWN,
        text_version=last.text_version if last is not None else "-",
        source=source,
        evidence=evidence,
        by=by,
    )


def object_to(
    customer: Customer, *, purpose: str, channel: str, source: str, evidence: str, by: User | None = None
) -> Consent:
    """Record that the customer wants none of it, whether or not they ever consented. Twice is once."""
    last = Consent.objects.filter(customer=customer, purpose=purpose, channel=channel).latest_first().first()
    if last is not None and last.event == Event.WITHDRAWN:
        return last
    return record_consent(
        customer,
        purpose=purpose,
        channel=channel,
        event=Event.WITHDRAWN,
        text_version=last.text_version if last is not None else "-",
        source=source,
        evidence=evidence,
        by=by,
        is_objection=True,
    )


def title_of(consent: Consent) -> str:
    """What a consent is called: by its wording, or by its purpose where the wording is of an earlier system."""
    text = wording_of(consent.purpose, consent.text_version)
    return str(text.title) if text is not None else consent.get_purpose_display()
