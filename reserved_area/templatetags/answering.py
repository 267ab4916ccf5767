"""By when a request is answered, on the pages that show one."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from contact_center.models import Contact
from reserved_area import in_progress

register = template.Library()


@register.simple_tag
def answer_by(contact: Contact, now: datetime) -> SafeString | str:
    """By when it is answered, that we call, or that we are late; everything is escaped."""
    return in_progress.answer_by(contact, now=now)
