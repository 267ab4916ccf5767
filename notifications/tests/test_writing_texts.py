"""Texts as data: written, submitted, approved by somebody else, in force from a moment, withdrawn, and tried out."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone, translation

from customers import roles
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.refusals import Refused
from notifications.delivery import deliver_notices
from notifications.kinds import KINDS, POLICY_EXPIRING
from notifications.models import Notice, NoticeText
from notifications.rendering import render
from notifications.services import queue_notice
from notifications.tests.factories import InboxNoticeFactory, NoticeTextFactory
from notifications.tests.test_kinds import CERTIFICATE, EXPIRY
from notifications.texts import commands
from notifications.texts.first_version import first_version
from notifications.texts.in_force import KEPT, READ_AGAIN_SECONDS
from notifications.texts.mediums import Medium
from notifications.texts.parts import Part

pytestmark = pytest.mark.django_db
State = NoticeText.State
CODE = POLICY_EXPIRING.code


@pytest.fixture
def writer():
    return UserFactory(role=roles.COMPLAINT_OFFICER)


@pytest.fixture
def approver():
    return UserFactory(role=roles.MANAGER)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Runs a command, and what follows its commit."""

    def run(command, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return command(*args, **kwargs)

    return run


def written(by, *, language="en", said="Good news:", medium=Medium.MESSAGE, **more):
    source = first_version(POLICY_EXPIRING, medium, language)
    body = f"{said}\n{source.body}"
    given = {"subject": source.subject, "body": body, "change_note": "Said first what is good.", "by": by}
    return commands.write_text(kind=CODE, medium=medium, language=language, **{**given, **more})


def approved(writer, approver, **more):
    text = commands.submit_text(written(writer, **more), by=writer)
    return commands.approve_text(text, other_stays=True, by=approver)


def refusal(command, *args, **kwargs):
    with pytest.raises(Refused) as found:
        command(*args, **kwargs)
    return found.value


def said(**more):
    return render(POLICY_EXPIRING, EXPIRY, language="en", **more)


def test_a_text_counts_from_its_approval_and_the_notice_keeps_which(writer, approver, committed):
    before = said()
    text = committed(approved, writer, approver)
    made = said()
    assert before.text.startswith("Dear Customer,")
    assert (before.text_id, before.version) == (None, 0)
    assert made.text.startswith("Good news:\nDear Customer,")
    assert (made.text_id, made.version) == (text.pk, 1)
    notice = queue_notice(
        POLICY_EXPIRING, once="a:1", words=EXPIRY, customer=CustomerFactory(language="en"), address="a@example.com"
    )
    assert notice.made_of == text
    assert notice.body_text.startswith("Good news:")
    assert render(POLICY_EXPIRING, EXPIRY, language="it").version == 0


def test_a_text_for_later_counts_from_its_moment_without_anybody_asking(
    writer, approver, committed, django_assert_num_queries
):
    now = timezone.now()
    committed(approved, writer, approver, wanted_from=now + timedelta(days=3))
    assert said().version == 0
    with django_assert_num_queries(0):
        assert said(at=now + timedelta(days=2, hours=23)).version == 0
        assert said(at=now + timedelta(days=3, seconds=1)).version == 1


def test_the_last_to_begin_counts_and_after_a_text_for_some_weeks_the_one_before(writer, approver, committed):
    committed(approved, writer, approver)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        now = timezone.now()
        committed(
            approved,
            writer,
            approver,
            said="Happy Christmas:",
            wanted_from=now + timedelta(days=1),
            valid_until=now + timedelta(days=9),
        )
        versions = [said(at=now + timedelta(days=days)).version for days in (0, 1, 8, 9)]
    assert versions == [1, 2, 2, 1]


def test_a_withdrawn_text_gives_way_to_the_one_before(writer, approver, committed):
    committed(approved, writer, approver)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        second = committed(approved, writer, approver, said="Second:")
        assert said().version == 2
        committed(commands.withdraw_text, second, words="A wrong sentence.", by=approver)
        assert said().version == 1
    assert list(second.events.values_list("new", "words")) == [
        ("withdrawn", "A wrong sentence."),
        ("approved", ""),
        ("submitted", ""),
    ]


def test_other_processes_hear_of_an_approval_within_a_minute(writer, approver, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr("notifications.texts.in_force.time.monotonic", lambda: clock[0])
    KEPT.read_again()
    assert said().version == 0
    approved(writer, approver)  # elsewhere: its commit is not ours
    assert said().version == 0
    clock[0] += READ_AGAIN_SECONDS
    assert READ_AGAIN_SECONDS < 60
    assert said().version == 1


def test_a_thousand_notices_ask_once(writer, approver, committed, django_assert_num_queries):
    committed(approved, writer, approver)
    with django_assert_num_queries(1):
        for _number in range(100):
            said()


def test_what_a_plan_stored_as_facts_is_made_of_the_text_that_counts_when_it_goes():
    kind, facts = "certificate-available", CERTIFICATE
    notice = InboxNoticeFactory(kind=kind, words=facts, subject="", body_text="", language="en")
    text = NoticeTextFactory(
        kind=kind, approved=True, subject="Ready", body="The certificate of {{ policy }} is ready."
    )
    KEPT.read_again()
    deliver_notices([notice.pk])
    notice.refresh_from_db()
    assert (notice.state, notice.body_text, notice.made_of) == ("sent", notice.wording.text, text)
    assert notice.body_text.startswith("The certificate of P-77 is ready.\n")
    with pytest.raises(InternalError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(made_of=None)


def test_the_short_text_is_another_and_keeps_the_subject_of_the_long_one(writer, approver, committed):
    committed(approved, writer, approver, medium=Medium.SHORT, said="Note:", subject="")
    made = said(channel="sms")
    assert made.text.startswith("Note:")
    assert made.subject == "Your policy P-77 expires on 31 December 2026"
    assert made.version == 1
    assert said().version == 0


def test_a_text_that_cannot_be_made_of_some_facts_gives_way_to_the_files(caplog):
    NoticeTextFactory(approved=True, kind=CODE, body="{{ policy|written_day }}")
    KEPT.read_again()
    made = said()
    assert made.text.startswith("Dear Customer,")
    assert (made.text_id, made.version) == (None, 0)
    assert "its text cannot be made" in caplog.text


def test_nobody_approves_their_own_words(writer, approver):
    text = commands.submit_text(written(approver), by=approver)
    assert refusal(commands.approve_text, text, other_stays=True, by=approver).code == "own_words"
    text = commands.send_back(text, words="Shorter.", by=writer)
    text = commands.rewrite_text(text, by=writer, change_note="Shorter.")
    text = commands.submit_text(text, by=writer)
    assert refusal(commands.approve_text, text, other_stays=True, by=approver).code == "own_words"
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeText.objects.filter(pk=text.pk).update(
            state="approved", approved_by=writer, approved_at=timezone.now(), valid_from=timezone.now()
        )


def test_what_was_submitted_remains_as_it_was_read(writer, approver):
    text = commands.submit_text(written(writer), by=writer)
    assert refusal(commands.rewrite_text, text, by=writer, body="x").code == "wrong_state"
    for change in ({"body": "altro"}, {"subject": "altro"}, {"valid_until": timezone.now()}):
        with pytest.raises(InternalError), transaction.atomic():
            NoticeText.objects.filter(pk=text.pk).update(**change)
    commands.approve_text(text, other_stays=True, by=approver)
    for change in (
        {"body": "altro"},
        {"valid_from": timezone.now()},
        {"approved_by": UserFactory()},
        {"state": "draft"},
    ):
        with pytest.raises(InternalError), transaction.atomic():
            NoticeText.objects.filter(pk=text.pk).update(**change)


def test_one_text_is_written_by_one_at_a_time(writer, approver):
    first = written(writer)
    found = refusal(written, approver)
    assert found.code == "written_already"
    assert str(writer) in str(found)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeTextFactory(kind=CODE, number=9)
    commands.withdraw_text(first, words="Given up.", by=writer)
    assert written(approver).number == 2


def test_both_languages_are_asked_for(writer, approver):
    english = commands.submit_text(written(writer), by=writer)
    found = refusal(commands.approve_text, english, by=approver)
    assert (found.code, found.field) == ("other_language", "other_stays")
    italian = commands.submit_text(written(writer, language="it", said="Buone notizie:"), by=writer)
    commands.approve_text(english, by=approver)
    commands.approve_text(italian, by=approver)
    assert NoticeText.objects.approved().count() == 2


def test_what_is_wrong_is_refused_at_saving_and_asked_again_at_the_approval(writer, approver, monkeypatch):
    with translation.override("en"):
        found = refusal(written, writer, said="{{ premio_netto }}")
    assert found.field == "body"
    assert "“premio_netto” is not known for this notice" in str(found)
    text = commands.submit_text(written(writer), by=writer)
    paragraph = Part("the new paragraph", phrases={"en": ("right to be forgotten",)})
    stricter = replace(POLICY_EXPIRING, parts=(*POLICY_EXPIRING.parts, paragraph))
    monkeypatch.setitem(KINDS.filling, CODE, stricter)
    with translation.override("en"):
        found = refusal(commands.approve_text, text, other_stays=True, by=approver)
    assert str(found).startswith("Missing: the new paragraph.")


def test_a_text_does_not_end_before_it_begins(writer):
    now = timezone.now()
    found = refusal(written, writer, wanted_from=now + timedelta(days=2), valid_until=now + timedelta(days=1))
    assert (found.code, found.field) == ("valid_until", "valid_until")


def test_a_kind_or_a_language_that_is_none_is_refused(writer):
    for given in ({"kind": "nessuno"}, {"language": "de"}, {"medium": "fax"}):
        whole = {
            "kind": CODE,
            "medium": "message",
            "language": "en",
            "subject": "a",
            "body": "b",
            "change_note": "c",
        } | given
        assert refusal(commands.write_text, **whole, by=writer).code == "no_such_text"


def test_a_test_goes_to_oneself_marked_with_invented_facts_and_counted(writer):
    text = written(writer)
    notice = commands.send_test(text, by=writer)
    assert (notice.user, notice.customer, notice.address) == (writer, None, writer.email)
    assert notice.subject.startswith("[TEST] Your policy P-2027-0042")
    assert "Good news:" in notice.body_text
    assert commands.send_test(text, by=writer).pk != notice.pk
    assert commands.tests_of(writer) == 2
    for _number in range(commands.TESTS_PER_DAY - 2):
        commands.send_test(text, by=writer)
    assert refusal(commands.send_test, text, by=writer).code == "too_many"
    assert Notice.objects.filter(kind="text-test").count() == commands.TESTS_PER_DAY


def test_a_test_of_an_sms_says_its_parts(writer):
    notice = commands.send_test(written(writer, medium=Medium.SHORT, said="Note:", subject=""), by=writer)
    assert "GSM-7" in notice.body_text
