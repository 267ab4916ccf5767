"""Identification in the back office: the questions that an administrator keeps, and how identifications ended, on the file."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from contact_center.models import IdentityEvent, IdentityQuestion
from contact_center.models.identity import IdentityStep
from foundation.office.base import OfficeAdmin, Panel, badge
from foundation.requests import StaffRequest

TONES = {"passed": "good", "known_number": "good", "failed": "bad", "reason": "warn"}


@admin.register(IdentityQuestion)
class IdentityQuestionAdmin(OfficeAdmin[IdentityQuestion]):
    """What a caller is asked. A question is not deleted but ends on a day: the calls in which it was asked keep it."""

    list_display = ("shown_name", "fact", "position", "valid_from", "valid_to")
    ordering = ("position", "code")
    search_help_text = _("Words or code")
    addable = True
    editable = ("code", "name", "name_en", "fact", "position", "valid_from", "valid_to")
    fieldsets = ((None, {"fields": [("name", "name_en"), "fact", ("code", "position"), ("valid_from", "valid_to")]}),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))


class IdentityPanel(Panel):
    """How callers in this customer's name were identified, or were not: the answers as judged, and the results, the newest first."""

    model = IdentityEvent
    verbose_name_plural = _("identifications on the telephone")
    fields = ("step_shown", "question", "contact_shown", "reason_kind", "by", "at")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        found: Any = super().get_queryset(request)
        return found.exclude(step=IdentityStep.ASKED).select_related("by", "contact", "question")

    @badge(description=_("what happened"), tones=TONES)
    def step_shown(self, event: IdentityEvent) -> tuple[str, str]:
        return event.step, event.get_step_display()

    @display(description=_("call"))
    def contact_shown(self, event: IdentityEvent) -> str:
        return event.contact.number
