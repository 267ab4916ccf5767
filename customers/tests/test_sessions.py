"""What is over is deleted by the night, and nothing else."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from customers.models import KnownDevice
from customers.sessions import forget_ended
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in

pytestmark = pytest.mark.django_db


def test_the_night_deletes_sessions_that_are_over_and_can_run_twice():
    alive, over = signed_in(UserFactory()), signed_in(UserFactory())
    Session.objects.filter(pk=over.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    assert (forget_ended(), forget_ended()) == (2, 0)
    assert [each.session_key for each in UserSession.objects.all()] == [alive.session.session_key]


def test_the_night_forgets_devices_that_nobody_used_for_half_a_year():
    user, now = UserFactory(), timezone.now()
    for days in (179, 181):
        then = now - timedelta(days=days)
        KnownDevice.objects.create(user=user, number=f"{days}", first_used_at=then, last_used_at=then)
    forget_ended()
    assert [each.number for each in KnownDevice.objects.all()] == ["179"]
