"""A message that may be a complaint brings its contact forward in the queue, until somebody decides."""

import pytest
from django.utils import timezone

from complaints.tests.factories import HintPhraseFactory
from complaints.triage.commands import decide_no_complaint
from complaints.triage.hints import mark_new_messages
from contact_center.contacts import commands
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory


@pytest.fixture
def agent(db):
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=make.TeamFactory())


def test_a_likely_complaint_is_high_until_somebody_decides(agent):
    HintPhraseFactory(phrase="zzz non accettabile", weight=5)
    contact, text = make.ContactFactory(started_at=timezone.now()), "È zzz non accettabile, e faccio reclamo!"
    make.MessageFactory(contact=contact, direction="inbound", text=text, written_at=timezone.now())
    mark_new_messages()
    contact.refresh_from_db()
    assert (contact.priority, contact.priority_reasons) == (1, ["complaint"])
    contact = commands.take(contact, by=agent.user)
    assert contact.priority_reasons == ["complaint"]
    decide_no_complaint(contact, reason="Una domanda", by=agent.user)
    contact.refresh_from_db()
    assert (contact.priority, contact.priority_reasons) == (0, [])
