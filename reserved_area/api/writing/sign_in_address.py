"""Another address to sign in with, by the app: ask, then the code that came to it."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import SignInAddressChange
from customers.models.proof_code import MOST_TRIES
from customers.sessions import go_on_alone
from foundation.api.strict import StrictSerializer
from notifications.sign_in_address import ask_address_change, confirm_address_change
from reserved_area.api.base import TOKEN, FreshProofRequired, MeRequest, MeView, require_fresh_proof
from reserved_area.api.writing.door import SaidShape, filled_in, form_data, given, writes
from reserved_area.api.writing.operations import CodeTryInput
from reserved_area.sign_in_address import AddressFields, proved_lately

NAMES = {"new": "email"}


class NewAddressInput(StrictSerializer):
    """The new address."""

    email = serializers.CharField(max_length=254, help_text="A code goes there")


class AddressChangeShape(serializers.Serializer):
    """A change that waits for its code, or was made."""

    key = serializers.UUIDField(help_text="For `confirm_sign_in_address`")
    email = serializers.CharField(source="new", help_text="Where the code went")
    expires_at = serializers.DateTimeField()
    tries_left = serializers.SerializerMethodField()
    is_over = serializers.SerializerMethodField(help_text="Its code is taken no more: ask again")
    changed_at = serializers.DateTimeField(allow_null=True, help_text="Null before the code was given")

    def get_tries_left(self, change: SignInAddressChange) -> int:
        """How often a code may be wrong still."""
        return MOST_TRIES - change.tries

    def get_is_over(self, change: SignInAddressChange) -> bool:
        """Used, too old, or tried too often."""
        return not change.may_be_proved


class ChangedShape(SaidShape):
    """The address of now, and the token that goes on."""

    email = serializers.CharField(help_text="Sign in with it from now on")
    session_token = serializers.CharField(help_text="Takes the place of the token that was sent; every other is over")


class SignInAddressView(MeView):
    """Ask for another address."""

    for_heirs = True

    @writes(
        "change_sign_in_address",
        "Ask for another address to sign in with",
        takes=NewAddressInput,
        gives=AddressChangeShape,
        refused={
            "same_address": "it is the address of now",
            "too_many_codes": "too many were sent in the last hour",
            "staff_address": "a colleague’s is changed by an administrator",
            "not_enrolled": "the reserved area is not open",
        },
        description=(
            "Nothing is changed before the code comes back. Password or code of the sign-in are wanted again first (403 "
            "`fresh_proof_required`); where `reauthenticate` is empty, the person signs in again. The answer is the same for an address that somebody else has."
        ),
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """A code goes to the new address."""
        typed = filled_in(AddressFields(form_data({"new": given(NewAddressInput, request)["email"]})), names=NAMES)
        require_fresh_proof(request)
        if not proved_lately(request._request):
            raise FreshProofRequired(request)
        change = ask_address_change(
            request.account,
            new=typed["new"],
            key=key,
            by=request.user,
            channel=SignInAddressChange.Channel.APP,
        )
        return Response(AddressChangeShape(change).data, status=201)


class SignInAddressChangeView(MeView):
    """A change of one's own."""

    for_heirs = True

    def mine(self, key: uuid.UUID) -> SignInAddressChange:
        """Of this person alone."""
        return get_object_or_404(SignInAddressChange, key=key, user=self.request.user.pk)

    @extend_schema(
        operation_id="get_sign_in_address_change",
        summary="Whether a change of address waits for its code",
        responses=AddressChangeShape,
    )
    def get(self, request: MeRequest, change: uuid.UUID) -> Response:
        """As it stands."""
        return Response(AddressChangeShape(self.mine(change)).data)

    @writes(
        "confirm_sign_in_address",
        "Change the address by its code",
        takes=CodeTryInput,
        gives=ChangedShape,
        status=200,
        is_keyed=False,
        refused={
            "code_wrong": "five tries in all",
            "code_tried_too_often": "ask again",
            "code_too_late": "ask again",
            "code_used": "it was changed by another code",
            "changed_meanwhile": "the address was changed another way: begin again",
            "address_taken": "somebody else has it by now",
        },
        description=(
            "Every other sign-in ends, on pages and in the app, and both addresses are written to. Keep `session_token`: the "
            "token that was sent is over. Where this answer is lost, the person signs in with the new address."
        ),
    )
    def post(self, request: MeRequest, change: uuid.UUID) -> Response:
        """A wrong try is counted."""
        done = confirm_address_change(self.mine(change), code=given(CodeTryInput, request)["code"])
        go_on_alone(request._request, done.user)
        session: Any = request._request.session
        return Response(
            {
                "message": _("From now on you sign in with %(address)s.") % {"address": done.user.email},
                "email": done.user.email,
                "session_token": session.session_key if TOKEN in request.headers else "",
            }
        )
