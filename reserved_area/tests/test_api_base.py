"""What every address of the app's API holds to: who is let in, with which app, what is not sent twice, and what has changed."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client

from customers.models import Policy, ReservedAreaAccount
from customers.tests.factories import InstalmentFactory, PolicyFactory, ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in
from foundation.api.changes import SEEN_NOW, as_moment, changed_since, moment_now

pytestmark = pytest.mark.django_db

POLICIES = "/api/v1/me/policies/"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def app(account):
    """The app of somebody who has signed in."""
    browser = signed_in(account.user)
    return Client(headers={"X-Session-Token": browser.session.session_key})


# --- Who is let in --------------------------------------------------------------------------------------------------
def test_nobody_is_answered_without_a_sign_in():
    answer = Client().get(POLICIES)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("token", ["0" * 32, "", "à", "x" * 900, "a b"])
def test_a_token_of_no_sign_in_is_answered_as_signed_out(token):
    answer = Client().get(POLICIES, headers={"X-Session-Token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_the_token_of_a_sign_in_that_ended_is_answered_as_signed_out(account):
    browser = signed_in(account.user)
    app = Client(headers={"X-Session-Token": browser.session.session_key})
    assert app.get(POLICIES).status_code == 200
    browser.session.flush()
    assert app.get(POLICIES).json()["code"] == "signed_out"


def test_a_person_who_is_not_enrolled_reads_why():
    answer = signed_in(UserFactory()).get(POLICIES)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_account")


def test_a_suspended_account_opens_nothing(account, app):
    ReservedAreaAccount.objects.update(state="suspended")
    answer = app.get(POLICIES)
    assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")


def test_an_account_of_somebody_else_is_not_found(app):
    other = ReservedAreaAccountFactory()
    answer = app.get(POLICIES, headers={"X-Acting-For": str(other.pk)})
    assert (answer.status_code, answer.json()["code"]) == (404, "acting_for_unknown")


def test_ones_own_account_may_be_named(account, app):
    assert app.get(POLICIES, headers={"X-Acting-For": str(account.pk)}).status_code == 200


# --- For whom -------------------------------------------------------------------------------------------------------
def acting(account, **fields):
    """An account of the same person for another customer."""
    return ReservedAreaAccountFactory(user=account.user, by_document=True, **fields)


def test_one_acts_for_whom_the_header_names(account, app):
    other = acting(account, rights=["pay"])
    PolicyFactory(holder=other.customer)
    assert app.get(POLICIES).json()["results"] == []
    assert len(app.get(POLICIES, headers={"X-Acting-For": str(other.pk)}).json()["results"]) == 1


def test_whom_one_acted_for_until_yesterday_is_not_found(account, app):
    over = acting(account, valid_from=date(2020, 1, 1), valid_until=date(2020, 12, 31))
    assert app.get(POLICIES, headers={"X-Acting-For": str(over.pk)}).json()["code"] == "acting_for_unknown"


def test_an_heir_reads_policies_and_no_correspondence(account, app):
    dead = acting(account, capacity="heir")
    headers = {"X-Acting-For": str(dead.pk)}
    assert app.get(POLICIES, headers=headers).status_code == 200
    assert app.get("/api/v1/me/requests/", headers=headers).json()["code"] == "not_for_heirs"


# --- With which app ---------------------------------------------------------------------------------------------------
def with_version(app, version):
    return app.get(POLICIES, headers={"X-App-Version": version})


def test_a_version_that_is_too_old_is_sent_to_where_there_is_a_newer_one(app, settings):
    settings.APP_LEAST_VERSION, settings.APP_UPDATE_URL = "5.2", "https://posta.example/app"
    answer = with_version(app, "5.1.9")
    assert (answer.status_code, answer.json()["code"]) == (410, "app_too_old")
    assert answer.json()["update_url"] == "https://posta.example/app"
    assert [with_version(app, version).status_code for version in ("5.2.0", "5.10", "6")] == [200, 200, 200]


def test_an_app_without_a_version_is_answered(app, settings):
    settings.APP_LEAST_VERSION = "5.2"
    assert app.get(POLICIES).status_code == 200


def test_until_its_last_day_an_old_version_is_answered_and_reads_when_it_ends(app, settings, time_machine):
    time_machine.move_to("2026-11-29T10:00:00Z", tick=False)
    settings.APP_LEAST_VERSION = "5.2"
    settings.APP_VERSIONS_END_SINCE, settings.APP_VERSIONS_END_ON = date(2026, 11, 1), date(2026, 12, 1)
    answer = with_version(app, "5.1")
    assert (answer.status_code, answer["Deprecation"], answer["Sunset"]) == (
        *(200, "@1793491200", "Tue, 01 Dec 2026 00:00:00 GMT"),
    )
    assert "Sunset" not in with_version(app, "5.2")
    time_machine.move_to("2026-12-01T10:00:00Z", tick=False)
    assert with_version(app, "5.1").status_code == 410


@pytest.mark.parametrize("version", ["cinque", "5.", "5.1-beta", "1" * 30])
def test_a_version_that_is_none_is_refused_by_the_name_of_its_header(app, version):
    answer = with_version(app, version)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["X-App-Version"])


# --- How often --------------------------------------------------------------------------------------------------------
def test_a_person_who_asks_too_often_reads_when_to_ask_again(app, settings):
    settings.APP_PERSON_PER_MINUTE = 1
    answers = [app.get(POLICIES) for _each in range(3)]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


# --- What is not sent twice -------------------------------------------------------------------------------------------
def again(app, answer, path=POLICIES):
    return app.get(path, headers={"If-None-Match": answer["ETag"]})


def test_an_answer_that_the_app_has_is_not_sent_again(app, account):
    PolicyFactory(holder=account.customer)
    first = app.get(POLICIES)
    assert (again(app, first).status_code, again(app, first).content) == (304, b"")


def test_whatever_an_answer_shows_makes_it_another(app, account):
    instalment = InstalmentFactory(policy__holder=account.customer)
    first = app.get(POLICIES)
    instalment.paid_on = date(2026, 11, 1)
    instalment.save()
    second = again(app, first)
    assert second.status_code == 200
    Policy.objects.update(product="Casa")
    assert again(app, second).status_code == 200


def test_another_language_is_another_answer(app, account):
    PolicyFactory(holder=account.customer)
    first = app.get(POLICIES, headers={"Accept-Language": "it"})
    answer = app.get(POLICIES, headers={"Accept-Language": "en", "If-None-Match": first["ETag"]})
    assert answer.status_code == 200


def test_no_cache_on_the_way_keeps_an_answer(app):
    assert app.get(POLICIES)["Cache-Control"] == "private, no-store"


# --- Pages --------------------------------------------------------------------------------------------------------------
def walked(app, path):
    found = []
    while path:
        answer = app.get(path).json()
        found.append([row["id"] for row in answer["results"]])
        path = answer["next"]
    return found


def test_pages_follow_one_another_and_lose_nothing_where_days_are_equal(app, account):
    policies = PolicyFactory.create_batch(5, holder=account.customer)
    newest_first = sorted((each.pk for each in policies), reverse=True)
    assert walked(app, f"{POLICIES}?limit=2") == [newest_first[:2], newest_first[2:4], newest_first[4:]]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *(("limit=0", "limit"), ("limit=101", "limit"), ("limit=dieci", "limit"), ("cursor=abc", "cursor")),
        *(("cursor=", "cursor"), ("changed_since=ieri", "changed_since"), ("pagina=2", "pagina")),
        ("limit=2&limit=3", "limit"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_by_its_name(app, query, name):
    answer = app.get(f"{POLICIES}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


# --- What has changed ---------------------------------------------------------------------------------------------------
@pytest.fixture
def committed(transactional_db):
    """Each statement is a transaction of its own, as outside the tests."""


@pytest.fixture
def nobody_else_writes(committed, monkeypatch):
    """No transaction of another process is under way; on a server that others use, what was written since it began comes again."""

    def alone():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            return replace(moment_now(), first_not_ended=cursor.fetchone()[0])

    monkeypatch.setattr("reserved_area.api.base.moment_now", alone)


def changes(app, token):
    answer = app.get(POLICIES, {"changed_since": token}).json()
    return [row["id"] for row in answer["results"]], answer["present"], answer["changes"]


def test_only_what_was_written_since_comes_again_and_what_has_gone_is_seen(nobody_else_writes, account, app):
    kept, paid, gone = PolicyFactory.create_batch(3, holder=account.customer)
    instalment = InstalmentFactory(policy=paid)
    token = app.get(POLICIES).json()["changes"]
    assert changes(app, token)[:2] == ([], [kept.pk, paid.pk, gone.pk])
    instalment.paid_on = date(2026, 11, 1)
    instalment.save()
    Policy.objects.filter(pk=gone.pk).delete()
    new = PolicyFactory(holder=account.customer)
    ids, present, token = changes(app, token)
    assert (set(ids), present) == ({paid.pk, new.pk}, [kept.pk, paid.pk, new.pk])
    assert changes(app, token)[0] == []


@pytest.mark.parametrize("within", [nullcontext, transaction.atomic], ids=["alone", "after a savepoint"])
def test_a_change_that_began_before_an_answer_and_ended_after_it_is_not_lost(committed, account, app, within):
    policy, another = PolicyFactory.create_batch(2, holder=account.customer)
    other = connection.copy()
    try:
        with transaction.atomic():
            Policy.objects.filter(pk=another.pk).update(product="Vita")
            with within():
                Policy.objects.filter(pk=policy.pk).update(product="Casa")
            with other.cursor() as cursor:  # another process writes and answers meanwhile
                cursor.execute("CREATE TABLE written_meanwhile ()")
                cursor.execute("DROP TABLE written_meanwhile")
                cursor.execute(SEEN_NOW)
                before = as_moment(cursor.fetchone())
        written = changed_since(Policy.objects.all(), before)
        assert set(written.values_list("pk", flat=True)) == {policy.pk, another.pk}
    finally:
        other.close()


def test_a_token_of_another_database_or_of_long_ago_says_to_read_the_whole_list_again(app):
    now = moment_now()
    restored = replace(now, first_not_ended=now.first_not_ended + 1_000_000)
    long_ago = replace(now, first_not_ended=now.first_not_ended - 2**30)
    for moment in (replace(now, database="altro"), restored, long_ago):
        answer = app.get(POLICIES, {"changed_since": moment.token()})
        assert (answer.status_code, answer.json()["code"]) == (410, "changes_forgotten")
