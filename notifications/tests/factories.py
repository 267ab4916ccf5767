"""One valid row of each model of `notifications`, and no story."""

import factory

from customers.tests.factories import CustomerFactory, ReservedAreaAccountFactory
from notifications.models import Notice, NoticeAttachment, NoticeEvent, SuppressedAddress


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
