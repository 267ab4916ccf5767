"""Queries: the customers of an agency whose consent to its own promotions is still to be taken on paper, and why."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.consent_texts import ConsentText, texts_in_use
from customers.consents import IN_PERSON
from customers.models import Consent, Policy
from customers.models.customer import CustomerQuerySet
from foundation.office.leading_back import leading_back

PURPOSE, CHANNEL = Consent.Purpose.AGENCY_PROMOTIONS, Consent.Channel.EMAIL
CONSENT_COMMAND = "consenso"  # of a customer's file, an app further up
PAPER_TAB = "carta"  # of the list of customers
PURPOSE_CHOSEN = "scopo"  # of the address of that command: the purpose that is chosen already
SETTLED = ""


class PaperReason(TextChoices):
    """Why the paper is still to be signed."""

    NEVER_ASKED = "never_asked", _("never asked")
    NOT_CONFIRMED = "not_confirmed", _("given, never confirmed")
    NOT_PROVEN = "not_proven", _("given, and nothing proves it")
    EARLIER_WORDING = "earlier_wording", _("given under an earlier wording")


def text_to_sign(today: date) -> ConsentText | None:
    """The wording that an agency asks to be signed; None on a day on which there is none."""
    found = next((each for each in texts_in_use(today) if each.purpose == PURPOSE), None)
    return found if found is not None and CHANNEL in found.channels else None


def paper_address(customer_id: int, *, back_to: str | None = None) -> str:
    """Where the paper of a customer is written down, with the agency's purpose chosen already."""
    address = reverse("admin:customers_customer_command", args=[customer_id, CONSENT_COMMAND])
    return leading_back(address, back_to, **{PURPOSE_CHOSEN: PURPOSE.value})


def with_paper_to_take(customers: CustomerQuerySet, *, agencies: Iterable[int], today: date) -> CustomerQuerySet:
    """Those of the agencies' customers whose signature is still wanted, with `paper_reason` and `next_expiry`.

    Who holds a policy of their agency that is in force comes to it when that expires (`next_expiry`, the nearest), which is
    when the paper is signed. Wanted is an answer under the wording of today: of somebody who was never asked, whose consent waits for its
    confirmation, or was given by word of mouth or in an earlier system without anything that proves it (art. 7(1) GDPR),
    or under an earlier wording. Who withdrew it, or objected, has answered and is not asked again. Two questions of an index for
    each customer of the agencies, and none of the others.
    """
    if (text := text_to_sign(today)) is None:
        return customers.none()
    last = Consent.objects.filter(customer=OuterRef("pk"), purpose=PURPOSE, channel=CHANNEL).latest_first()
    reason = Case(
        When(event=Consent.Event.WITHDRAWN, then=Value(SETTLED)),
        When(event=Consent.Event.GIVEN, then=Value(PaperReason.NOT_CONFIRMED)),
        When(Q(evidence="", source__in=IN_PERSON), then=Value(PaperReason.NOT_PROVEN)),
        When(~Q(text_version=text.version), then=Value(PaperReason.EARLIER_WORDING)),
        default=Value(SETTLED),
    )
    in_force = Policy.objects.filter(
        holder=OuterRef("pk"), agency=OuterRef("agency"), state=Policy.State.ACTIVE, ends_on__gte=today
    )
    nearest = in_force.order_by("ends_on").values("ends_on")[:1]
    return (
        customers.not_joined()
        .filter(agency__in=list(agencies))
        .annotate(
            next_expiry=Subquery(nearest),
            paper_reason=Coalesce(Subquery(last.values(reason=reason)[:1]), Value(PaperReason.NEVER_ASKED)),
        )
        .filter(next_expiry__isnull=False)
        .exclude(paper_reason=SETTLED)
    )


NEAREST_FIRST = (F("next_expiry").asc(), "pk")
