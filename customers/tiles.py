"""Figures about an agency's customers for the first page of the back office."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.consents_on_paper import PAPER_TAB, with_paper_to_take
from customers.documents.queries import without_certificate
from customers.models import Claim, Customer, Instalment, Policy
from customers.visibility import reach_of
from foundation.office.tiles import Tile

DAYS = 30
MOST = 999  # counted no further: a page must not cost more on a bad day


def tiles(user: Any) -> list[Tile]:
    """What an agency should know of its customers; for the company's staff, who have their own tiles, what the company owes."""
    if not user.has_perm("customers.view_policy"):
        return []
    return _certificates(user) if reach_of(user).everything else [*_agencys(user), *_certificates(user)]


def _certificates(user: Any) -> list[Tile]:
    """Motor policies whose risk certificate should be in the reserved area by now, when there are any."""
    lacking = without_certificate(Policy.objects.visible_to(user), today=timezone.localdate())
    count = lacking.order_by()[: MOST + 1].count()
    if not count:
        return []
    return [
        Tile(
            title=_("Risk certificates missing"),
            value=_up_to_most(count),
            hint=_("of policies that expire within 30 days: by law they are due already"),
            url=reverse("admin:customers_policy_changelist") + "?work=certificate",
            tone="bad",
        )
    ]


def _agencys(user: Any) -> list[Tile]:
    today = timezone.localdate()
    policies, claims = Policy.objects.visible_to(user), Claim.objects.visible_to(user)
    ending = policies.expiring(today, today + timedelta(days=DAYS)).without_paid_offer()
    expiring = ending.order_by()[: MOST + 1].count()
    owed = Instalment.objects.visible_to(user).unpaid().filter(due_on__lt=today, policy__state=Policy.State.ACTIVE)
    late = owed.order_by()[: MOST + 1].count()
    unsettled = claims.open().order_by()[: MOST + 1].count()
    policies_url = reverse("admin:customers_policy_changelist")
    return [
        Tile(
            title=_("Policies expiring within 30 days"),
            value=_up_to_most(expiring),
            hint=_("of your customers, the nearest first"),
            url=f"{policies_url}?work=expiring",
            tone="warn" if expiring else "",
        ),
        Tile(
            title=_("Instalments overdue"),
            value=_up_to_most(late),
            hint=_("not paid by their day") if late else _("Nothing is late"),
            tone="bad" if late else "good",
        ),
        Tile(
            title=_("Open claims"),
            value=_up_to_most(unsettled),
            hint=_("of your customers"),
            url=reverse("admin:customers_claim_changelist"),
        ),
        *_papers(user, today),
    ]


def _papers(user: Any, today: date) -> list[Tile]:
    if not user.has_perm("customers.add_consent"):
        return []
    wanted = with_paper_to_take(Customer.objects.visible_to(user), agencies=reach_of(user).agency_ids, today=today)
    return [
        Tile(
            title=_("Consents on paper to be taken"),
            value=_up_to_most(wanted.order_by()[: MOST + 1].count()),
            hint=_("for the promotions of the agency, by the next expiry of a policy"),
            url=f"{reverse('admin:customers_customer_changelist')}?work={PAPER_TAB}",
        )
    ]


def _up_to_most(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)
