"""The people of a customer, as the app reads them: who acts, what each may do, who is invited."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import Invitation, ReservedAreaAccount
from customers.models.account import OF_THE_COMPANY, AccountQuerySet, Capacity, Right
from customers.people.rules import in_words, may_be_ended_by_the_customer
from reserved_area.api.base import ListView, MeRequest, MeView


class PersonRow(serializers.Serializer):
    """Somebody who acts for the customer."""

    id = serializers.IntegerField(source="pk")
    first_name = serializers.CharField(source="user.first_name")
    last_name = serializers.CharField(source="user.last_name")
    email = serializers.CharField(source="user.email")
    is_me = serializers.SerializerMethodField(help_text="The person who asks")
    capacity = serializers.ChoiceField(Capacity.choices)
    capacity_label = serializers.CharField(source="get_capacity_display")
    rights = serializers.SerializerMethodField(help_text="What the person may do; to look is in each")
    rights_label = serializers.SerializerMethodField(help_text="The same in words")
    state = serializers.ChoiceField(ReservedAreaAccount.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    is_open = serializers.SerializerMethodField(help_text="Whether it opens the reserved area today")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True, help_text="The last day; null for no end")
    last_used_at = serializers.DateTimeField(allow_null=True)
    can_be_changed = serializers.SerializerMethodField(help_text="`change_person_rights`; else by a document")
    can_be_ended = serializers.SerializerMethodField(help_text="`end_person_access`; else written to us about")

    def get_is_me(self, account: ReservedAreaAccount) -> bool:
        """Whether it is the account of the person who asks."""
        return account.user_id == self.context["request"].user.pk

    def get_rights(self, account: ReservedAreaAccount) -> list[str]:
        """The words of the rights."""
        return [right.value for right in Right if account.may(right)]

    def get_rights_label(self, account: ReservedAreaAccount) -> str:
        """For the person."""
        return in_words(account.rights, account.capacity)

    def get_is_open(self, account: ReservedAreaAccount) -> bool:
        """On the day of the question."""
        return account.is_open_on(timezone.localdate())

    def get_can_be_changed(self, account: ReservedAreaAccount) -> bool:
        """Whether whoever decides chooses them."""
        return account.capacity in OF_THE_COMPANY

    def get_can_be_ended(self, account: ReservedAreaAccount) -> bool:
        """Whether whoever decides may end it."""
        return may_be_ended_by_the_customer(account.capacity)


def people_of(request: MeRequest) -> AccountQuerySet:
    """The accounts of the customer that were not ended."""
    rows = ReservedAreaAccount.objects.not_closed().filter(customer=request.customer)
    return rows.select_related("user", "customer")


@extend_schema_view(get=extend_schema(operation_id="list_people", summary="Who acts for the customer"))
class PeopleView(ListView):
    """Everybody with access, what each may do and when they last came."""

    serializer = PersonRow
    right, right_to_read = Right.PEOPLE, True

    def rows(self) -> QuerySet:
        """Of the customer acted for."""
        return people_of(self.request)


class PersonView(MeView):
    """One person."""

    right, right_to_read = Right.PEOPLE, True

    @extend_schema(operation_id="get_person", summary="One person with access", responses=PersonRow)
    def get(self, request: MeRequest, pk: int) -> Response:
        """What they may do, and until when."""
        account = get_object_or_404(people_of(request), pk=pk)
        return Response(PersonRow(account, context={"request": request}).data)


class InvitationRow(serializers.Serializer):
    """An invitation that nobody has accepted yet."""

    id = serializers.IntegerField(source="pk")
    email = serializers.CharField()
    rights = serializers.ListField(child=serializers.ChoiceField(Right.choices))
    rights_label = serializers.SerializerMethodField(help_text="The same in words")
    invited_by = serializers.CharField(source="invited_by.__str__")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    is_over = serializers.SerializerMethodField(help_text="Its link opens nothing any more: invite again")

    def get_rights_label(self, invitation: Invitation) -> str:
        """For the person."""
        return in_words(invitation.rights, Capacity.MEMBER)

    def get_is_over(self, invitation: Invitation) -> bool:
        """Whether its day is past."""
        return invitation.expires_at <= timezone.now()


@extend_schema_view(get=extend_schema(operation_id="list_invitations", summary="Who is invited"))
class InvitationsView(ListView):
    """Invitations that wait, newest first."""

    serializer = InvitationRow
    right, right_to_read = Right.PEOPLE, True

    def rows(self) -> QuerySet:
        """Of the customer acted for."""
        sent = Invitation.objects.filter(customer=self.request.customer, state=Invitation.State.SENT)
        return sent.select_related("invited_by")
