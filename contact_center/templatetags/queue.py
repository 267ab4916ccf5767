"""The rows of the queue, written at once: fifty of them drawn by the template took half of the page's time."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contact_center.models import Contact
from foundation.dates import written_day
from foundation.masking import Kind, seen_of, seen_text_of
from foundation.office.closed import RESTRICTED, is_closed
from foundation.templatetags.moments import moment

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from contact_center.office.queue import RowWords

    Described = WithAnnotations[Contact, RowWords]

EXCERPT = 140  # characters shown of the last message

register = template.Library()


@register.simple_tag
def queue_rows(contacts: "Iterable[Described]", can_be_chosen: bool = False) -> SafeString:
    """The `<tr>` elements of described contacts (contact_center.office.queue); all that people wrote is escaped.

    Each has a box to tick where the reader may work on several at once.
    """
    return mark_safe("".join(_row(contact, can_be_chosen=can_be_chosen) for contact in contacts))  # noqa: S308 - each text goes through escape()


def _row(contact: "Described", *, can_be_chosen: bool) -> str:
    channel, due = escape(contact.channel_name), contact.due_shown
    at = f"<span>{escape(moment(due.at))}</span>" if due.at else ""
    second, nobody = escape(_("second level")), escape(_("nobody yet"))
    level = f'<span class="vc-level" title="{second}">2°</span>' if contact.level == 2 else ""
    owner = escape(str(contact.owner)) if contact.owner else f'<span class="vc-nobody">{nobody}</span>'
    box = ""
    if can_be_chosen:
        choose = escape(_("Choose %(number)s") % {"number": contact.number})
        box = f'<input type="checkbox" class="vc-choose" form="chosen-rows" name="row" value="{contact.pk}" aria-label="{choose}">'
    return (
        f'<tr><th scope="row">{box}<a class="vc-number" href="{contact.pk}/change/">'
        f'<span class="material-symbols-outlined" aria-hidden="true" title="{channel}">{contact.icon}</span>'
        f'<span class="vc-unseen">{channel}, </span>{contact.number}</a></th>'
        f'<td><span class="vc-two vc-due" data-tone="{due.tone}"><strong>{escape(due.words)}</strong>{at}{_warned(contact)}</span></td>'
        f'<td><span class="vc-chip" data-state="{contact.state}">{escape(contact.state_name)}</span>{level}{_marks(contact)}{_urgency(contact)}</td>'
        f'<td><span class="vc-two vc-who">{_person(contact)}</span></td>'
        f'<td><span class="vc-two vc-about">{_matter(contact)}</span></td>'
        f'<td><span class="vc-two vc-who"><strong>{owner}</strong>'
        f"<span>{escape(str(contact.team or '–'))}</span></span></td></tr>"
    )


def _warned(contact: "Described") -> str:
    """Whom the last rung of alert reached, and when."""
    if not contact.warned:
        return ""
    icon = '<span class="material-symbols-outlined" aria-hidden="true">notifications_active</span>'
    return f'<span class="vc-warned">{icon}{escape(capfirst(contact.warned))}</span>'


def _urgency(contact: "Described") -> str:
    """Why it comes before others."""
    if not contact.urgency:
        return ""
    return f'<span class="vc-priority" data-priority="{contact.priority}" dir="auto">{escape(capfirst(contact.urgency))}</span>'


def _marks(contact: "Described") -> str:
    """What the next reader should know first: the customer said no, the second level sent it back."""
    marks = []
    if contact.confirmed is False and contact.state != Contact.State.CLOSED:
        marks.append(("sentiment_dissatisfied", _("the customer answered that it was not resolved")))
    if contact.follow_up_on is not None:
        marks.append(
            ("event", _("to be taken up again on %(day)s") % {"day": written_day(contact.follow_up_on, "il")})
        )
    if contact.sent_back_count:
        marks.append(("undo", _("sent back by the second level")))
    return "".join(
        f'<span class="vc-flag" title="{escape(words)}"><span class="material-symbols-outlined" aria-hidden="true">{icon}'
        f'</span><span class="vc-unseen">{escape(words)}</span></span>'
        for icon, words in marks
    )


def _person(contact: "Described") -> str:
    if is_closed(contact):
        name, where = str(RESTRICTED), "–"
    elif contact.customer:
        name, where = str(contact.customer), contact.customer.code
        if name == where:  # on a page whose reader is shown no names
            where = ""
    else:
        stated = contact.stated_name
        name = seen_of(contact, Kind.NAME, stated) if stated else _("not known")
        where = seen_of(contact, Kind.TELEPHONE, contact.address) or "–"
    return f"<strong>{escape(name)}</strong>" + (f"<span>{escape(where)}</span>" if where else "")


def _matter(contact: "Described") -> str:
    if is_closed(contact):
        return "<strong>–</strong>"
    form, flag = getattr(contact, "web_form", None), ""
    if form and form.suspicion:
        why, look = form.get_suspicion_display(), escape(_("to be looked at"))
        flag = (
            f'<span class="vc-flag" title="{escape(capfirst(why))}">'
            '<span class="material-symbols-outlined" aria-hidden="true">flag</span>'
            f'<span class="vc-unseen">{look}: {escape(why)}. </span></span>'
        )
    title = f'<strong dir="auto">{flag}{escape(str(contact.subject or contact.topic or contact.line or "–"))}</strong>'
    if owed := contact.call_back_shown:
        return f"{title}<span>{escape(owed)}</span>"
    if last := contact.last_message:
        return (
            f'{title}<span dir="auto"><span class="vc-unseen">{escape(last["whose"])}: </span>'
            f'<span class="material-symbols-outlined" aria-hidden="true">{last["icon"]}</span>'
            f"{escape(seen_text_of(contact, last['start'], most=EXCERPT))}</span>"
        )
    return f"{title}<span>{escape(str(contact.topic))}</span>" if contact.subject and contact.topic else title
