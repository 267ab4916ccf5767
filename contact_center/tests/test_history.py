"""What of the contact centre's work can be rewritten, and what is kept of it."""

import pytest
from django.apps import apps

from contact_center.models import Call, Contact, ContactEvent
from contact_center.tests.factories import CallFactory, ContactEventFactory, ContactFactory
from foundation.tests.database import refused_by_trigger

pytestmark = pytest.mark.django_db


def test_the_models_that_change_keep_their_history():
    models = apps.get_app_config("contact_center").get_models()
    assert {model.__name__ for model in models if hasattr(model, "history")} == {
        "DayCount",
        "Agent",
        "AgentLine",
        "AgentSkill",
        "Call",
        "Contact",
        "IdentityQuestion",
        "KnownPerson",
        "LineTarget",
        "MassAnswer",
        "MassEvent",
        "OpeningPeriod",
        "QualityForm",
        "QualityMark",
        "QualityReview",
        "ServiceCalendar",
        "ServiceTarget",
        "Skill",
        "SpecialDay",
        "TermRung",
        "Team",
        "TollFreeLine",
        "WrapUpCode",
    }


def test_an_event_is_not_rewritten():
    event = ContactEventFactory()
    with refused_by_trigger():
        ContactEvent.objects.filter(pk=event.pk).update(details={"by": "nobody"})


def test_a_change_of_a_contact_or_call_keeps_the_earlier_row():
    contact, call = ContactFactory(subject="one"), CallFactory(talk_seconds=60)
    Contact.objects.filter(pk=contact.pk).update(subject="two")
    Call.objects.filter(pk=call.pk).update(talk_seconds=90)
    assert contact.history.get().subject == "one"
    assert call.history.get().talk_seconds == 60


def test_what_is_computed_or_derived_is_not_history():
    contact = ContactFactory()
    Contact.objects.filter(pk=contact.pk).update(repeated_on="2026-05-06")
    assert not contact.history.exists()
