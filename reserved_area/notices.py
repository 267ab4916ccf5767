"""The reserved area's rooms about what we write to people and what they allow us: notices, consents."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from customers.consent_texts import ConsentText, texts_in_use
from customers.consents import is_in_force, is_waiting
from customers.models import Consent, Customer, User
from customers.models.account import Right
from customers.requests import CustomerRequest
from foundation.refusals import Refused
from notifications.account_kinds import ACCOUNT_MAIL
from notifications.consents import confirm_consent, give_consent, given_by_link, object_to, title_of, withdraw_consent
from notifications.kinds import confidential_codes, name_of
from notifications.models import Notice, NoticeQuerySet
from notifications.services import mark_read
from notifications.unsubscribing import read_link
from notifications.why.queries import why
from reserved_area.records import customer_page, one_page

MOST_CARRIED = 100  # deadlines in one message


# --- Notices -------------------------------------------------------------------------------------------------------
def inbox_for(customer: Customer) -> NoticeQuerySet:
    """What the inbox shows: advertising only to people who consented to advertising in the reserved area.

    Whether they did is remembered on the object: the page and its menu both ask.
    """
    inbox = Notice.objects.inbox_of(customer)
    if (shows_all := customer.__dict__.get("_sees_advertising")) is None:
        purpose = Consent.Purpose.PORTAL_ADVERTISING
        last = Consent.objects.filter(customer=customer, purpose=purpose).latest_first().first()
        shows_all = customer.__dict__["_sees_advertising"] = is_in_force(last and last.event, purpose=purpose)
    return inbox if shows_all else inbox.filter(is_promotional=False)


def notices_for(customer: Customer | int) -> NoticeQuerySet:
    """The inbox of the customer, or of the one of that id, without advertising, which has a place of its own."""
    return Notice.objects.inbox_of(customer).filter(is_promotional=False)


def offers_for(customer: Customer) -> NoticeQuerySet:
    """The advertising that the customer consented to see in the reserved area; nothing for others."""
    return inbox_for(customer).filter(is_promotional=True)


def sees_offers(customer: Customer) -> bool:
    """Whether the customer consented to advertising in the reserved area."""
    inbox_for(customer)
    return bool(customer.__dict__["_sees_advertising"])


def sent_to(user: User) -> NoticeQuerySet:
    """What was written to the customer by e-mail and text, without what is about the person's sign-in."""
    rows = Notice.objects.visible_to(user).filter(digest__isnull=True)
    rows = rows.exclude(channel__in=[Notice.Channel.INBOX, Notice.Channel.PUSH])
    return rows.exclude(kind=ACCOUNT_MAIL.code)


@customer_page
@require_safe
def notices_view(request: CustomerRequest) -> HttpResponse:
    """The inbox, newest first; notices that were read remain, marked as read."""
    notices, pages = one_page(request, notices_for(request.customer).for_list())
    return _room(request, "inbox", notices, pages)


@customer_page
@require_safe
def offers_view(request: CustomerRequest) -> HttpResponse:
    """The offers shown to a customer who consented to advertising in the reserved area, apart from everything else; none to others."""
    notices, pages = one_page(request, offers_for(request.customer).for_list())
    return _room(request, "offers", notices, pages)


def _room(request: CustomerRequest, room: str, notices: Any, pages: Any) -> HttpResponse:
    context = {"notices": notices, "page": pages, "room": room, "sees_offers": sees_offers(request.customer)}
    return render(request, "reserved_area/notices.html", context)


@customer_page
@require_safe
def sent_notices_view(request: CustomerRequest) -> HttpResponse:
    """What was written to the customer by e-mail and SMS: when, where to, and whether it left."""
    rows = sent_to(request.user).for_list().order_by("-created_at", "-pk")
    notices, pages = one_page(request, rows)
    return _room(request, "sent", notices, pages)


@customer_page
@require_safe
def notice_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """One notice. Opening it changes nothing: the page asks to mark it as read, by itself where there is JavaScript."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    is_inbox = notice.channel == Notice.Channel.INBOX
    if is_inbox and not is_shown_in_inbox(notice, request.customer):
        raise Http404
    return render(
        request,
        "reserved_area/notice.html",
        {
            "notice": notice,
            "offer_url": (notice.words or {}).get("action_url", "") if notice.is_promotional else "",
            "kind": name_of(notice.kind),
            "is_inbox": is_inbox,
            "is_hidden": notice.kind in confidential_codes(),
            "why": why(notice),
            "carried": carried_by(notice),
        },
    )


def is_shown_in_inbox(notice: Notice, customer: Customer) -> bool:
    """Whether the customer may open it there: a notice of the inbox, or one that a message of the inbox carried."""
    return inbox_for(customer).filter(pk=notice.digest_id or notice.pk).exists()


def carried_by(notice: Notice) -> NoticeQuerySet:
    """The notices that went with this one, in one message: each has its own page and its own text."""
    return notice.carried.filter(state=Notice.State.SENT).order_by("pk")[:MOST_CARRIED]


@customer_page
@require_POST
def read_view(request: CustomerRequest, pk: int) -> HttpResponse:
    """Mark a notice of the inbox as read, for good."""
    notice = get_object_or_404(Notice.objects.inbox_of(request.customer), pk=pk)
    mark_read(notice, by=request.user)
    if request.headers.get("HX-Request"):
        return HttpResponse(format_html('<span class="badge-state">{}</span>', _("Read")))
    return redirect("portal_notices")


# --- Consents ------------------------------------------------------------------------------------------------------
@customer_page
@require_safe
def consents_view(request: CustomerRequest) -> HttpResponse:
    """Every purpose with its text and the consent in force on its channels; below, all events."""
    asked, others = consents_of(request.customer, request.user)
    mine = Consent.objects.visible_to(request.user).filter(customer__in=request.customer.file_ids)
    events, pages = one_page(request, mine.latest_first())
    return render(
        request,
        "reserved_area/consents.html",
        {
            "asked": asked,
            "others": others,
            "events": [(event, title_of(event)) for event in events],
            "page": pages,
        },
    )


def consents_of(
    customer: Customer, user: User
) -> tuple[list[tuple[ConsentText, list[dict[str, Any]]]], list[dict[str, Any]]]:
    """Each text that is asked for with how it stands on its channels; and consents of the past that are not asked for any more."""
    mine = Consent.objects.visible_to(user).filter(customer=customer)
    last = {(each.purpose, each.channel): each for each in mine.in_force()}
    asked = [(text, _standing(text, last)) for text in texts_in_use(timezone.localdate())]
    shown = {(text.purpose, channel) for text, rows in asked for channel in text.channels}
    others = [each for key, each in last.items() if key not in shown and each.event != Consent.Event.WITHDRAWN]
    return asked, [_row(each.purpose, each.channel, each) for each in others]


def _standing(text: ConsentText, last: dict[tuple[str, str], Consent]) -> list[dict[str, Any]]:
    return [_row(text.purpose, channel, last.get((text.purpose, channel))) for channel in text.channels]


def _row(purpose: str, channel: str, last: Consent | None) -> dict[str, Any]:
    event = last.event if last else None
    return {
        "purpose": purpose,
        "channel": channel,
        "channel_name": Consent.Channel(channel).label,
        "last": last,
        "title": title_of(last) if last else "",
        "in_force": is_in_force(event, purpose=purpose),
        "waiting": is_waiting(event, purpose=purpose),
    }


@customer_page(right=Right.CONSENT)
@require_POST
def give_consent_view(request: CustomerRequest, purpose: str, channel: str) -> HttpResponse:
    """Consent to a text on a channel; refused where the text is another version than the page showed."""
    texts = {text.purpose: text for text in texts_in_use(timezone.localdate())}
    text = texts.get(purpose)
    if text is None or channel not in text.channels:
        raise Http404
    if request.POST.get("version") != text.version:
        messages.warning(request, _("The text has changed meanwhile: please read it again before you say yes."))
        return redirect("portal_consents")
    try:
        given = give_consent(
            request.customer,
            text,
            channel=channel,
            source=Consent.Source.PORTAL,
            by=request.user,
            evidence="button of the consents page, signed in",
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal_consents")
    if is_waiting(given.event, purpose=purpose):
        messages.success(request, _("Thank you. We sent you an e-mail: the consent counts once you confirm it there."))
    else:
        messages.success(request, _("Thank you: your consent is recorded."))
    return redirect("portal_consents")


@customer_page(right=Right.CONSENT)
@require_POST
def withdraw_consent_view(request: CustomerRequest, purpose: str, channel: str) -> HttpResponse:
    """Withdraw a consent: one press, with immediate effect."""
    if purpose not in Consent.Purpose.values or channel not in Consent.Channel.values:
        raise Http404
    try:
        withdraw_consent(
            request.customer,
            purpose=purpose,
            channel=channel,
            source=Consent.Source.PORTAL,
            by=request.user,
            evidence="button of the consents page, signed in",
        )
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Done: your consent is withdrawn from this moment."))
    return redirect("portal_consents")


@never_cache
def confirm_consent_view(request: HttpRequest, link: str) -> HttpResponse:
    """The page of a confirmation link: GET shows what it would confirm, POST confirms it. No sign-in is needed."""
    given, refusal, confirmed = None, None, None
    try:
        given = given_by_link(link)
        if request.method == "POST":
            confirmed = confirm_consent(given)
    except Refused as refused:
        refusal = refused
    return render(
        request,
        "reserved_area/consent_confirm.html",
        {"given": given, "title": title_of(given) if given else "", "confirmed": confirmed, "refusal": refusal},
        status=410 if refusal else None,
    )


# --- Without a sign-in, by the link of a message -------------------------------------------------------------------
@dataclass(frozen=True)
class Choice:
    """One kind of promotion on one channel, as the page of the link shows it: whether it may reach the person now."""

    purpose: str
    channel: str
    is_of_link: bool
    may_come: bool

    @property
    def value(self) -> str:
        """What the form sends for it."""
        return f"{self.purpose}:{self.channel}"

    @property
    def words(self) -> str:
        """What it is called."""
        return f"{Consent.Purpose(self.purpose).label} – {Consent.Channel(self.channel).label}"


PROMOTIONAL = (Consent.Purpose.AGENCY_PROMOTIONS, Consent.Purpose.MARKETING, Consent.Purpose.PORTAL_ADVERTISING)
EVIDENCE = "link of a message, without signing in"


def choices_of(customer: Customer, purpose: str) -> list[Choice]:
    """What the person may stop: promotions by e-mail, which need no consent where a product is similar, and each consent in force."""
    last = {(each.purpose, each.channel): each for each in Consent.objects.filter(customer=customer).in_force()}
    keys = {(each.value, Consent.Channel.EMAIL.value) for each in PROMOTIONAL[:2]}
    keys |= {(each.purpose, each.channel) for each in last.values() if each.purpose in PROMOTIONAL}
    keys.add((purpose, Consent.Channel.EMAIL.value))
    found = []
    for of_purpose, channel in sorted(keys):
        event = last[of_purpose, channel].event if (of_purpose, channel) in last else None
        found.append(
            Choice(
                of_purpose,
                channel,
                is_of_link=of_purpose == purpose,
                may_come=event is not None and event != Consent.Event.WITHDRAWN,
            )
        )
    return found


@csrf_exempt  # a mail program presses for its reader (RFC 8058): the link itself is the proof
@never_cache
def unsubscribe_view(request: HttpRequest, link: str) -> HttpResponse:
    """The page of the link in a promotion, without a sign-in: GET shows all choices and changes nothing, POST ends what was chosen.

    A POST without a choice is the one press of a mail program: e-mails of the link's kind.
    """
    read = read_link(link)
    if read is None or read[1] not in Consent.Purpose.values:
        raise Http404
    customer, purpose = get_object_or_404(Customer, pk=read[0]), read[1]
    choices = choices_of(customer, purpose)
    ended: list[Choice] = []
    if request.method == "POST":
        wanted = set(request.POST.getlist("choice")) or {f"{purpose}:{Consent.Channel.EMAIL}"}
        ended = [each for each in choices if each.value in wanted or "all" in request.POST]
        for each in ended:
            object_to(
                customer,
                purpose=each.purpose,
                channel=each.channel,
                source=Consent.Source.UNSUBSCRIBE,
                evidence=EVIDENCE,
            )
    context = {"choices": choices, "ended": ended, "is_done": request.method == "POST"}
    return render(request, "reserved_area/unsubscribe.html", context)
