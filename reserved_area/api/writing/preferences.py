"""How the person wants to be written to, by the app: what holds, what cannot be switched off and why, and the change of it."""

import uuid
from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import Customer
from customers.models.account import Right
from foundation.api.strict import StrictSerializer
from notifications.channels import Channel
from notifications.models import PreferenceChange
from notifications.preferences.commands import change_preferences
from notifications.preferences.groups import CHOOSABLE, KEYS, Group
from notifications.preferences.queries import GroupChoice, chosen_by, company_hours, groups_for
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.writing.door import given, writes

LANGUAGES = [code for code, _name in Customer._meta.get_field("language").flatchoices]


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class HourField(serializers.TimeField):
    """An hour by the clock of Rome, such as 22:00: what JSON Schema calls a time has seconds and a zone."""

    def __init__(self, **options: Any):
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


class PreferenceChannel(serializers.Serializer):
    """A channel of a group."""

    key = serializers.CharField(help_text="As `off` names it, such as `deadlines:sms`")
    channel = serializers.CharField(help_text="email, sms or push")
    channel_label = serializers.CharField()
    is_on = serializers.BooleanField()


class PreferenceDuty(serializers.Serializer):
    """What cannot be switched off, and what asks for it: there the preference only chooses the channel."""

    reason = serializers.CharField(help_text="The law or the contract, in words; it ends a sentence with “because”")
    kinds = serializers.ListField(child=serializers.CharField())


class PreferenceGroup(serializers.Serializer):
    """What a group of notices is about."""

    group = serializers.ChoiceField(Group.choices)
    group_label = serializers.CharField()
    is_locked = serializers.BooleanField(help_text="Nothing of it can be chosen")
    channels = PreferenceChannel(many=True)
    optional = serializers.ListField(child=serializers.CharField(), help_text="Names of what may be switched off")
    duties = PreferenceDuty(many=True)


class NoticePreferencesShape(serializers.Serializer):
    """What holds now. What is in the reserved area is always there, and rings nowhere."""

    groups = PreferenceGroup(many=True)
    off = serializers.ListField(child=serializers.CharField(), help_text="Groups and channels switched off")
    quiet_from = HourField(allow_null=True)
    quiet_until = HourField(allow_null=True)
    company_quiet_from = HourField(allow_null=True, help_text="Holds for everybody besides")
    company_quiet_until = HourField(allow_null=True)
    quiet_email = serializers.BooleanField(help_text="E-mails wait too")
    digest = serializers.BooleanField(help_text="Several deadlines of a day come in one message")
    language = serializers.ChoiceField(LANGUAGES)


class NoticePreferencesInput(StrictSerializer):
    """All of it as it is to be: what is not named in `off` is on."""

    off = serializers.ListField(child=serializers.CharField(max_length=20), max_length=len(KEYS))
    quiet_from = HourField(allow_null=True)
    quiet_until = HourField(allow_null=True)
    quiet_email = serializers.BooleanField()
    digest = serializers.BooleanField()
    language = serializers.ChoiceField(LANGUAGES)

    def validate_off(self, off: list[str]) -> list[str]:
        """Only what can be switched off."""
        if unknown := sorted(set(off) - set(KEYS)):
            words = {"words": ", ".join(unknown)}
            raise serializers.ValidationError(_("There is nothing of this name to switch off: %(words)s.") % words)
        return off


class NoticePreferencesChanged(NoticePreferencesShape):
    """What holds from now on."""

    message = serializers.CharField()


def _group(choice: GroupChoice) -> dict[str, Any]:
    return {
        "group": choice.group.value,
        "group_label": choice.group.label,
        "is_locked": choice.group not in CHOOSABLE,
        "channels": [
            {
                "key": each.key,
                "channel": each.channel,
                "channel_label": Channel(each.channel).label,
                "is_on": each.is_on,
            }
            for each in choice.channels
        ],
        "optional": [str(kind.name) for kind in choice.free],
        "duties": [{"reason": reason, "kinds": names} for reason, names in choice.duties],
    }


def _shown(customer: Customer) -> dict[str, Any]:
    chosen = chosen_by(customer)
    hours: tuple[time | None, time | None] = next(iter(company_hours()), (None, None))
    groups = [choice for choice in groups_for(chosen) if choice.group != Group.PROMOTIONS]
    return {
        "groups": [_group(choice) for choice in groups],
        "off": sorted(chosen.off),
        "quiet_from": chosen.quiet_from,
        "quiet_until": chosen.quiet_until,
        "company_quiet_from": hours[0],
        "company_quiet_until": hours[1],
        "quiet_email": chosen.quiet_email,
        "digest": chosen.digest,
        "language": customer.language,
    }


class NoticePreferencesView(MeView):
    """How the customer wants to be written to."""

    right = Right.ASK

    @extend_schema(
        operation_id="get_notice_preferences",
        summary="How one wants to be written to",
        responses=NoticePreferencesShape,
    )
    def get(self, request: MeRequest) -> Response:
        """What holds, with all that may be chosen. Offers are not here: they have their consents."""
        return Response(NoticePreferencesShape(_shown(request.customer)).data)

    @writes(
        "change_notice_preferences",
        "Change how one wants to be written to",
        takes=NoticePreferencesInput,
        gives=NoticePreferencesChanged,
        status=200,
        refused={
            "half_hours": "quiet hours have a beginning and an end",
            "no_hours": "they end at another time than they begin",
            "too_quiet": "with the company's they leave less than four hours of a day",
        },
        description="The whole of it, as it is to be. The same again changes nothing.",
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """It holds for what leaves from now on, and for what waits to leave."""
        wanted = given(NoticePreferencesInput, request)
        change = change_preferences(request.customer, **wanted, source=PreferenceChange.Source.APP, by=request.user)
        request.customer.refresh_from_db(fields=["language"])
        message = _("Done: we write to you like this from now on.") if change else _("Nothing was different.")
        return Response(NoticePreferencesChanged({**_shown(request.customer), "message": message}).data)
