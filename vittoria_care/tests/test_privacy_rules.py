"""No table may lead to a person, and no column of one hold a text, that the rules of personal data do not speak of."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Q

from customers.models import Customer, User
from foundation.privacy import Action, Rule, history_of, is_text, model_at, text_columns
from vittoria_care.privacy.rules import RULES, rules_by_model, rules_of

PEOPLE = {Customer, User}
HISTORIES = {history for model in apps.get_models() if (history := history_of(model))}
MODELS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.managed and not model._meta.proxy and model not in HISTORIES
]


def keys_of(model: type[models.Model]) -> list[models.ForeignKey]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.ForeignKey)]


def leads_to_a_person(model: type[models.Model], seen: frozenset = frozenset()) -> bool:
    """Whether a chain of foreign keys ends at a customer or a user."""
    if model in PEOPLE:
        return True
    onward = {key.remote_field.model for key in keys_of(model)} - seen
    return any(leads_to_a_person(each, seen | {model}) for each in onward)


def test_every_model_with_a_way_to_a_person_has_a_rule():
    assert [model._meta.label for model in MODELS if leads_to_a_person(model) and not rules_of(model)] == []


def test_every_history_belongs_to_a_model_with_a_rule_or_leads_to_nobody():
    owners = {history_of(model): model for model in MODELS if history_of(model)}
    lacking = [each._meta.label for each, owner in owners.items() if leads_to_a_person(owner) and not rules_of(owner)]
    assert (lacking, HISTORIES - owners.keys()) == ([], set())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_text_column_of_a_rule_is_classified_once(rule: Rule):
    classified = [*rule.personal, *rule.plain, *rule.secret]
    texts = set(text_columns(rule.model_class))
    others = {each.name for each in rule.model_class._meta.fields if not is_text(each)}
    assert (sorted(texts - set(classified)), sorted({n for n in classified if classified.count(n) > 1})) == ([], [])
    assert {name for name in classified if name not in texts | others} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_key_to_a_person_is_a_way_or_somebody_who_did_something(rule: Rule):
    named = {key.name for key in keys_of(rule.model_class) if key.remote_field.model in PEOPLE}
    ways = {way.split("__")[0] for way in rule.ways} | set(rule.actors)
    assert named - ways == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_way_of_a_rule_ends_where_it_says(rule: Rule):
    assert {model_at(rule.model_class, way) for way in rule.customer} <= {Customer}
    assert {model_at(rule.model_class, way) for way in (*rule.user, *rule.actors)} <= {User, Customer}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_says_when_its_rows_go(rule: Rule):
    if rule.leader is not None:
        assert rules_of(rule.leader), "it follows a model that has no rule"
    elif rule.ways or rule.found_by:
        assert rule.at_once or (rule.period and rule.since), "neither a person's wish nor a period makes them go"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rows_that_remain_say_when_they_are_blank(rule: Rule):
    assert (rule.action is Action.BLANK) == (rule.blanked is not None)


def test_the_last_rule_of_a_model_leaves_no_row_without_one():
    open_ended = [label for label, rules in _by_model().items() if rules[-1].only != Q()]
    assert open_ended == []


def _by_model() -> dict[str, list[Rule]]:
    return {rule.model: rules_of(rule.model_class) for rule in RULES}


def test_a_model_that_nobody_speaks_of_is_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(rules_by_model(), "customers.Policy", [])
    assert [model._meta.label for model in MODELS if leads_to_a_person(model) and not rules_of(model)] == [
        "customers.Policy"
    ]
