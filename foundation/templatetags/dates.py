"""Days and moments in words, for sentences: `{{ due_on|written_day:"al" }}` is all’8 dicembre 2026 in Italian."""

from datetime import date, datetime

from django import template

from foundation import dates

register = template.Library()


@register.filter
def written_day(value: date | datetime | None, article: str = "") -> str:
    """A day in words, in Italian with this article; nothing for no day."""
    return dates.written_day(value, article) if value else ""


@register.filter
def written_moment(value: datetime | None, article: str = "") -> str:
    """A moment in words, in Italian with this article and "ore"; nothing for no moment."""
    return dates.written_moment(value, article) if value else ""
