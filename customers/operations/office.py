"""The back office of operations: what customers asked to have done. Its commands are of an app further up."""

import re

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.models import Customer, Operation, OperationEvent
from customers.models.operation import OperationQuerySet
from customers.operations.kinds import facts_shown
from customers.search import found_ids
from foundation.masking import seen_text_of
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge, chosen_work
from foundation.requests import StaffRequest

MOST_FOUND = 200
NUMBER = re.compile(r"(?:o-?)?0*([1-9][0-9]{0,17})", re.IGNORECASE)
TONES = {
    Operation.State.ASKED: "warning",
    Operation.State.IN_PROGRESS: "info",
    Operation.State.DONE: "success",
    Operation.State.REFUSED: "danger",
}


class OperationPanel(Panel):
    """What the customer asked to have done, newest first."""

    model = Operation
    fields = ("number_shown", "kind", "policy", "claim", "state_shown", "asked_at")
    ordering = ("-asked_at", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("policy", "claim")

    @display(description=_("number"))
    def number_shown(self, operation: Operation) -> str:
        return operation.number

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, operation: Operation) -> tuple[str, str]:
        return operation.state, operation.get_state_display()


class StepPanel(Panel):
    """The steps of the operation, in order."""

    model = OperationEvent
    tab = False
    fields = ("at", "new", "by", "detail")
    ordering = ("at", "pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class OperationWorkFilter(WorkFilter[OperationQuerySet]):
    """What is still to be done at first."""

    title = _("operations shown")

    def lookups(self, request: HttpRequest, model_admin: object) -> tuple:
        return (("open", _("To be done")), ("self", _("Settled by the customer alone")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: OperationQuerySet, chosen: str) -> OperationQuerySet:
        if chosen == "self":
            return queryset.filter(is_self_service=True, state=Operation.State.DONE)
        return queryset.open() if chosen == "open" else queryset


@admin.register(Operation)
class OperationAdmin(OfficeAdmin[Operation]):
    """Found by number, policy, claim or customer; its page shows what was asked, and each step."""

    list_display = ("number_shown", "kind", "customer", "about", "state_shown", "channel", "asked_at")
    list_select_related = ("customer", "policy", "claim")
    list_filter = (OperationWorkFilter, "kind")
    search_help_text = _("Number, policy or claim number, or the customer in any way")
    customer_path = "customer_id"
    locks_row = False  # its commands lock the contact first, as those of the contact do
    inlines = (StepPanel,)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number_shown", "state_shown"),
                    ("kind", "channel"),
                    ("customer", "policy", "claim"),
                    "facts_shown",
                    "answer",
                    ("asked_at", "begun_by"),
                    ("ended_at", "ended_by"),
                    ("is_self_service", "is_private"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Operation]:
        rows = super().get_queryset(request).select_related("customer", "policy", "claim", "begun_by", "ended_by")
        for command in self.commands:
            rows = command.prepare(rows)
        return rows

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("asked_at", "pk") if chosen_work(request) == "open" else ("-asked_at", "-pk")

    def find(self, queryset: QuerySet[Operation], text: str) -> QuerySet[Operation]:
        code = "".join(text.split()).upper()
        asked = Q(policy__number=code) | Q(claim__number=code)
        asked |= Q(customer__in=found_ids(Customer.objects.all(), text, MOST_FOUND, partly=False))
        if number := NUMBER.fullmatch(text):
            asked |= Q(pk=int(number[1]))
        return queryset.filter(asked)

    @display(description=_("number"))
    def number_shown(self, operation: Operation) -> str:
        return operation.number

    @display(description=_("about"))
    def about(self, operation: Operation) -> str:
        return str(operation.claim or operation.policy or "–")

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, operation: Operation) -> tuple[str, str]:
        return operation.state, operation.get_state_display()

    @display(description=_("what was asked"))
    def facts_shown(self, operation: Operation) -> SafeString | str:
        """The facts by their labels."""
        facts = ((label, seen_text_of(operation, text)) for label, text in facts_shown(operation))
        return format_html_join(mark_safe("<br>"), "{}: <strong>{}</strong>", facts) or "–"
