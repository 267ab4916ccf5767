"""The people of a customer by the app: invite, take an invitation back, change what somebody may do, end an access."""

import uuid

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import Invitation
from customers.models.account import Right
from customers.people.forms import InvitationFields, RightsForm
from foundation.api.strict import StrictSerializer
from notifications import people
from reserved_area.api.base import MeRequest, MeView, require_fresh_proof
from reserved_area.api.reading import people as reading
from reserved_area.api.reading.people import people_of
from reserved_area.api.writing.door import WrittenShape, filled_in, form_data, given, writes, written

NOT_ALLOWED = {"not_allowed": "the person may not decide any more"}
LAST = {"last_person": "nobody else decides who has access to the company"}
PROVED = "Password or code of the sign-in are wanted again first (403 `fresh_proof_required`)."


class RightsInput(StrictSerializer):
    """What a person may do; nothing is to look alone."""

    rights = serializers.ListField(child=serializers.ChoiceField(Right.choices), max_length=len(Right))


class InvitationInput(RightsInput):
    """Whom to invite, and what they may do."""

    email = serializers.CharField(max_length=254, help_text="Only whoever reads this mailbox can accept")


class InvitationsView(reading.InvitationsView):
    """Inviting somebody, beside the list of who is invited."""

    @writes(
        "invite_person",
        "Invite somebody to act for the company",
        takes=InvitationInput,
        refused={
            **NOT_ALLOWED,
            "not_a_company": "only a company invites people",
            "has_access": "the person acts for the company already",
            "too_many": "twenty people were invited in a day",
        },
        description=f"The mailbox gets a link, which is valid for seven days. {PROVED}",
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """One that waits in the same mailbox loses its link to the new one."""
        typed = filled_in(InvitationFields(form_data(given(InvitationInput, request))))
        require_fresh_proof(request)
        invited = people.invite(
            request.customer, email=typed["email"], rights=typed["rights"], submission_key=key, by=request.user
        )
        message = _("The invitation is on its way to %(email)s.") % {"email": invited.invitation.email}
        return Response(WrittenShape(written(invited.invitation, message)).data, status=201)


class InvitationWithdrawView(MeView):
    """Take an invitation back."""

    right = Right.PEOPLE

    @writes(
        "withdraw_invitation",
        "Take an invitation back",
        status=200,
        is_keyed=False,
        refused={**NOT_ALLOWED, "accepted": "the person has accepted: end the access"},
    )
    def post(self, request: MeRequest, pk: int) -> Response:
        """Its link opens nothing any more. Again: nothing changes."""
        rows = Invitation.objects.select_related("customer").filter(customer=request.customer)
        taken_back = people.withdraw_invitation(get_object_or_404(rows, pk=pk), by=request.user)
        message = _("The invitation is taken back: its link opens nothing any more.")
        return Response(WrittenShape(written(taken_back, message)).data)


class PersonRightsView(MeView):
    """What somebody may do."""

    right = Right.PEOPLE

    @writes(
        "change_person_rights",
        "Change what somebody may do",
        takes=RightsInput,
        status=200,
        is_keyed=False,
        refused={
            **NOT_ALLOWED,
            **LAST,
            "by_document": "it follows from a document: the customer writes to us",
            "ended": "the access was ended meanwhile",
        },
        description=f"From their next request on; the person is written to. {PROVED}",
    )
    def post(self, request: MeRequest, pk: int) -> Response:
        """The same again changes nothing."""
        account = get_object_or_404(people_of(request), pk=pk)
        typed = filled_in(RightsForm(form_data(given(RightsInput, request))))
        require_fresh_proof(request)
        account = people.change_rights(account, rights=typed["rights"], by=request.user)
        message = _("The permissions are as you chose them. We have written to the person.")
        return Response(WrittenShape(written(account, message, url="me_person")).data)


class PersonEndView(MeView):
    """The end of an access."""

    right = Right.PEOPLE

    @writes(
        "end_person_access",
        "End somebody’s access",
        status=200,
        refused={
            **NOT_ALLOWED,
            **LAST,
            "own_file": "one’s own file stays open",
            "by_document": "a court or the law decided it: the customer writes to us",
        },
        description=f"At once; the person is written to. {PROVED}",
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """One's own as well: then the account opens nothing from the next request on."""
        account = get_object_or_404(people_of(request), pk=pk)
        require_fresh_proof(request)
        account = people.end_access(account, by=request.user)
        message = _("The access of %(person)s has ended.") % {"person": account.user}
        return Response(WrittenShape(written(account, message)).data)
