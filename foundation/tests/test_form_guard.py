"""Public forms: one key per page, neither too fast nor too old, a trap for machines, a limit per address."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.core.cache import cache
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisAway

from foundation.form_guard import GuardedForm, allowed

START = datetime(2026, 5, 4, 8, tzinfo=UTC)


class NoteForm(GuardedForm):
    note = forms.CharField()


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def filled(form: NoteForm, **changed) -> NoteForm:
    """The form sent back as a browser would."""
    return NoteForm({name: form[name].value() or "" for name in form.fields} | {"note": "Buongiorno"} | changed)


def codes(form: NoteForm) -> list[str | None]:
    return [error.code for error in form.non_field_errors().as_data()]


@pytest.mark.parametrize("after", [timedelta(seconds=4), timedelta(hours=23, minutes=59)])
def test_a_form_is_taken_between_three_seconds_and_a_day(clock, after):
    shown = NoteForm()
    clock.shift(after)
    sent = filled(shown)
    assert sent.is_valid()
    assert sent.cleaned_data["submission_key"] == uuid.UUID(shown["submission_key"].value())
    assert not sent.is_trapped


def test_a_form_sent_at_once_is_refused_and_taken_a_little_later(clock):
    shown = NoteForm()
    clock.shift(timedelta(seconds=2))
    sent = filled(shown)
    assert codes(sent) == ["form_too_fast"]
    assert sent["note"].value() == "Buongiorno"
    clock.shift(timedelta(seconds=4))
    assert filled(sent).is_valid()


@pytest.mark.parametrize("apart", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_form_opened_on_a_host_whose_clock_differs_is_taken(clock, apart):
    shown = NoteForm()
    clock.shift(timedelta(seconds=20) + apart)
    assert filled(shown).is_valid()


def test_a_form_of_yesterday_is_refused_once_and_keeps_its_key(clock):
    shown = NoteForm()
    clock.shift(timedelta(hours=25))
    sent = filled(shown)
    assert codes(sent) == ["form_too_old"]
    clock.shift(timedelta(seconds=4))
    again = filled(sent)
    assert again.is_valid()
    assert str(again.cleaned_data["submission_key"]) == shown["submission_key"].value()


@pytest.mark.parametrize(
    "tampered",
    [
        {"opened": ""},
        {"opened": "1vEN8x:not-ours"},
        {"submission_key": ""},
        {"submission_key": "x"},
        {"submission_key": str(uuid.UUID(int=7))},
    ],
)
def test_a_form_whose_key_or_moment_is_not_ours_is_refused_and_given_new_ones(clock, tampered):
    shown = NoteForm()
    clock.shift(timedelta(seconds=4))
    sent = filled(shown, **tampered)
    assert codes(sent) == ["form_not_ours"]
    assert sent["submission_key"].value() != shown["submission_key"].value()
    clock.shift(timedelta(seconds=4))
    assert filled(sent).is_valid()


def test_each_page_has_a_key_of_its_own():
    assert NoteForm()["submission_key"].value() != NoteForm()["submission_key"].value()


def test_a_machine_that_fills_the_hidden_box_is_known(clock):
    shown = NoteForm()
    clock.shift(timedelta(seconds=4))
    sent = filled(shown, website="https://buy.example")
    assert sent.is_valid()
    assert sent.is_trapped


def test_the_box_for_machines_is_out_of_the_way_of_people():
    drawn = str(NoteForm()["website"])
    assert 'class="visually-hidden" aria-hidden="true"' in drawn
    assert 'tabindex="-1"' in drawn
    assert NoteForm()["website"].is_hidden


# --- Attempts per address -----------------------------------------------------------------------------------------
def visit(address="192.0.2.7", **headers):
    return RequestFactory().post("/", REMOTE_ADDR=address, **headers)


def test_attempts_are_counted_per_address_and_scope():
    assert [allowed(visit(), "reclamo", 2, 60) for _ in range(3)] == [True, True, False]
    assert allowed(visit("192.0.2.8"), "reclamo", 2, 60)
    assert allowed(visit(), "richiesta", 2, 60)


def test_the_neighbours_of_one_ipv6_subscriber_are_one_address():
    assert allowed(visit("2001:db8:1:2::1"), "reclamo", 1, 60)
    assert not allowed(visit("2001:db8:1:2:ffff::9"), "reclamo", 1, 60)
    assert allowed(visit("2001:db8:1:3::1"), "reclamo", 1, 60)


def test_behind_the_proxy_its_own_word_counts_and_not_the_visitors(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for claimed in ("203.0.113.1", "203.0.113.2"):
        assert allowed(visit(HTTP_X_FORWARDED_FOR=f"{claimed}, 198.51.100.4"), "reclamo", 2, 60)
    assert not allowed(visit(HTTP_X_FORWARDED_FOR="203.0.113.3, 198.51.100.4"), "reclamo", 2, 60)


def test_without_a_proxy_what_the_visitor_claims_is_not_believed():
    assert allowed(visit(HTTP_X_FORWARDED_FOR="203.0.113.1"), "reclamo", 1, 60)
    assert not allowed(visit(HTTP_X_FORWARDED_FOR="203.0.113.2"), "reclamo", 1, 60)


def test_a_cache_that_does_not_answer_turns_nobody_away(monkeypatch):
    def away(*args, **kwargs):
        raise RedisAway

    monkeypatch.setattr(cache, "add", away)
    assert [allowed(visit(), "reclamo", 1, 60) for _ in range(3)] == [True, True, True]
