"""One valid row of each model of `promotions`, and no story."""

from datetime import UTC, date, datetime
from typing import Any

import factory

from customers import roles
from customers.models import Consent, Customer
from customers.tests.factories import (
    AgencyFactory,
    ConsentFactory,
    ContactPointFactory,
    CustomerFactory,
    PolicyFactory,
    UserFactory,
)
from promotions.models import (
    CalledPerson,
    CallList,
    CheckedNumber,
    ContactPause,
    OppositionAnswer,
    OppositionCheck,
    Promotion,
    PromotionEvent,
    PromotionOutcome,
    Recipient,
    Visit,
)

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)  # a Tuesday


class PromotionFactory(factory.django.DjangoModelFactory):
    """A draft of an agency about home policies, by e-mail, without filters; `approved`, `sending` have come further."""

    class Meta:
        model = Promotion

    class Params:
        approved = factory.Trait(
            state=Promotion.State.APPROVED,
            approved_by=factory.SubFactory(UserFactory, role=roles.MANAGER),
            approved_at=NOW,
        )
        sending = factory.Trait(
            approved=True,
            state=Promotion.State.SENDING,
            send_from=NOW,
            not_after=datetime(2026, 3, 31, 18, tzinfo=UTC),
            begun_at=NOW,
        )

    name = factory.Sequence(lambda n: f"Casa sicura {n}")
    agency = factory.SubFactory(AgencyFactory)
    writer = factory.SubFactory(UserFactory, role=roles.AGENCY_MEMBER)
    last_written_by = factory.SelfAttribute("writer")
    controller = Promotion.Controller.AGENCY
    ramo = "8"
    channels = ["email"]
    subject = "La casa, protetta tutto l'anno"
    text = "Fino al 30 aprile la polizza per la casa costa il 10% in meno."
    holdout_percent = 0


class PromotionEventFactory(factory.django.DjangoModelFactory):
    """A draft that was submitted."""

    class Meta:
        model = PromotionEvent

    promotion = factory.SubFactory(PromotionFactory)
    old = Promotion.State.DRAFT
    new = Promotion.State.SUBMITTED


class PromotionOutcomeFactory(factory.django.DjangoModelFactory):
    """A finished promotion of which most is known."""

    class Meta:
        model = PromotionOutcome

    promotion = factory.SubFactory(
        PromotionFactory, sending=True, state=Promotion.State.FINISHED, ended_at=datetime(2026, 3, 31, 18, tzinfo=UTC)
    )
    of_written = 900
    written_contacts = 45
    written_policies = 27
    of_held_out = 100
    held_out_contacts = 4
    held_out_policies = 2
    counted_at = datetime(2026, 5, 10, 4, tzinfo=UTC)


class RecipientFactory(factory.django.DjangoModelFactory):
    """Somebody who is to be written to by e-mail."""

    class Meta:
        model = Recipient

    promotion = factory.SubFactory(PromotionFactory, sending=True)
    customer = factory.SubFactory(CustomerFactory)
    state = Recipient.State.WAITING
    was_eligible = True
    channel = "email"


class OppositionCheckFactory(factory.django.DjangoModelFactory):
    """One number that was written out, and has no answer yet."""

    class Meta:
        model = OppositionCheck

    promotion = factory.SubFactory(PromotionFactory, sending=True)
    number_of_numbers = 1
    sha256 = "0" * 64
    made_by = factory.SelfAttribute("promotion.writer")
    made_at = NOW


class OppositionAnswerFactory(factory.django.DjangoModelFactory):
    """The answer of the same day: nobody is in the register."""

    class Meta:
        model = OppositionAnswer

    opposition_check = factory.SubFactory(OppositionCheckFactory)
    checked_on = NOW.date()
    sha256 = "1" * 64
    free = 1
    opposed = 0
    refused = 0
    read_by = factory.SelfAttribute("opposition_check.made_by")
    read_at = NOW


class CheckedNumberFactory(factory.django.DjangoModelFactory):
    """A number that is not in the register."""

    class Meta:
        model = CheckedNumber

    answer = factory.SubFactory(OppositionAnswerFactory)
    opposition_check = factory.SelfAttribute("answer.opposition_check")
    customer = factory.SubFactory(CustomerFactory)
    phone = "+393331112223"
    is_opposed = False


class CallListFactory(factory.django.DjangoModelFactory):
    """A list of one person."""

    class Meta:
        model = CallList

    promotion = factory.SubFactory(PromotionFactory, sending=True)
    number_of_people = 1
    valid_until = date(2026, 3, 25)
    made_by = factory.SelfAttribute("promotion.writer")
    made_at = NOW


class CalledPersonFactory(factory.django.DjangoModelFactory):
    """Somebody who is to be rung."""

    class Meta:
        model = CalledPerson

    call_list = factory.SubFactory(CallListFactory)
    promotion = factory.SelfAttribute("call_list.promotion")
    customer = factory.SubFactory(CustomerFactory)
    phone = "+393331112223"
    consent = factory.SubFactory(
        ConsentFactory,
        customer=factory.SelfAttribute("..customer"),
        purpose=Consent.Purpose.AGENCY_PROMOTIONS,
        channel=Consent.Channel.PHONE,
    )
    checked = factory.SubFactory(
        CheckedNumberFactory,
        customer=factory.SelfAttribute("..customer"),
        answer__opposition_check__promotion=factory.SelfAttribute("....call_list.promotion"),
    )
    listed_at = NOW


class ContactPauseFactory(factory.django.DjangoModelFactory):
    """A pause for a bereavement."""

    class Meta:
        model = ContactPause

    customer = factory.SubFactory(CustomerFactory)
    ground = ContactPause.Ground.BEREAVEMENT
    until = date(2026, 6, 30)
    set_by = factory.SubFactory(UserFactory, role=roles.AGENT)
    set_at = NOW


def consent(customer: Customer, event: str = "confirmed", **fields: Any) -> Consent:
    """A row of the ledger about promotions of the agency by e-mail."""
    asked = {"purpose": Consent.Purpose.AGENCY_PROMOTIONS, "channel": "email", "recorded_at": NOW} | fields
    return ConsentFactory.create(customer=customer, event=event, **asked)


def willing(promotion: Promotion, **fields: Any) -> Customer:
    """A customer of the promotion's agency who holds a motor policy, has an e-mail address, and consented."""
    customer = CustomerFactory.create(**({"agency": promotion.agency} if promotion.agency else {}) | fields)
    PolicyFactory.create(holder=customer, starts_on=date(2025, 6, 1), ends_on=date(2026, 6, 1))
    ContactPointFactory.create(customer=customer, kind="email", value=f"cliente{customer.pk}@example.it")
    consent(customer)
    return customer


class VisitFactory(factory.django.DjangoModelFactory):
    """Somebody followed the link."""

    class Meta:
        model = Visit

    recipient = factory.SubFactory(RecipientFactory)
    by_machine = False
