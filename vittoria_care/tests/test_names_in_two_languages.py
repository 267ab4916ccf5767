"""What an installation begins with is read in the reader's language: every name of a row is there in Italian and in English."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import CharField, Q, TextField
from django.utils import translation

from contact_center.models import TopicQuestion
from foundation.models import Heartbeat
from foundation.naming import NamedInTwoLanguages
from notifications.models import AlertRule

pytestmark = pytest.mark.django_db

OF_PEOPLE = {"name", "label", "title", "help", "serves"}  # columns that hold words for people
# Names that are codes: what people read in their place follows from the program (`GroupAdmin.name_shown`, the list of tasks).
CODES = {Group, Heartbeat}
OURS = {"foundation", "customers", "notifications", "contact_center", "complaints", "promotions"}


def columns():
    """The columns for people of every model of ours."""
    models = [each for each in apps.get_models() if each._meta.app_label in OURS and each not in CODES]
    models = [each for each in models if not each.__name__.endswith("History")]  # what a name was, is as it was
    for model in models:
        for field in model._meta.concrete_fields:
            if field.name in OF_PEOPLE and isinstance(field, (CharField, TextField)):
                yield model, field.name


def test_every_row_that_an_installation_begins_with_has_its_words_in_both_languages():
    lacking = []
    for model, name in columns():
        written = model._base_manager.exclude(**{name: ""})
        names = {each.name for each in model._meta.concrete_fields}
        if f"{name}_en" in names:
            written = written.filter(**{f"{name}_en": ""})
        lacking += [f"{model.__name__}.{name}: {row}" for row in written]
    assert lacking == []


def test_each_row_of_the_one_mechanism_is_called_by_its_name_in_the_readers_language():
    named = [each for each in apps.get_models() if issubclass(each, NamedInTwoLanguages)]
    assert AlertRule in named
    for model in named:
        for row in model._base_manager.filter(~Q(name_en="")):
            with translation.override("en"):
                assert row.shown_name == row.name_en
                assert row.name_en in str(row)
            with translation.override("it"):
                assert row.shown_name == row.name


def test_a_row_that_nobody_named_in_english_keeps_its_name():
    rule = AlertRule(name="Casa: promemoria")
    with translation.override("en"):
        assert str(rule) == "Casa: promemoria"


def test_a_question_is_listed_in_the_readers_language():
    question = TopicQuestion(label="Quando è successo?", label_en="When did it happen?")
    with translation.override("en"):
        assert str(question) == "When did it happen?"
    with translation.override("it"):
        assert str(question) == "Quando è successo?"
