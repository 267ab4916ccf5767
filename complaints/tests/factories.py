"""One valid row of each model of `complaints`, and no story."""

import uuid
from datetime import UTC, date, datetime

import factory

from complaints.models import (
    AddedFile,
    Complaint,
    ComplaintAddition,
    ComplaintEvent,
    ComplaintLetter,
    Feedback,
    LetterSending,
    RegisterYear,
    Suspension,
)
from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory


class RegisterYearFactory(factory.django.DjangoModelFactory):
    """A year of the register."""

    class Meta:
        model = RegisterYear
        django_get_or_create = ("year",)

    year = 2026


class ComplaintFactory(factory.django.DjangoModelFactory):
    """A complaint received and not yet looked at; `answered=True` has its answer."""

    class Meta:
        model = Complaint

    class Params:
        answered = factory.Trait(
            state=Complaint.State.ANSWERED,
            outcome=Complaint.Outcome.REJECTED,
            answer="Gentile Cliente, il conteggio è corretto per i motivi che seguono.",
            answered_at=datetime(2026, 2, 10, 9, tzinfo=UTC),
        )

    year = factory.SubFactory(RegisterYearFactory)
    sequence = factory.Sequence(lambda n: n + 1)
    customer = factory.SubFactory(CustomerFactory)
    complainant_name = "Maria Rossi"
    subject = "Conteggio del premio"
    text = "Il premio richiesto non corrisponde al preventivo."
    received_on = date(2026, 1, 10)


class SuspensionFactory(factory.django.DjangoModelFactory):
    """Five days in which the intermediary was heard."""

    class Meta:
        model = Suspension

    complaint = factory.SubFactory(ComplaintFactory)
    started_on = date(2026, 1, 20)
    ended_on = date(2026, 1, 25)
    reason = "Chiarimenti chiesti all'agenzia sul preventivo."
    by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)


class ComplaintEventFactory(factory.django.DjangoModelFactory):
    """The registration of a complaint."""

    class Meta:
        model = ComplaintEvent

    complaint = factory.SubFactory(ComplaintFactory)
    kind = ComplaintEvent.Kind.REGISTERED


class ComplaintLetterFactory(factory.django.DjangoModelFactory):
    """The letter of an answered complaint."""

    class Meta:
        model = ComplaintLetter

    complaint = factory.SubFactory(ComplaintFactory, answered=True)
    pdf = b"%PDF-1.4"
    paragraphs = ["remedies@1", "ivass@1"]


class LetterSendingFactory(factory.django.DjangoModelFactory):
    """A letter that waits to be posted."""

    class Meta:
        model = LetterSending

    complaint = factory.SubFactory(ComplaintFactory, answered=True)
    way = LetterSending.Way.POST
    address = "Via Roma 1, 27100 Pavia"


class FeedbackFactory(factory.django.DjangoModelFactory):
    """Two stars given in the app, with a few words."""

    class Meta:
        model = Feedback

    source = Feedback.Source.APP
    customer = factory.SubFactory(CustomerFactory)
    rating = 2
    text = "L'accesso è lento."


class ComplaintAdditionFactory(factory.django.DjangoModelFactory):
    """A few words that the complainant sent later."""

    class Meta:
        model = ComplaintAddition

    complaint = factory.SubFactory(ComplaintFactory)
    text = "Aggiungo la ricevuta."
    submission_key = factory.LazyFunction(uuid.uuid4)


class AddedFileFactory(factory.django.DjangoModelFactory):
    """A receipt that came with it."""

    class Meta:
        model = AddedFile

    addition = factory.SubFactory(ComplaintAdditionFactory)
    name = "ricevuta.pdf"
    content_type = "application/pdf"
    size = 8
    sha256 = "0" * 64
    file = "complaints/2026/05/0000"
