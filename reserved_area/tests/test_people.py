"""The people of a company: invited by e-mail, seen, given and taken rights, ended at once, and never without one who decides."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import Invitation, ReservedAreaAccount, User
from customers.models.account import Capacity, Right
from customers.tests.factories import CustomerFactory, ReservedAreaAccountFactory, UserFactory
from foundation import form_guard
from foundation.refusals import Refused
from notifications import people
from notifications.models import Notice

pytestmark = pytest.mark.django_db

EMAIL = "carla@posta.example"
PASSWORD = "una-parola-tutta-nuova-7"
State = ReservedAreaAccount.State


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Forms may be sent as soon as they are opened."""
    monkeypatch.setattr(form_guard, "SOONEST", timedelta(seconds=-1))


@pytest.fixture
def chief():
    return ReservedAreaAccountFactory(member=True)


def signed_in(account):
    client = Client()
    client.force_login(account.user)
    return client


def colleague_of(account, **fields):
    fields = {"rights": ["ask"], **fields}
    return ReservedAreaAccountFactory(member=True, customer=account.customer, **fields)


def invite(account, **typed):
    client, address = signed_in(account), reverse("portal_people_invite")
    hidden = client.get(address).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    return client.post(address, {**stamp, "email": EMAIL, "rights": ["pay"], **typed})


def link_in(kind="people-invitation"):
    return re.search(r"/area-riservata/invito/\S+/", Notice.objects.filter(kind=kind).latest("pk").body_text).group()


def joined(link, client=None, **typed):
    words = {"first_name": "Carla", "last_name": "Neri", "password1": PASSWORD, "password2": PASSWORD, "terms": "on"}
    return (client or Client()).post(link, {**words, **typed})


def kinds_to(address):
    return sorted(Notice.objects.filter(user__email=address).values_list("kind", flat=True))


# --- Inviting ------------------------------------------------------------------------------------------------------
def test_who_decides_invites_by_e_mail_and_the_link_makes_the_sign_in(chief):
    assert invite(chief).url == reverse("portal_people")
    client = Client()
    assert joined(link_in(), client).status_code == 302
    account = ReservedAreaAccount.objects.get(user__email=EMAIL)
    assert (account.customer, account.capacity, account.rights) == (chief.customer, Capacity.MEMBER, ["pay"])
    assert (account.given_by, account.user.get_full_name()) == (chief.user, "Carla Neri")
    assert client.get(reverse("reserved_area")).context["request"].customer == chief.customer
    assert kinds_to(chief.user.email) == ["people-joined"]


def test_an_address_that_signs_in_already_gains_the_company_after_signing_in(chief):
    own = ReservedAreaAccountFactory(user=UserFactory(email=EMAIL, role=roles.CUSTOMER))
    invite(chief)
    link = link_in()
    assert reverse("account_login") in Client().get(link).content.decode()
    client = signed_in(own)
    assert client.post(link, {"terms": "on"}).url == reverse("reserved_area")
    assert client.get(reverse("reserved_area")).context["request"].customer == chief.customer
    assert User.objects.filter(email=EMAIL).count() == 1


def test_the_link_shows_nothing_of_the_address_to_whoever_else_opens_it(chief):
    UserFactory(email=EMAIL)
    invite(chief)
    page = signed_in(ReservedAreaAccountFactory()).get(link_in())
    assert "c•••@posta.example" in page.content.decode()
    assert EMAIL not in page.content.decode()


def test_an_invitation_opened_by_another_is_not_theirs_to_accept(chief):
    UserFactory(email=EMAIL)
    invite(chief)
    other = ReservedAreaAccountFactory()
    assert signed_in(other).post(link_in(), {"terms": "on"}).status_code == 200
    with pytest.raises(Refused, match="un altro indirizzo"):
        people.accept_invitation(Invitation.objects.get(), by=other.user, terms_version="1")
    assert not ReservedAreaAccount.objects.filter(user=other.user, customer=chief.customer).exists()


def test_an_invitation_accepted_twice_gives_one_account(chief):
    invite(chief)
    link = link_in()
    joined(link)
    assert joined(link).url == reverse("after_sign_in")
    user = User.objects.get(email=EMAIL)
    assert not people.accept_invitation(Invitation.objects.get(), by=user, terms_version="1").is_new
    assert ReservedAreaAccount.objects.filter(user=user).count() == 1


def test_an_invitation_is_over_after_seven_days(chief):
    invite(chief)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert joined(link_in()).status_code == 410
    assert not User.objects.filter(email=EMAIL).exists()


def test_an_invitation_that_was_taken_back_opens_nothing(chief):
    invite(chief)
    sent = Invitation.objects.get()
    signed_in(chief).post(reverse("portal_people_withdraw", args=[sent.pk]))
    assert joined(link_in()).status_code == 410


def test_a_further_invitation_to_a_mailbox_takes_the_place_of_the_one_before(chief):
    invite(chief)
    before = link_in()
    invite(chief, rights=["report"])
    assert Client().get(before).status_code == 410
    joined(link_in())
    assert ReservedAreaAccount.objects.get(user__email=EMAIL).rights == ["report"]


def test_an_invitation_of_somebody_who_was_removed_meanwhile_lets_nobody_in(chief):
    colleague = colleague_of(chief, rights=["people"])
    invite(colleague)
    people.end_access(colleague, by=chief.user)
    assert joined(link_in()).status_code == 409
    assert not ReservedAreaAccount.objects.filter(user__email=EMAIL).exists()


def test_the_same_page_sent_twice_invites_once(chief):
    client, address = signed_in(chief), reverse("portal_people_invite")
    hidden = client.get(address).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    for _turn in range(2):
        client.post(address, {**stamp, "email": EMAIL})
    assert (Invitation.objects.count(), Notice.objects.count()) == (1, 1)


@pytest.mark.parametrize("wrong", ["", "carla", "carla@", "a@b.it, c@d.it"])
def test_a_wrong_address_is_named_with_what_was_ticked(chief, wrong):
    answer = invite(chief, email=wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert answer.context["form"]["rights"].value() == ["pay"]


def test_somebody_who_is_in_already_is_not_invited(chief):
    answer = invite(chief, email=colleague_of(chief).user.email)
    assert (answer.status_code, Invitation.objects.count()) == (409, 0)


def test_a_company_invites_twenty_people_a_day(chief, monkeypatch):
    monkeypatch.setattr("customers.people.commands.INVITED_PER_DAY", 1)
    invite(chief)
    assert invite(chief, email="altra@posta.example").status_code == 409


def test_a_person_invites_nobody():
    assert invite(ReservedAreaAccountFactory()).status_code == 409


def test_a_colleague_of_ours_does_not_join_by_the_sign_in_of_work(chief):
    agent = UserFactory(email=EMAIL, role=roles.AGENT)
    invite(chief)
    with pytest.raises(Refused, match="come collega"):
        people.accept_invitation(Invitation.objects.get(), by=agent, terms_version="1")


# --- Who is in -----------------------------------------------------------------------------------------------------
def test_the_list_shows_who_is_in_what_each_may_do_and_when_they_last_came(chief):
    colleague = colleague_of(chief, rights=["ask", "pay"], last_used_at=timezone.now() - timedelta(days=3))
    colleague_of(ReservedAreaAccountFactory(member=True))
    found = signed_in(chief).get(reverse("portal_people")).context["people"]
    assert {each.pk for each, _rights, _is_open in found} == {chief.pk, colleague.pk}
    assert (
        next(rights for each, rights, _open in found if each == colleague) == "guardare, chiedere e scrivere, pagare"
    )


def test_the_list_costs_the_same_at_one_person_and_at_three(chief):
    client, counts = signed_in(chief), []

    for more in (0, 2):
        for _each in range(more):
            colleague_of(chief)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("portal_people"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_rights_change_from_the_next_page_on_and_the_person_is_written_to(chief):
    colleague = colleague_of(chief, rights=[])
    theirs = signed_in(colleague)
    assert theirs.get(reverse("portal_write")).status_code == 403
    signed_in(chief).post(reverse("portal_person", args=[colleague.pk]), {"rights": ["ask"]})
    assert theirs.get(reverse("portal_write")).status_code == 200
    assert kinds_to(colleague.user.email) == ["people-changed"]


def test_the_same_rights_again_write_to_nobody(chief):
    colleague = colleague_of(chief, rights=["ask"])
    people.change_rights(colleague, rights=["ask"], by=chief.user)
    assert not Notice.objects.exists()


def test_a_person_of_another_company_is_not_found(chief):
    stranger = ReservedAreaAccountFactory(member=True)
    client = signed_in(chief)
    for name in ("portal_person", "portal_person_end"):
        assert client.post(reverse(name, args=[stranger.pk]), {"rights": []}).status_code == 404
    stranger.refresh_from_db()
    assert (stranger.state, len(stranger.rights)) == (State.ENROLLED, len(Right))


def test_who_may_not_decide_sees_no_people_and_changes_none(chief):
    colleague = colleague_of(chief, rights=["ask", "pay", "report", "consent"])
    assert signed_in(colleague).get(reverse("portal_people")).status_code == 403
    with pytest.raises(Refused, match="Non può decidere"):
        people.end_access(chief, by=colleague.user)


# --- The end -------------------------------------------------------------------------------------------------------
def test_access_ends_at_the_next_request_and_everybody_concerned_is_written_to(chief):
    colleague = colleague_of(chief)
    theirs = signed_in(colleague)
    assert theirs.get(reverse("reserved_area")).status_code == 200
    signed_in(chief).post(reverse("portal_person_end", args=[colleague.pk]))
    assert theirs.get(reverse("reserved_area")).status_code == 403
    assert (kinds_to(colleague.user.email), kinds_to(chief.user.email)) == (["people-ended"], ["people-left"])


def test_ended_twice_it_ends_once(chief):
    colleague = colleague_of(chief)
    for _turn in range(2):
        people.end_access(colleague, by=chief.user)
    assert Notice.objects.count() == 2


def test_somebody_whose_access_ended_can_be_invited_again(chief):
    colleague = colleague_of(chief, user__email=EMAIL)
    people.end_access(colleague, by=chief.user)
    assert invite(chief).status_code == 302


def test_the_last_person_who_decides_is_not_removed(chief):
    colleague_of(chief, rights=["ask"])
    answer = signed_in(chief).post(reverse("portal_person_end", args=[chief.pk]))
    chief.refresh_from_db()
    assert (answer.status_code, chief.state) == (409, State.ENROLLED)
    assert "ultima persona" in answer.content.decode()


def test_the_last_person_who_decides_does_not_give_that_up(chief):
    answer = signed_in(chief).post(reverse("portal_person", args=[chief.pk]), {"rights": ["ask"]})
    chief.refresh_from_db()
    assert (answer.status_code, len(chief.rights)) == (409, len(Right))


def test_one_of_two_who_decide_may_go(chief):
    colleague_of(chief, rights=["people"])
    assert people.end_access(chief, by=chief.user).state == State.CLOSED


@pytest.mark.parametrize("other", [{"state": "suspended"}, {"user__is_active": False}])
def test_somebody_who_cannot_sign_in_is_nobody_who_decides(chief, other):
    colleague_of(chief, rights=["people"], **other)
    with pytest.raises(Refused, match="ultima persona"):
        people.end_access(chief, by=chief.user)


def test_ones_own_file_is_not_ended():
    own = ReservedAreaAccountFactory()
    with pytest.raises(Refused, match="Il Suo fascicolo"):
        people.end_access(own, by=own.user)


def test_who_is_acted_for_ends_a_power_of_attorney_and_no_guardianship():
    own = ReservedAreaAccountFactory()
    attorney = ReservedAreaAccountFactory(by_document=True, capacity="attorney", customer=own.customer)
    guardian = ReservedAreaAccountFactory(by_document=True, customer=own.customer)
    assert people.end_access(attorney, by=own.user).state == State.CLOSED
    with pytest.raises(Refused, match="giudice"):
        people.end_access(guardian, by=own.user)


def test_one_stops_acting_for_another_oneself():
    guardian = ReservedAreaAccountFactory(by_document=True)
    client, address = signed_in(guardian), reverse("portal_acting_leave", args=[guardian.pk])
    assert guardian.customer.letter_name in client.get(address).content.decode()
    client.post(address)
    guardian.refresh_from_db()
    assert (guardian.state, guardian.ended_by) == (State.CLOSED, guardian.user)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_each_other_at_the_same_moment_one_remains():
    Group.objects.get_or_create(name=roles.CUSTOMER)
    customer = CustomerFactory(company=True)
    both = [ReservedAreaAccountFactory(member=True, customer=customer) for _each in range(2)]
    start, refused = Barrier(2), []

    def remove(account, by):
        start.wait()
        try:
            people.end_access(account, by=by)
        except Refused as refusal:
            refused.append(refusal.code)
        connections.close_all()

    threads = [Thread(target=remove, args=[both[n], both[1 - n].user]) for n in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 1
    assert ReservedAreaAccount.objects.not_closed().filter(customer=customer).count() == 1
