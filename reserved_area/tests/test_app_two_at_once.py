"""Two telephones, or one that sends twice, at the same moment: one is done, and nothing is done twice."""

import threading

import pytest
from django.db import connection

from contact_center.models import Contact
from customers.models import Operation, Upload
from customers.tests.factories import PolicyFactory, ReservedAreaAccountFactory
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*requests):
    """The answers to requests that begin at the same moment."""
    start, answers = threading.Barrier(len(requests)), []

    def run(request):
        try:
            start.wait()
            answers.append(request())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def account(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return ReservedAreaAccountFactory()


@pytest.mark.parametrize(("keys", "statuses"), [(("a", "b"), [201, 409]), (("a", "a"), [201, 201])])
def test_the_same_asked_twice_at_once_is_one_operation(account, keys, statuses):
    policy, app = PolicyFactory(holder=account.customer), App(account)
    body = {"kind": "copy", "policy": policy.pk, "facts": {"document": "contract"}}
    answers = at_once(*[lambda key=key: app.send("operations/", body, key=key) for key in keys])
    assert sorted(each.status_code for each in answers) == statuses
    assert (Operation.objects.count(), Contact.objects.count()) == (1, 1)


def test_a_file_sent_twice_at_once_is_one(account, tmp_path):
    app = App(account)
    answers = at_once(*[lambda: app.upload(key="k")] * 2)
    assert len({each.json()["key"] for each in answers}) == Upload.objects.count() == 1
    assert len([each for each in tmp_path.rglob("*") if each.is_file()]) == 1
