"""The proof of the alerts: the statement against an independent rule on a portfolio with every oddity; its page and files."""

import csv
import hashlib
import io
import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from customers import roles
from customers.models import Instalment, Policy, RenewalOffer
from customers.tests.factories import (
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    RenewalOfferFactory,
    UserFactory,
)
from foundation.dates import ROME
from notifications.models import DeliveryReport, Notice, NoticeEvent
from notifications.proof.office import usual_period
from notifications.proof.query import FAULTS, Verdict, Why, counts_of, rows_of, unverified_of
from notifications.proof.report import csv_of, pdf_of, signatures_of
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db

ENDS = date(2030, 4, 9)
TERM = date(2030, 3, 10)  # thirty days before
FIRST, LAST = date(2030, 4, 1), date(2030, 4, 30)


def at(day, hour=12):
    return datetime.combine(day, time(hour), ROME)


def policy(ends_on=ENDS, **fields):
    given = {"starts_on": ends_on - timedelta(days=365), "ends_on": ends_on, "created_at": at(date(2029, 1, 1))}
    return PolicyFactory(**given | fields)


def way(about, channel="email", sent_on=TERM, *, state="sent", ends_on=None, number="", **fields):
    """A notice of the alert about the policy."""
    given = {"kind": "policy-expiring", "customer": about.holder, "channel": channel, "state": state}
    given["once"] = f"policy-expiring:{about.pk}:{ends_on or about.ends_on}:{channel}{number}"
    given["address"] = {"email": "a@b.example", "sms": "+393331234567", "pec": "a@pec.example"}.get(channel, "")
    if state == "sent":
        given["sent_at"] = at(sent_on)
    if state in ("sending", "in_doubt"):
        given["claimed_at"] = at(sent_on)
    return NoticeFactory(**given | fields)


def delivered(notice, day, **fields):
    signed = {"signature": "verified", "signer": "Gestore PEC"} if notice.channel == "pec" else {}
    given = {"notice": notice, "outcome": "delivered", "happened_at": at(day)}
    return DeliveryReport.objects.create(**given | signed | fields)


def change_on(day, row, **fields):
    """A change of the policy that day, with the version that it put away."""
    with time_machine.travel(at(day), tick=False):
        Policy.objects.filter(pk=row.pk).update(**fields)
    history = apps.get_model("customers", "PolicyHistory")._default_manager.filter(pgh_obj=row.pk)
    latest = history.order_by("-pgh_id").values_list("pgh_id", flat=True)[:1]
    _set_moment(list(latest), at(day))


def _set_moment(ids, moment):
    """The clock of the database is not that of the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE customers_policyhistory SET pgh_created_at = %s WHERE pgh_id = ANY(%s)", [moment, ids])
        cursor.execute("SET LOCAL session_replication_role = origin")


def judged(row):
    [found] = [each for each in rows_of(FIRST, LAST) if each.policy_id == row.pk]
    return found.verdict, found.why


# --- What counts, and until when
COUNTS_AS = [
    ("email", TERM, {}, "in_time", ""),
    ("email", TERM + timedelta(days=1), {}, "late", ""),
    ("email", TERM, {"arrival": "failed"}, "missed", "came_back"),
    ("post", TERM, {}, "in_time", ""),
    ("inbox", TERM - timedelta(days=5), {}, "missed", "unopened"),
    ("inbox", TERM - timedelta(days=5), {"read_at": at(TERM, 23)}, "in_time", ""),
    ("inbox", TERM - timedelta(days=5), {"read_at": at(TERM + timedelta(days=1), 0)}, "late", "unopened"),
    ("sms", TERM - timedelta(days=5), {}, "missed", "no_sign"),
    ("pec", TERM - timedelta(days=5), {}, "missed", "no_sign"),
]


@pytest.mark.parametrize(("channel", "sent_on", "fields", "verdict", "why"), COUNTS_AS)
def test_each_way_counts_from_the_moment_that_proves_it(channel, sent_on, fields, verdict, why):
    row = policy()
    way(row, channel, sent_on, **fields)
    assert judged(row) == (verdict, why)


@pytest.mark.parametrize(("day", "verdict"), [(TERM, "in_time"), (TERM + timedelta(days=1), "late")])
@pytest.mark.parametrize("channel", ["sms", "pec"])
def test_a_text_or_a_certified_email_counts_from_the_report_of_its_arrival(channel, day, verdict):
    row = policy()
    delivered(way(row, channel, TERM - timedelta(days=5), arrival="delivered"), day)
    assert judged(row)[0] == verdict


UNVERIFIED = {"signature": "unverified", "signer": "Gestore PEC"}


def test_a_receipt_that_nobody_verified_proves_no_alert_and_says_so():
    row = policy()
    notice = way(row, "pec", TERM - timedelta(days=5), arrival="delivered")
    delivered(notice, TERM, **UNVERIFIED)
    assert judged(row) == ("missed", "unverified")
    assert unverified_of(FIRST, LAST) == 0
    delivered(notice, TERM)
    assert judged(row) == ("in_time", "")


def test_a_receipt_with_a_wrong_signature_proves_no_alert():
    row = policy()
    notice = way(row, "pec", TERM - timedelta(days=5))
    DeliveryReport.objects.create(notice=notice, outcome="unproved", happened_at=at(TERM), signature="wrong")
    assert judged(row) == ("missed", "unverified")


def test_a_receipt_that_nobody_verified_counts_where_it_need_not_be_and_the_report_says_how_many(settings):
    settings.PEC_RECEIPTS_MUST_VERIFY = False
    row = policy()
    delivered(way(row, "pec", TERM - timedelta(days=5), arrival="delivered"), TERM, **UNVERIFIED)
    assert judged(row) == ("in_time", "")
    assert unverified_of(FIRST, LAST) == 1
    [found] = csv.DictReader(io.StringIO(csv_of(FIRST, LAST).decode()))
    assert (found["signature"], found["signer"]) == ("unverified", "Gestore PEC")
    text = PdfReader(io.BytesIO(pdf_of(FIRST, LAST, checksum="0", on=LAST))).pages[0].extract_text()
    assert signatures_of(FIRST, LAST)[:40] in " ".join(text.split())


@pytest.mark.parametrize(
    ("state", "channel", "why"),
    [
        ("refused", "email", "refused"),
        ("in_doubt", "email", "in_doubt"),
        ("queued", "post", "to_be_posted"),
        ("sending", "post", "to_be_posted"),
        ("queued", "email", "waiting"),
        ("withheld", "email", "withheld"),
    ],
)
def test_what_did_not_go_says_why(state, channel, why):
    row = policy()
    way(row, channel, state=state)
    assert judged(row) == ("missed", why)


def test_what_a_person_withheld_says_so():
    row = policy()
    notice = way(row, state="withheld")
    NoticeEvent.objects.create(notice=notice, old="queued", new="withheld", by=UserFactory())
    assert judged(row) == ("missed", "withheld_by_person")


def test_nothing_written_is_missed_and_another_line_is_not_asked():
    assert judged(policy()) == ("missed", "not_written")
    policy(ramo="8", plate="")
    assert sum(counts_of(FIRST, LAST).values()) == 1


def test_an_alert_about_another_day_is_none():
    row = policy()
    way(row, ends_on=date(2030, 4, 1))
    assert judged(row) == ("missed", "not_written")


# --- As things stood then
def test_a_policy_that_was_cancelled_by_the_term_was_not_owed_one_and_later_it_was():
    before, after = policy(), policy()
    change_on(TERM, before, state="cancelled")
    change_on(TERM + timedelta(days=1), after, state="cancelled")
    assert judged(before) == ("not_owed", "not_in_force")
    assert judged(after) == ("missed", "not_written")


def test_an_expiry_that_was_moved_here_after_the_term_says_so():
    row = policy(date(2030, 8, 1))
    change_on(TERM + timedelta(days=3), row, ends_on=ENDS)
    assert judged(row) == ("missed", "date_moved")


def test_a_policy_that_came_to_the_records_after_the_term_says_so():
    assert judged(policy(created_at=at(TERM + timedelta(days=1), 0))) == ("missed", "known_late")
    assert judged(policy(created_at=at(TERM, 23))) == ("missed", "not_written")


@pytest.mark.parametrize(("paid_on", "why"), [(TERM, "renewed"), (TERM + timedelta(days=1), "not_written")])
def test_a_renewal_that_was_paid_by_the_term_needs_no_alert(paid_on, why):
    by_instalment, by_offer = policy(), policy()
    InstalmentFactory(policy=by_instalment, due_on=ENDS, paid_on=paid_on)
    RenewalOfferFactory(policy=by_offer, starts_on=ENDS, ends_on=ENDS + timedelta(days=365), paid_on=paid_on)
    assert [judged(by_instalment)[1], judged(by_offer)[1]] == [why, why]


def test_a_policy_that_follows_was_known_by_the_term():
    row = policy()
    newer = policy(ENDS + timedelta(days=365), starts_on=ENDS, holder=row.holder, plate=row.plate, created_at=at(TERM))
    assert judged(row) == ("not_owed", "renewed")
    Policy.objects.filter(pk=newer.pk).update(created_at=at(TERM + timedelta(days=2)))
    assert judged(row) == ("missed", "not_written")


# --- Against an independent rule
def plainly(row):
    """The verdict on one policy, read row by row and day by day: nothing of the statement is in it."""
    midnight = datetime.combine(row.ends_on - timedelta(days=29), time(0), ROME)
    history = apps.get_model("customers", "PolicyHistory")._default_manager
    changed = history.filter(pgh_obj=row.pk, pgh_created_at__gte=midnight).order_by("pgh_id").first() or row
    proofs, seen = [], set()
    for notice in Notice.objects.filter(once__startswith=f"policy-expiring:{row.pk}:{row.ends_on}:"):
        by_person = notice.events.filter(new="withheld", by__isnull=False).exists()
        moment = None
        if notice.state == "sent" and notice.arrival != "failed":
            if notice.channel in ("email", "post"):
                moment = notice.sent_at
            elif notice.channel == "inbox":
                moment = notice.read_at
            else:
                reports = notice.reports.filter(outcome="delivered").order_by("happened_at")
                moment = reports[0].happened_at if reports else None
        if moment:
            proofs.append(moment)
        words = {
            Why.WITHHELD_BY_PERSON: notice.state == "withheld" and by_person,
            Why.IN_DOUBT: notice.state == "in_doubt",
            Why.CAME_BACK: notice.arrival == "failed",
            Why.REFUSED: notice.state == "refused",
            Why.TO_BE_POSTED: notice.state in ("queued", "sending") and notice.channel == "post",
            Why.WAITING: notice.state in ("queued", "sending"),
            Why.NO_SIGN: notice.state == "sent" and notice.channel in ("sms", "pec"),
            Why.UNOPENED: notice.state == "sent" and notice.channel == "inbox",
            Why.WITHHELD: notice.state == "withheld",
        }
        seen |= {word for word, holds in words.items() if holds}
    if any(moment < midnight for moment in proofs):
        return Verdict.IN_TIME, Why.NONE
    if changed.state != "active":
        return Verdict.NOT_OWED, Why.NOT_IN_FORCE
    term = row.ends_on - timedelta(days=30)
    until = row.ends_on + timedelta(days=max(1, row.grace_days if row.annual else 0))
    followed = any(
        other.plate == row.plate != ""
        and other.holder_id == row.holder_id
        and (other.state, other.ramo) == ("active", "10")
        and other.ends_on > row.ends_on
        and other.starts_on <= until
        and other.created_at < midnight
        for other in Policy.objects.exclude(pk=row.pk)
    )
    paid = [each.paid_on for each in Instalment.objects.filter(policy=row) if each.due_on >= row.ends_on]
    paid += [each.paid_on for each in RenewalOffer.objects.filter(policy=row) if each.starts_on >= row.ends_on]
    verdict = Verdict.LATE if proofs else Verdict.MISSED
    if followed or any(day is not None and day <= term for day in paid):
        return Verdict.NOT_OWED, Why.RENEWED
    if changed.ends_on != row.ends_on:
        return verdict, Why.DATE_MOVED
    if row.created_at >= midnight:
        return verdict, Why.KNOWN_LATE
    for word in Why:
        if word in seen:
            return verdict, word
    return verdict, Why.NONE if proofs else Why.NOT_WRITTEN


def oddities(rng, number):
    """Policies with whatever can happen to one, more than once, drawn by lot."""
    holders = [CustomerFactory() for _each in range(4)]
    for _each in range(number):
        ends_on = rng.choice(
            [FIRST, LAST, ENDS, date(2030, 4, 27), date(2030, 4, 28)]
        )  # thirty days before: the clocks change
        term = ends_on - timedelta(days=30)
        near = [term + timedelta(days=days) for days in (-8, -1, 0, 1, 2, 20)]
        row = policy(
            ends_on,
            holder=rng.choice(holders),
            plate=rng.choice(["AB123CD", "AB123CE", f"AC{rng.randrange(900) + 100}DD", ""]),
            annual=rng.random() < 0.8,
            created_at=at(rng.choice([date(2029, 1, 1), date(2029, 1, 1), *near]), rng.choice([0, 23])),
        )
        for place, channel in enumerate(rng.choices(["email", "inbox", "sms", "pec", "post"], k=rng.randrange(4))):
            state = rng.choice(["sent", "sent", "sent", "refused", "withheld", "queued", "in_doubt", "sending"])
            fields = {"number": f":{place}", "state": state}
            if state == "sent":
                fields["arrival"] = rng.choice(["", "", "failed", "delivered"])
                if channel == "inbox" and rng.random() < 0.6:
                    fields["read_at"] = at(rng.choice(near), rng.choice([0, 23]))
            notice = way(row, channel, rng.choice(near), **fields)
            if state == "sent" and fields["arrival"] == "delivered":
                delivered(notice, rng.choice(near))
            if state == "withheld" and rng.random() < 0.5:
                NoticeEvent.objects.create(notice=notice, old="queued", new="withheld", by=UserFactory())
        if rng.random() < 0.2:
            InstalmentFactory(
                policy=row, due_on=ends_on + timedelta(days=rng.randrange(-1, 2)), paid_on=rng.choice([None, *near])
            )
        if rng.random() < 0.2:
            change_on(rng.choice(near), row, state=rng.choice(["cancelled", "expired"]))
        elif rng.random() < 0.15:
            change_on(rng.choice(near), row, ends_on=ends_on - timedelta(days=rng.randrange(1, 3)))


@pytest.mark.parametrize("seed", range(6))
def test_the_statement_judges_every_oddity_as_the_independent_rule_does(seed):
    oddities(random.Random(seed), 40)
    asked = Policy.objects.filter(ramo="10", ends_on__range=(FIRST, LAST))
    wanted = {row.number: tuple(map(str, (plainly(row)[0].value, plainly(row)[1].value))) for row in asked}
    found = {row.number: (row.verdict, row.why) for row in rows_of(FIRST, LAST)}
    assert found == wanted
    assert counts_of(FIRST, LAST) == Counter(wanted.values())


# --- Files
def test_the_files_prove_each_other():
    told, untold = policy(number="P-1"), policy(number="P-2", plate="ZZ999ZZ")
    notice = way(told, receipt="250 2.0.0 Ok: queued as 4F1", message_id="<notice.1.abc@care.example>")
    table = csv_of(FIRST, LAST)
    assert csv_of(FIRST, LAST) == table
    first, second = csv.DictReader(io.StringIO(table.decode()))
    assert (first["policy"], first["verdict"], first["proved_at"]) == ("P-1", "in_time", "2030-03-10T12:00:00+01:00")
    assert (first["notice"], first["receipt"]) == (str(notice.pk), "250 2.0.0 Ok: queued as 4F1")
    assert (second["policy"], second["verdict"], second["why"]) == (untold.number, "missed", "not_written")
    checksum = hashlib.sha256(table).hexdigest()
    document = pdf_of(FIRST, LAST, checksum=checksum, on=date(2030, 5, 2))
    assert pdf_of(FIRST, LAST, checksum=checksum, on=date(2030, 5, 2)) == document
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    for wanted in ("P-2", "ZZ999ZZ", "09/04/2030", "10/03/2030"):
        assert wanted in text
    assert checksum in text.replace("\n", "")
    assert "P-1" not in text


# --- The page
NOW = at(date(2030, 5, 2))


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setattr("notifications.proof.office.timezone.now", lambda: NOW)

    def get(role=roles.MANAGER, **query):
        client = Client()
        client.force_login(UserFactory(role=role))
        return client.get(reverse("admin:notifications_notice_proof"), query)

    return get


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2030, 5, 2), date(2030, 5, 1), date(2030, 5, 31)),
        (date(2030, 5, 1), date(2030, 4, 1), date(2030, 4, 30)),
        (date(2030, 3, 1), date(2030, 2, 1), date(2030, 2, 28)),
    ],
)
def test_the_usual_period_is_the_last_whole_month_whose_terms_are_over(today, first, last):
    assert usual_period(today) == {"first": first, "last": last}


def test_the_page_names_what_is_not_proved_and_leads_to_its_ways(page):
    told, untold = policy(), policy()
    way(told)
    refused = way(untold, state="refused")
    shown = page(first="2030-04-01", last="2030-04-30")
    text = shown.content.decode()
    assert shown.context["number_of_faults"] == 1
    assert untold.number in text
    assert told.number not in text
    assert reverse("admin:notifications_notice_change", args=[refused.pk]) in text
    assert sum(line.number for line in shown.context["lines"]) == 2
    assert all(line.is_fault == (line.verdict in FAULTS) for line in shown.context["lines"])


def test_a_period_without_faults_says_so(page):
    way(policy())
    shown = page(first="2030-04-01", last="2030-04-30")
    assert (shown.context["number_of_faults"], shown.context["faults"]) == (0, [])


def test_the_files_of_the_page_have_the_checksums_that_it_gives(page):
    way(policy())
    period = {"first": "2030-04-01", "last": "2030-04-30"}
    table, document = page(**period, format="csv").content, page(**period, format="pdf").content
    sums = page(**period, format="sha256").content.decode().splitlines()
    assert sums == [
        f"{hashlib.sha256(table).hexdigest()}  alerts-2030-04-01-2030-04-30.csv",
        f"{hashlib.sha256(document).hexdigest()}  alerts-2030-04-01-2030-04-30.pdf",
    ]
    assert page(**period, format="xls").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"first": "2030-04-30", "last": "2030-04-01"},
        {"first": "2029-01-01", "last": "2030-04-01"},
        {"first": "2030-05-01", "last": "2030-06-15"},
        {"first": "ieri", "last": "2030-04-01"},
    ],
)
def test_a_period_that_cannot_be_asked_is_explained(page, query):
    shown = page(**query)
    assert shown.status_code == 200
    assert shown.context["form"].errors
    assert "lines" not in shown.context


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.MANAGER, 200),
        (roles.AUDITOR, 200),
        (roles.COMPLAINT_OFFICER, 200),
        (roles.AGENT, 403),
        (roles.AGENCY_MEMBER, 403),
    ],
)
def test_whoever_decides_or_audits_sees_the_proof(page, role, status):
    assert page(role).status_code == status
