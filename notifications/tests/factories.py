"""One valid row of each model of `notifications`, and no story."""

import factory

from customers.tests.factories import CustomerFactory
from notifications.models import Notice, NoticeAttachment


class NoticeFactory(factory.django.DjangoModelFactory):
    """An e-mail to a customer, still in the queue."""

    class Meta:
        model = Notice

    kind = "policy_expiry"
    channel = Notice.Channel.EMAIL
    once = factory.Sequence(lambda n: f"prova:{n}")
    customer = factory.SubFactory(CustomerFactory)
    address = "maria.rossi@example.it"
    subject = "La Sua polizza sta per scadere"
    body_text = "Gentile Cliente, la Sua polizza scade il 31/12/2026."


class NoticeAttachmentFactory(factory.django.DjangoModelFactory):
    """A letter that goes with a notice."""

    class Meta:
        model = NoticeAttachment

    notice = factory.SubFactory(NoticeFactory)
    name = "lettera.pdf"
    content_type = "application/pdf"
    content = b"%PDF-1.7"
