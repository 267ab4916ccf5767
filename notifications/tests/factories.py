"""One valid row of each model of `notifications`, and no story."""

import hashlib
from datetime import date, timedelta

import factory
from django.utils import timezone

from customers import roles
from customers.tests.factories import CustomerFactory, ReservedAreaAccountFactory, UserFactory
from notifications.alerts.events import BY_CODE
from notifications.kinds import KINDS
from notifications.models import (
    AlertRule,
    AlertSimulation,
    ChannelCircuit,
    DeliveryReport,
    Letter,
    LetterBatch,
    MailboxPlace,
    Notice,
    NoticeAttachment,
    NoticeEvent,
    NoticeHold,
    NoticePreference,
    NoticeText,
    NoticeTextEvent,
    PreferenceChange,
    ReturnedMessage,
    SendingDay,
    SuppressedAddress,
)
from notifications.preferences.queries import Chosen
from notifications.texts.mediums import mediums_of


class NoticeFactory(factory.django.DjangoModelFactory):
    """An e-mail to a customer, still in the queue."""

    class Meta:
        model = Notice

    kind = "policy_expiry"
    channel = Notice.Channel.EMAIL
    once = factory.Sequence(lambda n: f"prova:{n}")
    customer: factory.declarations.BaseDeclaration = factory.SubFactory(CustomerFactory)
    address = "maria.rossi@example.it"
    subject = "La Sua polizza sta per scadere"
    body_text = "Gentile Cliente, la Sua polizza scade il 31/12/2026."


class InboxNoticeFactory(NoticeFactory):
    """In the reserved area of somebody who can open it."""

    channel = Notice.Channel.INBOX
    address = ""
    customer = factory.LazyFunction(lambda: ReservedAreaAccountFactory().customer)


class NoticeAttachmentFactory(factory.django.DjangoModelFactory):
    """A letter that goes with a notice."""

    class Meta:
        model = NoticeAttachment

    notice = factory.SubFactory(NoticeFactory)
    name = "lettera.pdf"
    content_type = "application/pdf"
    content = b"%PDF-1.7"


class DeliveryReportFactory(factory.django.DjangoModelFactory):
    """A message that the receiving side could not deliver."""

    class Meta:
        model = DeliveryReport

    notice = factory.SubFactory(NoticeFactory)
    outcome = DeliveryReport.Outcome.FAILED
    detail = "550 5.1.1 User unknown"


class NoticeEventFactory(factory.django.DjangoModelFactory):
    """A notice that was put in doubt."""

    class Meta:
        model = NoticeEvent

    notice = factory.SubFactory(NoticeFactory)
    old = Notice.State.SENDING
    new = Notice.State.IN_DOUBT
    detail = "Connection unexpectedly closed"


class SuppressedAddressFactory(factory.django.DjangoModelFactory):
    """An address that does not exist, by the mail server's answer."""

    class Meta:
        model = SuppressedAddress

    channel = Notice.Channel.EMAIL
    address = factory.Sequence(lambda n: f"nessuno{n}@example.it")
    reason = SuppressedAddress.Reason.NO_SUCH_MAILBOX


class ChannelCircuitFactory(factory.django.DjangoModelFactory):
    """A channel that failed once and is in use."""

    class Meta:
        model = ChannelCircuit
        django_get_or_create = ("channel",)

    channel = factory.Iterator(["email", "inbox", "pec", "sms", "push", "post"])
    failures = 1
    cause = "Connection refused"


class SendingDayFactory(factory.django.DjangoModelFactory):
    """A day on which some alerts went by e-mail."""

    class Meta:
        model = SendingDay

    day = date(2026, 5, 4)
    kind = factory.Sequence(lambda n: f"kind-{n}")
    channel = Notice.Channel.EMAIL
    written = 10
    sent = 8
    refused = 2


class MailboxPlaceFactory(factory.django.DjangoModelFactory):
    """How far a mailbox was read."""

    class Meta:
        model = MailboxPlace

    name = factory.Sequence(lambda n: f"casella-{n}")


class LetterBatchFactory(factory.django.DjangoModelFactory):
    """A batch that is at the printer's."""

    class Meta:
        model = LetterBatch

    made_by = factory.SubFactory(UserFactory)
    number_of_letters = 1
    sha256 = "0" * 64


class LetterFactory(factory.django.DjangoModelFactory):
    """The one letter of a batch."""

    class Meta:
        model = Letter

    batch = factory.SubFactory(LetterBatchFactory)
    notice = factory.SubFactory(
        NoticeFactory, channel="post", address="", state="sending", claimed_at=factory.LazyFunction(timezone.now)
    )
    number = 1
    recipient = "Maria Rossi\nVia Roma 1\n20149 Milano MI"


class ReturnedMessageFactory(factory.django.DjangoModelFactory):
    """What somebody answered, still to be looked at."""

    class Meta:
        model = ReturnedMessage

    mailbox = "returns"
    kind = ReturnedMessage.Kind.ANSWER
    sender = "maria.rossi@example.it"
    subject = "Re: La Sua polizza sta per scadere"
    raw = factory.Sequence(
        lambda n: f"From: maria.rossi@example.it\nSubject: Re: La Sua polizza\n\nBuongiorno, {n}".encode()
    )
    digest = factory.LazyAttribute(lambda row: hashlib.sha256(row.raw).hexdigest())
    size = factory.LazyAttribute(lambda row: len(row.raw))


def _written(n: int) -> str:
    """The code of a kind that has texts, another for each number."""
    codes = sorted(code for code, kind in KINDS.items() if mediums_of(kind))
    return codes[n % len(codes)]


class NoticeTextFactory(factory.django.DjangoModelFactory):
    """A draft of an English text, in the words of a policy that expires; `submitted`, `approved` have come further."""

    class Meta:
        model = NoticeText

    class Params:
        submitted = factory.Trait(state=NoticeText.State.SUBMITTED)
        approved = factory.Trait(
            state=NoticeText.State.APPROVED,
            approved_by=factory.SubFactory(UserFactory, role=roles.MANAGER),
            approved_at=factory.LazyFunction(timezone.now),
            valid_from=factory.SelfAttribute("approved_at"),
        )

    kind = factory.Sequence(lambda n: _written(n))  # of one text there is one draft
    medium = NoticeText.Medium.MESSAGE
    language = "en"
    number = factory.Sequence(lambda n: n + 1)
    subject = "Policy {{ policy }} expires on {{ ends_on|written_day }}"
    body = (
        "Dear {{ product }} customer,\nthe yearly premium was {% if premium %}{{ premium|floatformat:'2g' }}{% endif %} euro. "
        "The cover lasts until {{ cover_ends_on|written_day }}. It is not renewed tacitly; after that day the vehicle is not "
        "insured.\n"
    )
    change_note = "Shorter."
    written_by = factory.SubFactory(UserFactory, role=roles.COMPLAINT_OFFICER)
    last_written_by = factory.SelfAttribute("written_by")


class NoticeTextEventFactory(factory.django.DjangoModelFactory):
    """A draft that was submitted."""

    class Meta:
        model = NoticeTextEvent

    text = factory.SubFactory(NoticeTextFactory)
    old = NoticeText.State.DRAFT
    new = NoticeText.State.SUBMITTED
    by = factory.SelfAttribute("text.written_by")


class NoticePreferenceFactory(factory.django.DjangoModelFactory):
    """A person who wants no texts about deadlines."""

    class Meta:
        model = NoticePreference

    customer = factory.SubFactory(CustomerFactory)
    off = ["deadlines:sms"]


class PreferenceChangeFactory(factory.django.DjangoModelFactory):
    """Texts about deadlines switched off in the reserved area."""

    class Meta:
        model = PreferenceChange

    customer = factory.SubFactory(CustomerFactory)
    source = PreferenceChange.Source.PORTAL
    before = factory.LazyFunction(lambda: Chosen().as_stored() | {"language": "it"})
    after = factory.LazyFunction(lambda: Chosen(frozenset({"deadlines:sms"})).as_stored() | {"language": "it"})
    by = factory.SubFactory(UserFactory)


class NoticeHoldFactory(factory.django.DjangoModelFactory):
    """A notice that waited for the morning."""

    class Meta:
        model = NoticeHold

    notice = factory.SubFactory(NoticeFactory)
    until = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=9))


class AlertRuleFactory(factory.django.DjangoModelFactory):
    """A draft of a reminder that an instalment falls due, a week before."""

    class Meta:
        model = AlertRule

    name = factory.Sequence(lambda n: f"Regola di prova {n}")
    event = "instalment_due"
    kind = factory.LazyAttribute(lambda rule: BY_CODE[rule.event].kinds[0].code)
    number = 1
    from_days = -7
    until_days = 0
    created_by = factory.SubFactory(UserFactory)
    written_by = factory.SelfAttribute("created_by")


class AlertSimulationFactory(factory.django.DjangoModelFactory):
    """A simulation that found a person."""

    class Meta:
        model = AlertSimulation

    rule = factory.SubFactory(AlertRuleFactory)
    revision = 1
    first = date(2026, 5, 1)
    last = date(2026, 5, 31)
    people = 1
    matters = 1
    reached_anyway = 0
    at_once = 0
    by_channel = factory.LazyFunction(lambda: {"email": 1})
    by = factory.SubFactory(UserFactory)
