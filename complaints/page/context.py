"""What the head of a complaint's page shows beside its commands. Its queries are as many for a long story as for a short one."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from complaints.approvals.commands import waiting_of
from complaints.arbitrator.office import RegisterAppeal
from complaints.checklists.queries import items_for
from complaints.models import Complaint, LetterSending
from complaints.page.next_step import steps_of
from complaints.page.similar import similar_to
from complaints.regulator.office import RegisterRequest
from customers.models import Claim, Policy, User

MOST_ASIDE = 5


def page_context(complaint: Complaint, *, user: User, today: date) -> dict[str, Any]:
    """The steps, the checklist, similar complaints, the person's policies, claims and other complaints; and what may follow."""
    items = items_for(complaint)
    ticks = {tick.item_id: tick for tick in complaint.ticks.select_related("by")}
    waiting = waiting_of(complaint)
    return {
        "steps": steps_of(
            complaint,
            ticked=sum(item.pk in ticks for item in items),
            items=len(items),
            waiting=waiting,
            has_gone=LetterSending.objects.gone().filter(complaint=complaint).exists(),
            asked=_asked(complaint),
        ),
        "waiting": waiting,
        "checklist": [(item, ticks.get(item.pk)) for item in items],
        "similar": similar_to(complaint, user=user, today=today),
        "new_matters": _new_matters(complaint, user=user),
        **_person(complaint, user=user),
    }


def _new_matters(complaint: Complaint, *, user: User) -> list[tuple[str, str]]:
    """The forms by which IVASS's request and an appeal that come of this complaint are entered: label and address."""
    known = (("regulatorrequest", RegisterRequest), ("arbitratorappeal", RegisterAppeal))
    asked = urlencode({"complaint": complaint.number})
    return [
        (
            str(command.label),
            f"{reverse(f'admin:complaints_{name}_list_command', args=[command.name])}?{asked}",
        )
        for name, command in known
        if user.has_perm(command.permission)
    ]


def _person(complaint: Complaint, *, user: User) -> dict[str, Any]:
    customer = complaint.customer
    if customer is None:
        return {}
    others = Complaint.objects.visible_to(user).filter(customer=customer).exclude(pk=complaint.pk)
    policies = Policy.objects.visible_to(user).filter(Q(holder=customer)).order_by("-ends_on", "-pk")
    claims = Claim.objects.visible_to(user).filter(policy__holder=customer).order_by("-occurred_on", "-pk")
    return {
        "person": customer,
        "policies": list(policies.only("number", "product", "plate", "ends_on", "state")[:MOST_ASIDE]),
        "claims": list(claims[:MOST_ASIDE]),
        "other_complaints": list(
            others.defer("text", "answer", "reasons").order_by("-received_on", "-pk")[:MOST_ASIDE]
        ),
    }


def _asked(complaint: Complaint) -> str:
    """How far the last enquiry to the intermediary has come; "" where it was not written to."""
    return complaint.enquiries.order_by("-sent_on", "-pk").values_list("state", flat=True).first() or ""
