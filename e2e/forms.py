"""Sending a public form as people do: not before a person could have written it (foundation/form_guard.py)."""

from django.core.signing import b62_decode
from playwright.sync_api import Locator

from foundation.form_guard import SOONEST


def send(form: Locator) -> None:
    """Press the form's button, once as much time has passed since it was opened as a person needs."""
    wait_as_people_write(form)
    form.locator("button[type=submit]").click()


def wait_as_people_write(form: Locator) -> None:
    """Wait until the form is old enough to be taken for a person's."""
    opened = b62_decode(form.locator("[name=opened]").input_value().split(":")[1])
    ready = opened + SOONEST.total_seconds() + 0.2
    form.page.wait_for_function("ready => Date.now() / 1000 > ready", arg=ready)
