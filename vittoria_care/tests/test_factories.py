"""Every model of the project has a factory, and what each builds passes the model's own validation."""

import pytest
from django.apps import apps

from vittoria_care.tests.factories import APPS, FACTORIES


def test_every_model_has_a_factory():
    """History tables are written by the database alone."""
    models = {model for app in APPS for model in apps.get_app_config(app).get_models()}
    assert set(FACTORIES) == {model for model in models if not model.__name__.endswith("History")}


@pytest.mark.django_db
@pytest.mark.parametrize("model", FACTORIES, ids=lambda model: model.__name__)
def test_a_factory_builds_valid_rows_again_and_again(model):
    rows = [FACTORIES[model]() for _ in range(3)]
    unfilled = {field.name for field in model._meta.fields if field.null}  # machine-written rows have no `blank`
    for row in rows:
        row.full_clean(exclude={name for name in unfilled if getattr(row, name) is None})
