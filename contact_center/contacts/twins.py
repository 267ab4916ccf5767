"""Requests that were probably sent twice: the same words from the same address within minutes, by the browser's way back."""

from datetime import timedelta
from typing import TypedDict

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, QuerySet, Subquery

from contact_center.models import Contact, Message, WebFormRequest

WITHIN = timedelta(minutes=30)
_BY_FORM = (Contact.Channel.SITE_FORM, Contact.Channel.PORTAL)


def twins_of(form: WebFormRequest, among: QuerySet[Contact] | None = None) -> QuerySet[Contact]:
    """Other requests with the same form, address, topic and first words within half an hour of this one, oldest first.

    `among` is what the reader may see, or all. They are a hint and no more: nobody's words are thrown away or put together
    by a machine.
    """
    contact = form.contact
    first = Message.objects.filter(contact=OuterRef("pk")).order_by("written_at", "pk").values("text")[:1]
    words = Message.objects.filter(contact=contact).order_by("written_at", "pk").values("text")[:1]
    return (
        (Contact.objects.all() if among is None else among)
        .filter(
            channel__in=_BY_FORM,
            started_at__range=(contact.started_at - WITHIN, contact.started_at + WITHIN),
            address=contact.address,
            subject=contact.subject,
            topic=contact.topic_id,
            web_form__form=form.form,
        )
        .exclude(pk=contact.pk)
        .annotate(first_words=Subquery(first))
        .filter(first_words=Subquery(words))
        .order_by("started_at", "pk")
    )


class MayHaveTwins(TypedDict):
    """What a contact has besides, whose query was annotated with `has_twins`."""

    has_twins: bool


def has_twins() -> Exists:
    """Whether a contact of the query may have twins: few have, and only these need asking for them."""
    moment = OuterRef("started_at")
    around = [ExpressionWrapper(each, output_field=DateTimeField()) for each in (moment - WITHIN, moment + WITHIN)]
    return Exists(
        Contact.objects.filter(
            channel__in=_BY_FORM,
            started_at__range=around,
            address=OuterRef("address"),
            subject=OuterRef("subject"),
            web_form__form=OuterRef("web_form__form"),
        ).exclude(pk=OuterRef("pk"))
    )


def sent_before(form: WebFormRequest) -> Contact | None:
    """The request that this one probably repeats: the earliest of its twins, if that came first."""
    return twins_of(form).filter(started_at__lte=form.contact.started_at, pk__lt=form.contact_id).first()
