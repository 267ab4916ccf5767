"""The topics and codes beside an answer come with the contact's own query, and are those that its form accepts."""

from datetime import timedelta

import pytest
from django import forms
from django.utils import timezone

from contact_center.contacts.wrap_up_forms import TopicField, choices_in_the_query, codes_for, offer
from contact_center.models import Contact, WrapUpCode
from contact_center.tests.factories import ContactFactory, TollFreeLineFactory, TopicFactory, WrapUpCodeFactory
from customers.tests.factories import OperationFactory

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    code = forms.ModelChoiceField(WrapUpCode.objects.none(), required=False, empty_label="–")
    topic = TopicField()


@pytest.fixture(autouse=True)
def codes_and_topics():
    line, other = TollFreeLineFactory(), TollFreeLineFactory()
    WrapUpCodeFactory().lines.set([line])
    WrapUpCodeFactory().lines.set([line, other])
    WrapUpCodeFactory().lines.set([other])
    WrapUpCodeFactory(valid_to=timezone.localdate() - timedelta(days=1))
    TopicFactory(name="Ultimo")
    TopicFactory(name="Àncora", area="claims")
    return line


def contact_of(kind, line):
    ended = TopicFactory(valid_to=timezone.localdate() - timedelta(days=1))
    return {
        "written": lambda: ContactFactory(),
        "by phone": lambda: ContactFactory(by_phone=True, line=line),
        "with a topic that has ended": lambda: ContactFactory(topic=ended),
        "with an operation": lambda: ContactFactory(operation=OperationFactory()),
    }[kind]()


@pytest.mark.parametrize("kind", ["written", "by phone", "with a topic that has ended", "with an operation"])
def test_what_is_offered_is_what_is_accepted(kind, codes_and_topics):
    contact = Contact.objects.annotate(**choices_in_the_query()).get(pk=contact_of(kind, codes_and_topics).pk)
    asked, offered = Form(), Form()
    asked.fields["code"].queryset = codes_for(contact)
    asked.fields["topic"].fill(contact)
    offer(offered, contact)
    for name in ("code", "topic"):
        assert str(offered[name]) == str(asked[name])
    assert contact.codes_offered
