"""The home of the reserved area: what is due, what is in progress, what is new."""

from datetime import date
from itertools import chain, islice, repeat
from typing import Any

from django.db.models import Count, Q, Window
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from complaints.models import Complaint
from complaints.models.complaint import ComplaintQuerySet
from contact_center.models import Contact
from contact_center.models.contact import ContactQuerySet
from customers.due import due_for
from customers.models import Claim
from customers.models.claim import ClaimQuerySet
from customers.payments.configured import can_pay_online
from customers.requests import AboutCustomer, CustomerRequest
from customers.visibility import reader_of_file, sees_one_file
from foundation.written_once import ObjectsWrittenOnce
from notifications.models import NoticeQuerySet
from reserved_area.claim_page import drafts_of
from reserved_area.due_words import shown_due
from reserved_area.in_progress import shown_claim, shown_complaint, shown_contact
from reserved_area.menu import MOST_COUNTED
from reserved_area.notices import notices_for
from reserved_area.records import customer_page

MOST = 5  # rows of each kind; the rooms have the rest
NOBODY = -1  # the id of no customer and of no claim


@customer_page(for_heirs=True)
@require_safe
def home_view(request: CustomerRequest) -> HttpResponse:
    """What a customer came for, on one page: a handful of queries, however much there is."""
    facts, today, now = facts_of_home(request), timezone.localdate(), timezone.now()
    in_progress = [
        *(shown_claim(each, today=today) for each in facts["claims"]),
        *(shown_contact(each, now=now) for each in facts["contacts"]),
        *(shown_complaint(each, today=today) for each in facts["complaints"]),
    ]
    shown_dues = [shown_due(each) for each in facts["dues"]]
    return render(request, "reserved_area/home.html", {**facts, "shown_dues": shown_dues, "in_progress": in_progress})


def facts_of_home(request: AboutCustomer) -> dict[str, Any]:
    """What the home shows, on the page and in the app: at most five of each."""
    customer, today = request.customer, timezone.localdate()
    assert sees_one_file(request.user, customer.pk), "the door narrows the reach before it asks"
    claims = _CLAIMS.objects(customer.pk)
    contacts, complaints, notices = [], [], []
    if not request.account.is_of_heir:  # who sees none of the correspondence
        told_by_claim = (claim.pk for claim in claims)
        contacts = _CONTACTS.objects(customer.pk, *islice(chain(told_by_claim, repeat(NOBODY)), MOST))
        complaints = _COMPLAINTS.objects(customer.pk, today)
        notices = _NOTICES.objects(customer.pk)
        for each in notices:  # whose inbox it is, we know
            each.customer = customer
    return {
        "dues": due_for(customer, today=today, most=MOST),
        "can_pay": can_pay_online(),
        "claims": claims,
        "drafts": drafts_of(customer),
        "contacts": contacts,
        "complaints": complaints,
        "notices": notices,
        "unread_notices": min(notices[0].unread, MOST_COUNTED) if notices else 0,
        "agency": customer.agency,
    }


# What every home asks is written once: to write it took the ORM a third of the page. A claim of the home that is not there is NOBODY's.
def _claims(customer: int) -> ClaimQuerySet:
    rows = Claim.objects.visible_to(reader_of_file(customer)).open()
    return rows.select_related("policy").order_by("-reported_on", "-pk")[:MOST]


def _contacts(customer: int, *claims: int) -> ContactQuerySet:
    """The open ones in writing. The conversation on a claim shown is on its page, and stands here beside it only while it waits for the customer."""
    told_by_claim = Q(claim__in=claims) & ~Q(state=Contact.State.WAITING)
    rows = Contact.objects.visible_to(reader_of_file(customer)).open().exclude(channel=Contact.Channel.PHONE)
    rows = rows.exclude(told_by_claim).select_related("topic", "call_back").defer("notes")
    return rows.order_by("-started_at", "-pk")[:MOST]


def _complaints(customer: int, today: date) -> ComplaintQuerySet:
    rows = Complaint.objects.visible_to(reader_of_file(customer)).open().with_term(today)
    return rows.order_by("due_on", "pk")[:MOST]


def _notices(customer: int) -> NoticeQuerySet:
    rows = notices_for(customer).unread().defer("body_text", "body_html")
    return rows.annotate(unread=Window(Count("pk")))[:MOST]


_CLAIMS = ObjectsWrittenOnce(_claims, NOBODY)
_CONTACTS = ObjectsWrittenOnce(_contacts, NOBODY, *(NOBODY - place for place in range(1, MOST + 1)))
_COMPLAINTS = ObjectsWrittenOnce(_complaints, NOBODY, date.min)
_NOTICES = ObjectsWrittenOnce(_notices, NOBODY)
