"""Query: the checklist of a complaint, as its reasons have it."""

from django.db.models import Q
from django.utils import timezone

from complaints.models import ChecklistItem, Complaint


def items_for(complaint: Complaint) -> list[ChecklistItem]:
    """The items valid today for all complaints and for each reason of this one, in their order."""
    today = timezone.localdate()
    valid = Q(valid_from__isnull=True) | Q(valid_from__lte=today)
    valid &= Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    items = ChecklistItem.objects.filter(valid, reason__in=["", *complaint.reason_codes])
    places = {word: place for place, word in enumerate(["", *complaint.reason_codes])}
    return sorted(items, key=lambda item: (places[item.reason], item.place, item.pk))
