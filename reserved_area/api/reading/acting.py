"""For whom the person acts or acted, and what they asked for to act for somebody more, as the app reads them."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from customers.models import Operation, ReservedAreaAccount
from customers.models.account import Capacity
from customers.operations.kinds import may_be_withdrawn
from reserved_area.api.base import ListView
from reserved_area.api.reading.profile import AccountRow

OPEN, OVER = "open", "over"


class OwnAccountRow(AccountRow):
    """Somebody for whom the person acts, or acted."""

    state = serializers.ChoiceField(ReservedAreaAccount.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField(help_text="Why it was ended from here; else empty")
    can_be_left = serializers.SerializerMethodField(help_text="`leave_account` ends it; one’s own file stays")

    def get_can_be_left(self, account: ReservedAreaAccount) -> bool:
        """Whether the person may give it up."""
        return not account.is_own and account.state != ReservedAreaAccount.State.CLOSED


@extend_schema_view(get=extend_schema(operation_id="list_accounts", summary="Whom one acts for, or acted for"))
class AccountsView(ListView):
    """The person's accounts that are open; with `room=over`, those that are not: ended, suspended or past their last day."""

    serializer = OwnAccountRow
    filters = {"room": {"type": "string", "enum": [OPEN, OVER], "default": OPEN}}
    for_heirs = True

    def rows(self) -> QuerySet:
        """Of the room that is asked for, whomever the person acts for now."""
        room = self.request.query_params.get("room", OPEN)
        if room not in (OPEN, OVER):
            raise ValidationError({"room": [_("There are two rooms: open and over.")]})
        mine = ReservedAreaAccount.objects.filter(user=self.request.user).select_related("customer")
        today = timezone.localdate()
        return mine.open_on(today) if room == OPEN else mine.not_open_on(today)


class ActingRequestRow(serializers.Serializer):
    """A request to act for somebody."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    person = serializers.SerializerMethodField(help_text="For whom, as it was typed")
    capacity = serializers.SerializerMethodField(help_text="As what: one of `AccountCapacity`")
    capacity_label = serializers.SerializerMethodField()
    state = serializers.ChoiceField(Operation.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(help_text="Ours, of one that has ended")
    may_be_withdrawn = serializers.SerializerMethodField()

    def get_person(self, operation: Operation) -> str:
        """The name."""
        return str(operation.facts.get("person", ""))

    def get_capacity(self, operation: Operation) -> str:
        """The word."""
        return str(operation.facts.get("capacity", ""))

    def get_capacity_label(self, operation: Operation) -> str:
        """The word for the person."""
        word = self.get_capacity(operation)
        return str(Capacity(word).label) if word in Capacity.values else ""

    def get_may_be_withdrawn(self, operation: Operation) -> bool:
        """Whether it can still be taken back."""
        return may_be_withdrawn(operation)


@extend_schema_view(
    get=extend_schema(operation_id="list_acting_requests", summary="What one asked for, to act for somebody")
)
class ActingRequestsView(ListView):
    """The person's own requests, newest first, by whichever account they were made. Nobody else reads them here."""

    serializer: Any = ActingRequestRow
    for_heirs = True

    def rows(self) -> QuerySet:
        """Of this person alone."""
        return Operation.objects.to_act_asked_by(self.request.user)
