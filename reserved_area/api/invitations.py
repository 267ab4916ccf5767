"""An invitation by the app: what the link of the e-mail offers, and its acceptance, with a sign-in or by choosing a password."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Invitation, User
from customers.models.account import Capacity
from customers.people.commands import Accepted, invitation_by_link
from customers.people.rules import in_words
from foundation.api.problems import Conflict
from foundation.api.strict import StrictSerializer
from foundation.refusals import Refused
from notifications import people
from notifications.enrolment import masked
from reserved_area.api.base import PersonAuthentication
from reserved_area.api.enrolment import Door, EnrolmentOver, refuse_other_terms
from reserved_area.api.writing.door import filled_in, form_data, given
from reserved_area.enrolment import TERMS_VERSION
from reserved_area.people import JoinForm

NAMES = {"password1": "password", "password2": "password"}


class LinkInput(StrictSerializer):
    """The secret of the link."""

    secret = serializers.CharField(max_length=200, help_text="The last part of the link's address")


class InvitationShape(serializers.Serializer):
    """What is offered, by whom, and what it takes to accept."""

    customer = serializers.CharField(help_text="The company")
    invited_by = serializers.CharField()
    rights_label = serializers.CharField(help_text="What the person may do then, in words")
    sent_to = serializers.CharField(help_text="The mailbox, of which a part is hidden")
    has_sign_in = serializers.BooleanField(help_text="Its reader signs in first; else they choose a password")
    is_accepted = serializers.BooleanField(help_text="It was accepted already: lead to the sign-in")
    terms_version = serializers.CharField()
    terms_url = serializers.CharField(help_text="Their page")


class InvitationAcceptInput(LinkInput):
    """The terms that were accepted; and who the person is and a password, where there is no sign-in."""

    terms_version = serializers.CharField(max_length=20, help_text="Of the terms that were shown and accepted")
    first_name = serializers.CharField(required=False, max_length=100)
    last_name = serializers.CharField(required=False, max_length=100)
    password = serializers.CharField(
        max_length=128, trim_whitespace=False, required=False, help_text="Of a new sign-in; none for one that there is"
    )


class InvitationAcceptOutput(serializers.Serializer):
    """How the person signs in, and the account that was given."""

    email = serializers.CharField(help_text="Sign in with it")
    account = serializers.IntegerField(help_text="For X-Acting-For")
    message = serializers.CharField()


class InvitationView(Door):
    """What the link of an invitation offers."""

    @extend_schema(
        operation_id="open_invitation",
        summary="What the link of an invitation offers",
        description="It changes nothing. 410 `link_invalid` where it was taken back, is over, or is none of ours.",
        request=LinkInput,
        responses=InvitationShape,
        tags=["enrolment"],
    )
    def post(self, request: Request) -> Response:
        """The secret is sent, so that it stands in no address."""
        invitation = _by_link(given(LinkInput, request)["secret"])
        shown = {
            "customer": invitation.customer.letter_name,
            "invited_by": str(invitation.invited_by),
            "rights_label": in_words(invitation.rights, Capacity.MEMBER),
            "sent_to": masked(invitation.email),
            "has_sign_in": User.objects.filter(email=invitation.email).exists(),
            "is_accepted": invitation.state == Invitation.State.ACCEPTED,
            "terms_version": TERMS_VERSION,
            "terms_url": reverse("enrolment_terms"),
        }
        return Response(InvitationShape(shown).data)


class InvitationAcceptView(Door):
    """The acceptance. Somebody who has a sign-in sends its token."""

    authentication_classes = [PersonAuthentication]

    @extend_schema(
        operation_id="accept_invitation",
        summary="Accept an invitation by its link",
        request=InvitationAcceptInput,
        responses={
            201: InvitationAcceptOutput,
            200: OpenApiResponse(InvitationAcceptOutput, description="Accepted before: nothing is changed"),
        },
        tags=["enrolment"],
    )
    def post(self, request: Request) -> Response:
        """Let the reader of the mailbox act. 410 `link_invalid`; 409 `sign_in_first`, `not_allowed`, `has_access`, `staff`."""
        typed = given(InvitationAcceptInput, request)
        invitation = _by_link(typed["secret"])
        if invitation.state == Invitation.State.ACCEPTED:
            assert invitation.account_id is not None, "an invitation that was accepted has it"
            message = _("This invitation was accepted already: sign in to act for the company.")
            return _answer(invitation, invitation.account_id, message, status.HTTP_200_OK)
        refuse_other_terms(typed["terms_version"])
        try:
            accepted = self._accepted(request, invitation, typed)
        except Refused as refusal:
            if refusal.code == EnrolmentOver.default_code:  # taken back at this moment
                raise EnrolmentOver(str(refusal), refusal.code) from None
            if refusal.code == "has_sign_in":
                raise Conflict(str(refusal), "sign_in_first") from None
            raise
        message = _("You now act for %(name)s.") % {"name": invitation.customer.letter_name}
        made = status.HTTP_201_CREATED if accepted.is_new else status.HTTP_200_OK
        return _answer(invitation, accepted.account.pk, message, made)

    def _accepted(self, request: Request, invitation: Invitation, typed: dict[str, Any]) -> Accepted:
        if User.objects.filter(email=invitation.email).exists():
            user = request.user
            if not isinstance(user, User) or user.email != invitation.email:
                sentence = _("There is a sign-in with the address that the link went to: sign in with it, then go on.")
                raise Conflict(sentence, "sign_in_first")
            return people.accept_invitation(invitation, by=user, terms_version=TERMS_VERSION)
        password = typed.get("password", "")
        names = form_data({name: typed.get(name, "") for name in ("first_name", "last_name")})
        words = names | {"password1": password, "password2": password, "terms": True}
        filled_in(JoinForm(words, user=User(email=invitation.email)), names=NAMES)
        return people.join_with_password(
            invitation,
            first_name=words["first_name"],
            last_name=words["last_name"],
            password=password,
            terms_version=TERMS_VERSION,
        )


def _by_link(secret: str) -> Invitation:
    try:
        return invitation_by_link(secret)
    except Refused as refusal:
        raise EnrolmentOver(str(refusal), refusal.code) from None


def _answer(invitation: Invitation, account: int, message: str, made: int) -> Response:
    return Response({"email": invitation.email, "account": account, "message": message}, status=made)
