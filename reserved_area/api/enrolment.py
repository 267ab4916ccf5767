"""Enrolment by the app: ask for a place in the reserved area, and take it by the secret of the link in the e-mail."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Enrolment, User
from foundation.api.problems import Conflict
from foundation.api.strict import StrictSerializer, StrictView
from foundation.api.throttles import AddressThrottle
from foundation.refusals import Refused
from notifications.enrolment import (
    ask_to_enrol,
    enrol,
    enrol_with_sign_in,
    enrolment_by_link,
    signs_in_already,
)
from reserved_area.api.base import PersonAuthentication
from reserved_area.enrolment import HOUR, TERMS_VERSION, AskFields, PasswordForm, user_of, within_limits


class EnrolmentOver(APIException):
    """The link is none of ours, was used, or its day is over."""

    status_code = status.HTTP_410_GONE
    default_code = "link_invalid"


class EnrolmentTerms(serializers.Serializer):
    """The terms that are accepted by enrolling."""

    terms_version = serializers.CharField()
    terms_url = serializers.CharField(help_text="Their page")


class AskInput(StrictSerializer):
    """What is compared with what we hold."""

    tax_code = serializers.CharField(max_length=40, help_text="Tax code, or VAT number of a company")
    policy_number = serializers.CharField(max_length=30)
    email = serializers.CharField(max_length=254, help_text="An address that the customer gave us")
    submission_key = serializers.UUIDField(help_text="Made once for each asking: sent again, it does nothing")


class AskOutput(serializers.Serializer):
    """The same whatever was typed: only the mailbox learns more."""

    detail = serializers.CharField()


class FinishInput(StrictSerializer):
    """The secret of the link, and what is chosen."""

    secret = serializers.CharField(max_length=200, help_text="The last part of the link's address")
    password = serializers.CharField(
        max_length=128, trim_whitespace=False, required=False, help_text="Of a new sign-in; none for one that there is"
    )
    terms_version = serializers.CharField(max_length=20, help_text="Of the terms that were shown and accepted")


class FinishOutput(serializers.Serializer):
    """The sign-in that was made."""

    email = serializers.CharField(help_text="Sign in with it and the password chosen")


class Door(StrictView):
    """An address for people who have no account yet."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    throttle_classes = [AddressThrottle]


def refuse_other_terms(version: str) -> None:
    """ValidationError unless the terms that were shown are those in force."""
    if version != TERMS_VERSION:
        sentence = _("The terms in force are of version %(version)s: show those.") % {"version": TERMS_VERSION}
        raise ValidationError({"terms_version": [sentence]})


class EnrolmentView(Door):
    """The terms, and the asking."""

    @extend_schema(
        operation_id="get_enrolment_terms", summary="The terms", responses=EnrolmentTerms, tags=["enrolment"]
    )
    def get(self, request: Request) -> Response:
        """Which terms are in force."""
        return Response({"terms_version": TERMS_VERSION, "terms_url": reverse("enrolment_terms")})

    @extend_schema(
        operation_id="begin_enrolment",
        summary="Ask for a place in the reserved area",
        request=AskInput,
        responses={202: AskOutput},
        tags=["enrolment"],
    )
    def post(self, request: Request) -> Response:
        """Compare, and write to the mailbox. The answer is the same for everybody."""
        given = AskInput(data=request.data)
        given.is_valid(raise_exception=True)
        form = AskFields(given.validated_data)
        if not form.is_valid():
            raise ValidationError({name: [str(each) for each in said] for name, said in form.errors.items()})
        if not within_limits(request._request, form.cleaned_data):
            raise Throttled(HOUR, str(_("Too many attempts: wait an hour, or call one of the toll-free numbers.")))
        key = given.validated_data["submission_key"]
        ask_to_enrol(**form.cleaned_data, language=get_language() or "it", submission_key=key)
        said = _("If what you wrote fits what we hold, a link is on its way to the address. It is valid for 24 hours.")
        return Response({"detail": said}, status=status.HTTP_202_ACCEPTED)


class FinishView(Door):
    """The taking. Somebody who has a sign-in sends its token."""

    authentication_classes = [PersonAuthentication]

    @extend_schema(
        operation_id="finish_enrolment",
        summary="Take the place by the link",
        request=FinishInput,
        responses={
            201: FinishOutput,
            200: OpenApiResponse(FinishOutput, description="Enrolled before by the same link: no password is changed"),
        },
        tags=["enrolment"],
    )
    def post(self, request: Request) -> Response:
        """Make the sign-in. 410 `link_invalid`; 409 `enrolled_already`, or `sign_in_first` where the address has one."""
        given = FinishInput(data=request.data)
        given.is_valid(raise_exception=True)
        typed = given.validated_data
        try:
            enrolment = enrolment_by_link(typed["secret"])
        except Refused as refusal:
            raise EnrolmentOver(str(refusal), refusal.code) from None
        if enrolment.used_at is not None:
            return Response({"email": enrolment.email})
        refuse_other_terms(typed["terms_version"])
        if signs_in_already(enrolment):
            return self._one_more(request, enrolment)
        password = typed.get("password", "")
        form = PasswordForm({"password1": password, "password2": password, "terms": True}, user=user_of(enrolment))
        if not form.is_valid():
            raise ValidationError({"password": [str(each) for each in form.errors.get("password1", [])]})
        enrolled = enrol(enrolment, password=password, terms_version=TERMS_VERSION)
        made = status.HTTP_201_CREATED if enrolled.is_new else status.HTTP_200_OK
        return Response({"email": enrolment.email}, status=made)

    def _one_more(self, request: Request, enrolment: Enrolment) -> Response:
        """The address signs in already: its owner acts for one customer more."""
        user = request.user
        if not isinstance(user, User) or user.email != enrolment.email:
            sentence = _("There is a sign-in with the address that the link went to: sign in with it, then go on.")
            raise Conflict(sentence, "sign_in_first")
        enrolled = enrol_with_sign_in(enrolment, by=user, terms_version=TERMS_VERSION)
        made = status.HTTP_201_CREATED if enrolled.is_new else status.HTTP_200_OK
        return Response({"email": enrolment.email}, status=made)
