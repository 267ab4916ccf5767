"""The commands of a claim report: begun once, kept step by step, files each by itself, sent once under the next number."""

import errno
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone, translation
from PIL import Image

from customers.claim_reports import commands
from customers.claim_reports.commands import (
    DraftGone,
    SameDay,
    add_files,
    begin_draft,
    discard_draft,
    forget_drafts,
    remove_file,
    save_step,
    send_report,
)
from customers.claim_reports.lines import MOTOR
from customers.claim_reports.queries import policies_to_report, standing_of
from customers.models import Claim, ClaimDraft, ClaimFile, ClaimReport, Policy, ReportYear
from customers.tests.claim_answers import CRASH
from customers.tests.factories import (
    ClaimDraftFactory,
    ClaimFactory,
    ClaimFileFactory,
    CustomerFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    UserFactory,
)
from foundation.files import accepted
from foundation.files.accepted import MEGABYTE
from foundation.refusals import ChangedMeanwhile, Refused

pytestmark = pytest.mark.django_db
EVENT = MOTOR.steps[0]
TODAY = "2026-05-04 08:00Z"


@pytest.fixture(autouse=True)
def here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"), time_machine.travel(TODAY, tick=False):
        yield tmp_path


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def draft(user):
    return ClaimDraftFactory(answers=CRASH, begun_by=user, saved_by=user)


def begin(draft_of, by, key=None):
    return begin_draft(key=key or uuid.uuid4(), customer=draft_of.holder, policy=draft_of, by=by)


def send(draft, by, **given):
    return send_report(key=draft.key, customer=draft.customer, by=by, **given)


def pdf(name="nota.pdf", size=20):
    return SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode() + b" " * size)


def kept_in(folder):
    return [each for each in folder.rglob("*") if each.is_file()]


# --- Beginning
def test_a_report_is_begun_under_a_policy_of_ones_own(user):
    policy = PolicyFactory()
    draft = begin(policy, user)
    assert (draft.customer, draft.policy, draft.answers, draft.version) == (policy.holder, policy, {}, 1)


def test_the_same_key_again_begins_nothing(user):
    policy, key = PolicyFactory(), uuid.uuid4()
    assert begin(policy, user, key) == begin(policy, user, key)
    assert ClaimDraft.objects.count() == 1


def test_somebody_elses_policy_is_refused(user):
    with pytest.raises(Refused) as refusal:
        begin_draft(key=uuid.uuid4(), customer=CustomerFactory(), policy=PolicyFactory(), by=user)
    assert refusal.value.code == "policy_not_theirs"


def test_an_adherent_reports_under_the_collective_policy(user):
    adherence = PolicyAdherentFactory()
    draft = begin_draft(key=uuid.uuid4(), customer=adherence.customer, policy=adherence.policy, by=user)
    assert draft.policy == adherence.policy


def test_drafts_are_limited_in_number(user):
    policy = PolicyFactory()
    for _n in range(commands.MOST_DRAFTS):
        begin(policy, user)
    with pytest.raises(Refused) as refusal:
        begin(policy, user)
    assert refusal.value.code == "too_many_drafts"


def test_policies_that_ended_long_ago_are_not_offered_and_those_alive_come_first():
    holder = CustomerFactory()
    expired = PolicyFactory(holder=holder, state="expired", starts_on="2025-01-01", ends_on="2025-12-31")
    PolicyFactory(holder=holder, state="expired", starts_on="2020-01-01", ends_on="2020-12-31")
    alive = PolicyFactory(holder=holder)
    assert list(policies_to_report(holder, timezone.localdate())) == [alive, expired]


# --- Keeping a step
def test_a_step_is_kept_and_counts_as_a_version(draft, user):
    saved = save_step(draft, EVENT, answers={"place": "Roma"}, seen_version=1, by=user)
    assert (saved.answers["evento"], saved.version, saved.answers["veicolo"]) == (
        {"place": "Roma"},
        2,
        CRASH["veicolo"],
    )


def test_what_another_device_saved_meanwhile_is_not_overwritten(draft, user):
    save_step(draft, EVENT, answers={"place": "Roma"}, seen_version=1, by=user)
    with pytest.raises(ChangedMeanwhile):
        save_step(draft, EVENT, answers={"place": "Milano"}, seen_version=1, by=user)
    draft.refresh_from_db()
    assert draft.answers["evento"] == {"place": "Roma"}


def test_the_same_step_sent_twice_is_saved_once(draft, user):
    for _press in range(2):
        save_step(draft, EVENT, answers={"place": "Roma"}, seen_version=1, by=user)
    draft.refresh_from_db()
    assert draft.version == 2


def test_a_draft_that_is_gone_keeps_nothing(draft, user):
    discard_draft(draft)
    with pytest.raises(DraftGone):
        save_step(draft, EVENT, answers={}, seen_version=1, by=user)


# --- Files
def test_good_files_are_kept_and_each_wrong_one_is_named(draft, user, here):
    script = SimpleUploadedFile("foto.jpg", b"#!/bin/sh\nrm -rf /")
    added = add_files(draft, [pdf("a.pdf"), script, pdf("b.pdf")], by=user)
    assert [each.name for each in added.kept] == ["a.pdf", "b.pdf"]
    assert len(added.refused) == 1
    assert "foto.jpg" in added.refused[0]
    assert len(kept_in(here)) == 2


def test_a_photograph_that_came_in_half_is_named_and_the_others_are_kept(draft, user):
    out = io.BytesIO()
    Image.effect_noise((64, 48), 60).save(out, "JPEG")
    half = SimpleUploadedFile("foto.jpg", out.getvalue()[:-400])
    added = add_files(draft, [half, pdf()], by=user)
    assert [each.name for each in added.kept] == [pdf().name]
    assert added.refused[0].startswith("“foto.jpg” is damaged")


def test_a_picture_of_thirty_megabytes_is_refused_in_words(draft, user, monkeypatch):
    large = SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff\xe0")
    large.size = 30 * MEGABYTE
    added = add_files(draft, [large, pdf()], by=user)
    assert (added.refused, len(added.kept)) == (["“foto.jpg” is larger than 20 MB."], 1)


def test_of_forty_files_twenty_are_kept_and_the_others_named(draft, user):
    added = add_files(draft, [pdf(f"{n}.pdf") for n in range(40)], by=user)
    assert [len(added.kept), len(added.refused), draft.files.count()] == [20, 20, 20]
    assert added.refused[0].startswith("“20.pdf” was left out")


def test_files_are_limited_in_their_size_together(draft, user):
    ClaimFileFactory(draft=draft, claim=None, size=60 * MEGABYTE - 20)
    added = add_files(draft, [pdf(), SimpleUploadedFile("b.txt", b"breve")], by=user)
    assert [each.name for each in added.kept] == ["b.txt"]
    assert "60 MB" in added.refused[0]


def test_the_same_file_twice_is_one(draft, user, here):
    for _time in range(2):
        added = add_files(draft, [pdf()], by=user)
        assert (len(added.kept), added.refused) == (1, [])
    assert (draft.files.count(), len(kept_in(here))) == (1, 1)


def test_a_picture_loses_its_place_and_is_turned_upright(draft, user):
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Ametistelli"
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 27.0, 51.25)})
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG", exif=exif)
    [kept] = add_files(draft, [SimpleUploadedFile("foto.jpg", out.getvalue())], by=user).kept
    with kept.file.open() as file:
        content = file.read()
    assert Image.open(io.BytesIO(content)).size == (48, 64)
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert b"Ametistelli" not in content


def test_a_picture_of_a_telephone_of_another_make_is_taken(draft, user):
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x01" * 60
    [kept] = add_files(draft, [SimpleUploadedFile("IMG_0042.HEIC", heic)], by=user).kept
    assert (kept.name, kept.content_type) == ("IMG_0042.heic", "image/heic")


def test_a_disk_without_room_costs_the_file_and_nothing_else(draft, user, here, monkeypatch):
    add_files(draft, [pdf("a.pdf")], by=user)

    def full(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    added = add_files(draft, [pdf("b.pdf")], by=user)
    assert (added.kept, len(added.refused), draft.files.count(), len(kept_in(here))) == ([], 1, 1, 1)
    assert "b.pdf" in added.refused[0]


def test_a_file_is_taken_away_from_the_folder_as_well(draft, user, here, django_capture_on_commit_callbacks):
    [kept] = add_files(draft, [pdf()], by=user).kept
    for _press in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            remove_file(draft, key=kept.key, by=user)
    assert (draft.files.count(), kept_in(here)) == (0, [])


def test_many_files_take_no_more_memory_than_one(draft, user):
    """What is changed of a picture waits on disk."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", comment=b"parole")
    checked = accepted.check_file(SimpleUploadedFile("foto.jpg", out.getvalue()), accepted.CLAIM, turns=True)
    assert checked.content.temporary_file_path()


# --- Giving up, and forgetting
def test_nothing_of_a_draft_that_is_given_up_remains(draft, user, here, django_capture_on_commit_callbacks):
    add_files(draft, [pdf()], by=user)
    for _press in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            discard_draft(draft)
    assert (ClaimDraft.objects.count(), ClaimFile.objects.count(), kept_in(here)) == (0, 0, [])


def test_a_draft_is_forgotten_after_its_days_and_not_before(draft, settings):
    last = draft.saved_at + timedelta(days=settings.CLAIM_DRAFT_DAYS)
    assert forget_drafts(last) == 0
    assert forget_drafts(last + timedelta(seconds=1)) == 1
    assert forget_drafts(last + timedelta(seconds=1)) == 0


# --- Sending
def test_a_report_becomes_a_claim_under_the_next_number_of_the_year(draft, user):
    add_files(draft, [pdf()], by=user)
    sent = send(draft, user)
    claim = Claim.objects.get()
    assert (sent.is_new, sent.claim, claim.number, claim.report_number) == (True, claim, *["DEN-2026-000001"] * 2)
    assert (claim.policy, claim.customer, claim.kind, claim.signed_by_both) == (
        draft.policy,
        draft.customer,
        "property",
        True,
    )
    assert (claim.occurred_on, claim.reported_on, claim.place) == (
        date(2026, 5, 2),
        date(2026, 5, 4),
        "Via Po 1, Pavia",
    )
    assert (claim.state, claim.complete_on, claim.waits_for_number) == ("reported", None, True)
    report = ClaimReport.objects.get()
    assert (report.number, report.answers, report.guide, report.sent_by) == ("DEN-2026-000001", CRASH, "motor", user)
    assert [each.claim for each in ClaimFile.objects.all()] == [claim]
    assert not ClaimDraft.objects.exists()


def test_the_same_draft_sent_twice_is_one_claim(draft, user):
    first, second = send(draft, user), send(draft, user)
    assert (first.claim, second.is_new) == (second.claim, False)
    assert Claim.objects.count() == 1


def test_numbers_have_no_gap_when_a_report_is_refused_between(draft, user):
    send(draft, user)
    lacking = ClaimDraftFactory(answers={}, begun_by=user, saved_by=user)
    with pytest.raises(Refused):
        send(lacking, user)
    other = ClaimDraftFactory(answers=CRASH, begun_by=user, saved_by=user)
    assert send(other, user).report.number == "DEN-2026-000002"


def test_a_number_is_given_back_when_the_transaction_fails(draft, user):
    with transaction.atomic():
        send(draft, user)
        transaction.set_rollback(True)
    assert send(draft, user).report.number == "DEN-2026-000001"


def test_numbers_begin_again_with_the_year(draft, user):
    send(draft, user)
    with time_machine.travel("2026-12-31 23:30Z", tick=False):  # half past midnight in Italy
        other = ClaimDraftFactory(answers=CRASH, begun_by=user, saved_by=user)
        assert send(other, user).report.number == "DEN-2027-000001"


def test_a_report_without_an_obligatory_answer_is_refused(draft, user):
    draft.answers = CRASH | {"persone": {}}
    draft.save()
    with pytest.raises(Refused) as refusal:
        send(draft, user)
    assert (refusal.value.code, "People" in str(refusal.value)) == ("not_complete", True)
    assert not Claim.objects.exists()


def test_a_claim_of_the_same_policy_and_day_is_shown_and_asked_about(draft, user):
    earlier = ClaimFactory(policy=draft.policy, occurred_on="2026-05-02")
    with pytest.raises(SameDay) as refusal:
        send(draft, user)
    assert refusal.value.claim == earlier
    sent = send(draft, user, is_another=True)
    assert (sent.report.beside, Claim.objects.count()) == (earlier, 2)


def test_another_day_or_policy_is_no_twin(draft, user):
    ClaimFactory(policy=draft.policy, occurred_on="2026-05-01")
    ClaimFactory(occurred_on="2026-05-02")
    assert send(draft, user).report.beside is None


def test_under_a_collective_policy_the_claims_of_others_are_nobodys_twins(user):
    adherence = PolicyAdherentFactory()
    ClaimFactory(policy=adherence.policy, customer=CustomerFactory(), occurred_on="2026-05-02")
    draft = ClaimDraftFactory(
        policy=adherence.policy, customer=adherence.customer, answers=CRASH, begun_by=user, saved_by=user
    )
    assert standing_of(draft).twin is None
    assert send(draft, user).is_new


def test_two_drafts_of_the_same_event_cannot_both_become_claims(draft, user):
    other = ClaimDraftFactory(
        policy=draft.policy, customer=draft.customer, answers=CRASH, begun_by=user, saved_by=user
    )
    send(draft, user)
    with pytest.raises(SameDay):
        send(other, user)


def test_a_day_outside_the_policys_period_is_asked_about(draft, user):
    Policy.objects.filter(pk=draft.policy_id).update(starts_on="2026-05-03")
    with pytest.raises(Refused) as refusal:
        send(draft, user)
    assert refusal.value.code == "outside_cover"
    assert send(draft, user, is_outside_known=True).is_new


def test_a_draft_whose_policy_went_to_somebody_else_cannot_be_sent(draft, user):
    Policy.objects.filter(pk=draft.policy_id).update(holder=CustomerFactory())
    with pytest.raises(Refused) as refusal:
        send(draft, user)
    assert refusal.value.code == "policy_not_theirs"


def test_somebody_elses_draft_is_as_good_as_gone(draft, user):
    with pytest.raises(DraftGone):
        send_report(key=draft.key, customer=CustomerFactory(), by=user)
    assert not Claim.objects.exists()


# --- What the database refuses
def test_what_was_sent_remains_as_it_was_sent(draft, user):
    add_files(draft, [pdf()], by=user)
    report = send(draft, user).report
    file = ClaimFile.objects.get()
    for change in (
        lambda: ClaimReport.objects.filter(pk=report.pk).update(answers={}),
        lambda: report.delete(),
        lambda: file.delete(),
        lambda: ClaimFile.objects.update(sha256="0" * 64),
        lambda: ClaimFile.objects.update(claim=ClaimFactory()),
        lambda: ReportYear.objects.update(last_number=0),
    ):
        with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
            change()


def test_a_file_is_of_a_draft_or_of_a_claim(draft, user):
    for wrong in ({"draft": None, "claim": None}, {"draft": draft, "claim": ClaimFactory()}):
        with pytest.raises(IntegrityError, match="claim_file_of_a_draft_or_a_claim"), transaction.atomic():
            ClaimFileFactory(**wrong)


def test_a_report_number_is_of_one_claim():
    ClaimFactory(report_number="DEN-2026-000001")
    ClaimFactory(), ClaimFactory()
    with pytest.raises(IntegrityError, match="claim_report_number_is_its_own"), transaction.atomic():
        ClaimFactory(report_number="DEN-2026-000001")


@pytest.mark.django_db(transaction=True)
def test_many_reports_at_once_have_numbers_without_a_gap(user):
    drafts = [ClaimDraftFactory(answers=CRASH, begun_by=user, saved_by=user) for _n in range(6)]

    def send_it(draft):
        try:
            return send(draft, user).report.sequence
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send_it, drafts)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_a_double_press_at_the_same_moment_is_one_claim(draft, user):
    def send_it(_press):
        try:
            return send(draft, user).claim.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(send_it, range(3)))) == 1
    assert Claim.objects.count() == 1
