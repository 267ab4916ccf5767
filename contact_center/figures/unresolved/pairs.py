"""The contacts behind a pair of topics: those whose person came back, with which topic."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from contact_center.figures.query import Named, Without
from contact_center.models import Contact

_AREA = Coalesce("topic__area", Value("unknown"))


def that_came_back_with(rows: QuerySet[Any], topic: Named | Without) -> QuerySet[Any]:
    """Of contacts whose person came back, those whose next contact has the topic; `Without`: has none. As `DailyRepeats` counts."""
    following = (
        Contact.objects.filter(person_key=OuterRef("person_key"), started_at__gt=OuterRef("started_at"), in_base=True)
        .alias(its_area=_AREA)
        .filter(its_area=OuterRef("own_area"))
        .order_by("started_at", "pk")
    )
    rows = rows.alias(
        own_area=_AREA,
        next_contact=Subquery(following.values("pk")[:1]),
        next_topic=Subquery(following.values("topic")[:1]),
    )
    if isinstance(topic, Without):
        return rows.filter(next_contact__isnull=False, next_topic__isnull=True)
    return rows.filter(next_topic=topic.pk)
