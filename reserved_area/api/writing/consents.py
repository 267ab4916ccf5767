"""Consents by the app: say yes to a text, take it back."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from customers.consent_texts import texts_in_use
from customers.consents import is_waiting
from customers.models import Consent
from customers.models.account import Right
from foundation.api.strict import StrictSerializer
from foundation.refusals import Refused
from notifications.consents import give_consent, withdraw_consent
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.writing.door import given, writes

EVIDENCE = "button of the app, signed in"


class TextInput(StrictSerializer):
    """Which version of the text was shown."""

    version = serializers.CharField(max_length=20)


class ConsentShape(serializers.Serializer):
    """How a consent stands now."""

    purpose = serializers.CharField()
    channel = serializers.CharField()
    event = serializers.ChoiceField(Consent.Event.choices)
    is_waiting = serializers.BooleanField(help_text="It counts once it is confirmed by the link of an e-mail")
    message = serializers.CharField()


def _shown(row: Consent, message: str) -> dict[str, object]:
    waiting = is_waiting(row.event, purpose=row.purpose)
    return ConsentShape(
        {"purpose": row.purpose, "channel": row.channel, "event": row.event, "is_waiting": waiting, "message": message}
    ).data


class ConsentGiveView(MeView):
    """Say yes."""

    right = Right.CONSENT

    @writes(
        "give_consent",
        "Consent to a text on a channel",
        takes=TextInput,
        gives=ConsentShape,
        status=200,
        is_keyed=False,
        refused={
            "text_changed": "the text is another version now: show it, then ask again",
            "no_address": "it is confirmed by e-mail, and we have no address",
        },
        description="Given twice it is given once.",
    )
    def post(self, request: MeRequest, purpose: str, channel: str) -> Response:
        """To the text that was shown, and no other."""
        text = {each.purpose: each for each in texts_in_use(timezone.localdate())}.get(purpose)
        if text is None or channel not in text.channels:
            raise Http404
        if given(TextInput, request)["version"] != text.version:
            sentence = _("The text has changed meanwhile: please read it again before you say yes.")
            raise Refused(sentence, code="text_changed", field="version")
        row = give_consent(
            request.customer,
            text,
            channel=channel,
            source=Consent.Source.APP,
            by=request.user,
            evidence=EVIDENCE,
        )
        if is_waiting(row.event, purpose=purpose):
            message = _("Thank you. We sent you an e-mail: the consent counts once you confirm it there.")
        else:
            message = _("Thank you: your consent is recorded.")
        return Response(_shown(row, message))


class ConsentWithdrawView(MeView):
    """Take it back."""

    right = Right.CONSENT

    @writes(
        "withdraw_consent",
        "Withdraw a consent",
        gives=ConsentShape,
        status=200,
        is_keyed=False,
        refused={"not_given": "there is none to withdraw"},
    )
    def post(self, request: MeRequest, purpose: str, channel: str) -> Response:
        """At once."""
        if purpose not in Consent.Purpose.values or channel not in Consent.Channel.values:
            raise Http404
        row = withdraw_consent(
            request.customer,
            purpose=purpose,
            channel=channel,
            source=Consent.Source.APP,
            by=request.user,
            evidence=EVIDENCE,
        )
        return Response(_shown(row, _("Done: your consent is withdrawn from this moment.")))
