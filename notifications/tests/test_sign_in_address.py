"""Another address to sign in with: proved from the new one, told to the old one, and nothing learnt about other people's."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers import roles
from customers.models import SignInAddressChange
from customers.tests.factories import ReservedAreaAccountFactory, UserFactory
from foundation.refusals import Refused
from notifications.addresses import reasons_to_withhold
from notifications.models import Notice
from notifications.sign_in_address import (
    ask_address_change,
    change_to_undo,
    confirm_address_change,
    confirm_by_link,
    put_address_back,
)

pytestmark = pytest.mark.django_db
OLD, NEW = "prima@example.it", "nuova@example.it"
AT_DESK = {"channel": "desk", "reason": "La casella è chiusa.", "questions": ["birth_date", "policy"]}


@pytest.fixture
def account():
    return ReservedAreaAccountFactory(user=UserFactory(email=OLD, role=roles.CUSTOMER))


def ask(account, new=NEW, *, key=None, **more):
    given = {"by": account.user, "channel": "portal"} | more
    return ask_address_change(account, new=new, key=key or uuid.uuid4(), **given)


def ask_at_desk(account, new=NEW, **more):
    return ask(account, new, **({"by": UserFactory(role=roles.AGENT)} | AT_DESK | more))


def written(kind):
    return Notice.objects.get(kind=kind)


def code_of(change):
    return re.search(r"^[0-9]{6}$", Notice.objects.get(once=f"address-code:{change.pk}").body_text, re.MULTILINE)[0]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def changed(account, new=NEW):
    change = ask(account, new)
    return confirm_address_change(change, code=code_of(change))


def secret_of(kind):
    return re.search(r"/accesso/indirizzo/\w+/([\w-]+)/", written(kind).body_text)[1]


def address_of(account):
    account.user.refresh_from_db()
    return account.user.email


def refusal(command, *arguments, **named):
    with pytest.raises(Refused) as refused:
        command(*arguments, **named)
    return refused.value.code


# --- Asking ---------------------------------------------------------------------------------------------------------
def test_asking_sends_a_code_to_the_new_address_and_changes_nothing(account):
    change = ask(account)
    notice = written("address-code")
    assert (notice.address, notice.expires_at) == (NEW, change.expires_at)
    assert code_of(change) not in str(SignInAddressChange.objects.values().get())
    assert address_of(account) == OLD


def test_the_same_form_sent_twice_sends_one_code(account):
    key = uuid.uuid4()
    assert ask(account, key=key) == ask(account, key=key)
    assert Notice.objects.count() == 1


def test_an_address_that_is_somebody_elses_looks_the_same_and_no_code_is_right(account):
    owner = UserFactory(email=NEW)
    change = ask(account)
    assert [(each.kind, each.address) for each in Notice.objects.all()] == [("address-taken", owner.email)]
    assert change.may_be_proved
    assert refusal(confirm_address_change, change, code="123456") == "code_wrong"


def test_a_code_asked_for_fifty_times_is_sent_five_times(account, settings):
    settings.PROOF_CODES_PER_HOUR = 5
    for _each in range(5):
        ask(account)
    assert {refusal(ask, account) for _each in range(45)} == {"too_many_codes"}
    assert Notice.objects.count() == 5


def test_nobodys_mailbox_is_filled_by_many_people(settings):
    settings.PROOF_CODES_PER_HOUR = 2
    for _each in range(2):
        ask(ReservedAreaAccountFactory())
    assert refusal(ask, ReservedAreaAccountFactory()) == "too_many_codes"


def test_the_address_of_now_is_refused(account):
    assert refusal(ask, account, OLD.upper()) == "same_address"


def test_an_address_of_staff_is_changed_by_an_administrator():
    account = ReservedAreaAccountFactory(user=UserFactory(role=roles.AGENT))
    assert refusal(ask, account) == "staff_address"


def test_a_suspended_account_changes_no_address(account):
    account.state = "suspended"
    account.save()
    assert refusal(ask, account) == "not_enrolled"


# --- At the desk ----------------------------------------------------------------------------------------------------
def test_the_desk_says_what_was_asked_and_why_and_the_old_address_is_informed_at_once(account):
    change = ask_at_desk(account)
    assert (change.questions, change.reason) == (AT_DESK["questions"], AT_DESK["reason"])
    assert written("address-asked").address == OLD
    assert address_of(account) == OLD


@pytest.mark.parametrize(
    ("lacking", "code"),
    [({"questions": ["policy"]}, "not_identified"), ({"questions": ["policy", "policy"]}, "not_identified"), ({"reason": " "}, "no_reason")],
)  # fmt: skip
def test_the_desk_helps_nobody_it_did_not_identify(account, lacking, code):
    assert refusal(ask_at_desk, account, **lacking) == code


def test_the_desk_reads_in_words_that_the_address_is_somebody_elses(account):
    UserFactory(email=NEW)
    assert refusal(ask_at_desk, account) == "address_taken"
    assert not Notice.objects.exists()


def test_the_link_in_the_e_mail_confirms_as_the_code_does(account):
    ask_at_desk(account)
    secret = secret_of("address-code")
    assert confirm_by_link(secret).changed_at == confirm_by_link(secret).changed_at
    assert address_of(account) == NEW
    assert refusal(confirm_by_link, "indovinato") == "link_invalid"


# --- Proving --------------------------------------------------------------------------------------------------------
def test_the_right_code_changes_the_address_ends_sessions_and_writes_to_both(account):
    before = account.user.get_session_auth_hash()
    EmailAddress.objects.create(user=account.user, email=OLD, verified=True, primary=True)
    changed(account)
    assert address_of(account) == NEW
    assert account.user.get_session_auth_hash() != before
    assert (written("address-changed").address, written("address-new").address) == (OLD, NEW)
    assert NEW not in written("address-changed").body_text
    assert reasons_to_withhold(list(Notice.objects.filter(kind="address-changed"))) == {}
    assert not EmailAddress.objects.filter(email=OLD).exists()


def test_the_right_code_sent_twice_changes_once(account):
    change = ask(account)
    once, twice = (confirm_address_change(change, code=code_of(change)) for _each in range(2))
    assert once.changed_at == twice.changed_at
    assert Notice.objects.filter(kind="address-changed").count() == 1


def test_five_wrong_codes_end_it_even_for_the_right_one(account):
    change = ask(account)
    tried = [refusal(confirm_address_change, change, code=wrong(code_of(change))) for _each in range(5)]
    assert tried == ["code_wrong"] * 4 + ["code_tried_too_often"]
    assert refusal(confirm_address_change, change, code=code_of(change)) == "code_tried_too_often"
    assert address_of(account) == OLD


def test_a_code_that_is_too_old_changes_nothing(account, settings):
    change = ask(account)
    with time_machine.travel(timezone.now() + timedelta(minutes=settings.PROOF_CODE_MINUTES)):
        assert refusal(confirm_address_change, change, code=code_of(change)) == "code_too_late"


def test_of_two_at_once_the_first_proved_counts(account):
    first, second = ask(account), ask(account, "altra@example.it")
    confirm_address_change(first, code=code_of(first))
    assert refusal(confirm_address_change, second, code=code_of(second)) == "changed_meanwhile"
    assert address_of(account) == NEW


def test_an_address_that_somebody_took_meanwhile_is_refused(account):
    change = ask(account)
    UserFactory(email=NEW)
    assert refusal(confirm_address_change, change, code=code_of(change)) == "address_taken"
    assert address_of(account) == OLD


# --- Undoing --------------------------------------------------------------------------------------------------------
def test_the_old_address_undoes_it_and_the_password_is_gone(account):
    changed(account)
    assert put_address_back(change_to_undo(secret_of("address-changed"))) is True
    assert address_of(account) == OLD
    assert not account.user.has_usable_password()
    assert (written("address-back").address, written("address-undone").address) == (OLD, NEW)


def test_undone_twice_is_undone_once(account):
    changed(account)
    change = change_to_undo(secret_of("address-changed"))
    assert [put_address_back(change), put_address_back(change)] == [True, False]


def test_an_address_changed_twice_goes_back_to_the_first(account):
    changed(account)
    first = change_to_undo(secret_of("address-changed"))
    account.user.refresh_from_db()
    changed(account, "terza@example.it")
    put_address_back(first)
    assert address_of(account) == OLD
    assert set(Notice.objects.filter(kind="address-undone").values_list("address", flat=True)) == {
        NEW,
        "terza@example.it",
    }
    assert not SignInAddressChange.objects.filter(undone_at__isnull=True).exists()


def test_the_link_that_undoes_ends_after_its_days(account, settings):
    changed(account)
    secret = secret_of("address-changed")
    with time_machine.travel(timezone.now() + timedelta(days=settings.ADDRESS_UNDO_DAYS)):
        assert refusal(change_to_undo, secret) == "link_invalid"


def test_an_old_address_that_is_somebody_elses_by_now_does_not_come_back(account):
    change = changed(account)
    UserFactory(email=OLD)
    assert refusal(put_address_back, change) == "address_taken"
    assert address_of(account) == NEW


# --- What the database refuses --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values", [{"questions": []}, {"reason": ""}, {"channel": "portal"}, {"new": "Maiuscola@example.it"}, {"new": OLD}]
)
def test_the_database_refuses_a_row_that_does_not_say_who_and_why(account, values):
    ask_at_desk(account)
    row = SignInAddressChange.objects.values().get() | {"id": None, "key": uuid.uuid4(), "link_digest": "x"} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        SignInAddressChange.objects.create(**row)
