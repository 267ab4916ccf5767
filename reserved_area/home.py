"""The home of the reserved area: what is due, what is in progress, what is new."""

from typing import Any

from django.db.models import Count, Q, Window
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from complaints.complainant_page import in_plain_words
from complaints.models import Complaint
from contact_center.models import Contact
from customers.claim_steps import answer_due_on
from customers.due import due_for
from customers.models import Claim
from customers.payments.configured import can_pay_online
from customers.requests import AboutCustomer, CustomerRequest
from reserved_area.claim_page import drafts_of
from reserved_area.menu import MOST_COUNTED
from reserved_area.notices import notices_for
from reserved_area.records import customer_page

MOST = 5  # rows of each kind; the rooms have the rest


@customer_page(for_heirs=True)
@require_safe
def home_view(request: CustomerRequest) -> HttpResponse:
    """What a customer came for, on one page: a handful of queries, however much there is."""
    today = timezone.localdate()
    return render(
        request, "reserved_area/home.html", {**facts_of_home(request), "now": timezone.now(), "today": today}
    )


def facts_of_home(request: AboutCustomer) -> dict[str, Any]:
    """What the home shows, on the page and in the app: at most five of each."""
    user, customer = request.user, request.customer
    claims = list(
        Claim.objects.visible_to(user).open().select_related("policy").order_by("-reported_on", "-pk")[:MOST]
    )
    # The conversation on a claim shown is on its page, and stands here beside it only while it waits for the customer.
    told_by_claim = Q(claim__in=claims) & ~Q(state=Contact.State.WAITING)
    contacts = (
        Contact.objects.visible_to(user)
        .open()
        .exclude(channel=Contact.Channel.PHONE)
        .exclude(told_by_claim)
        .select_related("topic", "call_back")
        .defer("notes")
        .order_by("-started_at", "-pk")[:MOST]
    )
    complaints = (
        Complaint.objects.visible_to(user).open().with_term(timezone.localdate()).order_by("due_on", "pk")[:MOST]
    )
    notices = list(notices_for(customer).unread().for_list().annotate(unread=Window(Count("pk")))[:MOST])
    if request.account.is_of_heir:  # who sees none of the correspondence
        contacts, complaints, notices = contacts.none(), complaints.none(), []
    return {
        "dues": due_for(customer, today=timezone.localdate(), most=MOST),
        "can_pay": can_pay_online(),
        "claims": [(claim, answer_due_on(claim)) for claim in claims],
        "drafts": drafts_of(customer),
        "contacts": contacts,
        "complaints": [(complaint, in_plain_words(complaint)) for complaint in complaints],
        "notices": notices,
        "unread_notices": min(notices[0].unread, MOST_COUNTED) if notices else 0,
        "agency": customer.agency,
    }
