"""The rules of all apps in one list: those of higher apps first, so that they may claim rows of the lower ones' tables."""

from functools import cache

from django.db import models
from django.db.models import Q

from complaints import privacy as complaints
from contact_center import privacy as conversations
from customers.privacy import rules as customers
from foundation.privacy import Carrier, Obstacle, Period, Rule, first_that_fits
from insights import privacy as insights
from notifications import carriers as carriers_of_notices
from notifications import privacy as notices
from promotions import privacy as promotions

from . import packages

RULES: tuple[Rule, ...] = (
    *insights.RULES,
    *promotions.RULES,
    *complaints.RULES,
    *conversations.RULES,
    *notices.RULES,
    *customers.RULES,
    *packages.RULES,
)

CARRIERS: tuple[Carrier, ...] = (*carriers_of_notices.CARRIERS,)
OBSTACLES: tuple[Obstacle, ...] = (*complaints.OBSTACLES, *customers.OBSTACLES)


def carriers() -> list[Carrier]:
    """Who carries what is written to people, as this installation is set up."""
    return [each for each in CARRIERS if each.is_used()]


@cache
def rules_by_model() -> dict[str, list[Rule]]:
    """The rules of each model, in the order in which they are asked."""
    return first_that_fits(RULES)


def rules_of(model: type[models.Model]) -> list[Rule]:
    """The rules of the model's rows; empty where none speaks of it."""
    return rules_by_model().get(model._meta.label, [])


def rows_of(rule: Rule, found: Q) -> models.QuerySet:
    """The rows of the rule that meet a condition: those that no rule before it has claimed."""
    keys = _own_of(rule, rule.model_class._base_manager.filter(found))
    return rule.model_class._base_manager.filter(pk__in=keys.values("pk"))


def all_of(rule: Rule) -> models.QuerySet:
    """All rows of the rule, asked of the table itself, so that an index answers for a few of many."""
    rows = _own_of(rule, rule.model_class._base_manager.all())
    joins_another = len(rows.query.alias_map) > 1
    return rows.distinct() if joins_another else rows


def _own_of(rule: Rule, rows: models.QuerySet) -> models.QuerySet:
    for earlier in rules_of(rule.model_class):
        if earlier is rule:
            break
        rows = rows.exclude(earlier.only)
    return rows.filter(rule.only)


def periods() -> list[Period]:
    """Every period that a rule names, once, in the order of the rules."""
    found = {rule.period.key: rule.period for rule in RULES if rule.period is not None}
    return list(found.values())


def followers_of(rule: Rule) -> list[Rule]:
    """The rules whose rows go with the rows of the rule's model."""
    return [each for each in RULES if each.follows and each.leader is rule.model_class]
