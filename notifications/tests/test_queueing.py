"""A notice is written once, in the transaction of the command that owes it, with words that fit its kind."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from customers.tests.factories import ContactPointFactory, CustomerFactory, ReservedAreaAccountFactory, UserFactory
from notifications import rendering
from notifications.kinds import NoticeKind, kinds_in
from notifications.models import Notice, NoticeAttachment
from notifications.rendering import UnknownWord
from notifications.services import queue_notice, tell_customer

KIND = NoticeKind("prova", "prova", frozenset({"number", "amount"}))


@pytest.fixture(autouse=True)
def texts(tmp_path, settings):
    """A kind with texts of its own, beside the real base of the e-mails."""
    folder = tmp_path / "notices" / "prova"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{% translate 'Reserved area' %}: {{ number }}\n")
    (folder / "body.txt").write_text("Importo: {{ amount }} <b> & altro.\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    return folder


def queue(once="prova:1", **given):
    words = {"number": "C-1", "amount": "12,50 €"}
    return queue_notice(KIND, once=once, words=words, **{"address": "anna@example.it", **given})


@pytest.mark.django_db
def test_the_words_are_rendered_when_the_notice_is_queued():
    notice = queue(language="en")
    assert notice.subject == "Reserved area: C-1"
    assert notice.body_text.partition("\n")[0] == "Importo: 12,50 € <b> & altro."
    assert "12,50 € &lt;b&gt; &amp; altro." in notice.body_html
    assert notice.state == Notice.State.QUEUED


@pytest.mark.django_db
def test_a_notice_speaks_the_customers_language():
    assert queue(customer=CustomerFactory(language="it")).subject == "Area riservata: C-1"
    assert queue("prova:2", customer=CustomerFactory(language="en")).subject == "Reserved area: C-1"


@pytest.mark.django_db
def test_the_same_key_writes_one_notice():
    first = queue(attachments=[("lettera.pdf", "application/pdf", b"%PDF")])
    again = queue(attachments=[("lettera.pdf", "application/pdf", b"%PDF")])
    assert again == first
    assert Notice.objects.count() == NoticeAttachment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_queued():
    with pytest.raises(RuntimeError, match="in the transaction of the command"):
        queue()
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_write_one_notice():
    ready = threading.Barrier(2)
    found = []

    def work():
        try:
            ready.wait()
            with transaction.atomic():
                found.append(queue().pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert set(found) == set(Notice.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_word_that_was_left_out_is_named():
    with pytest.raises(UnknownWord, match="needs: amount"):
        queue_notice(KIND, once="x", words={"number": 1}, address="a@example.it")


@pytest.mark.django_db
def test_a_word_that_the_kind_does_not_have_is_named():
    with pytest.raises(UnknownWord, match="does not know: secret"):
        queue_notice(KIND, once="x", words={"number": 1, "amount": 2, "secret": 3}, address="a@example.it")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["{{ plate }}", "{{ number.plate }}"])
def test_a_text_that_names_an_unknown_word_is_refused(texts, text):
    (texts / "body.txt").write_text(text)
    with pytest.raises(UnknownWord, match="plate"):
        queue()


def test_a_line_break_in_a_word_does_not_break_the_subject():
    wording = rendering.render(KIND, {"number": "1\r\nBcc: tutti@example.it", "amount": 1}, language="it")
    assert wording.subject == "Area riservata: 1 Bcc: tutti@example.it"


@pytest.mark.django_db
def test_an_enrolled_customer_is_written_to_by_email_and_in_the_reserved_area():
    customer = ReservedAreaAccountFactory().customer
    ContactPointFactory(customer=customer, kind="email", value="stated@example.it", stated="")
    queued = tell_customer(KIND, once="k", words={"number": 1, "amount": 2}, customer=customer)
    assert [(each.channel, each.once) for each in queued] == [("email", "k:email"), ("inbox", "k:inbox")]


@pytest.mark.django_db
def test_a_customer_without_an_address_finds_the_notice_in_the_reserved_area():
    customer = ReservedAreaAccountFactory().customer
    queued = tell_customer(KIND, once="k", words={"number": 1, "amount": 2}, customer=customer)
    assert [each.channel for each in queued] == ["inbox"]


@pytest.mark.django_db
def test_a_notice_to_staff_goes_to_their_own_address():
    user = UserFactory()
    assert queue(user=user, address="").address == user.email


@pytest.mark.parametrize("codes", [["prova", "prova"], [""], ["x" * 41]], ids=["of two", "none", "too long"])
def test_a_code_is_of_one_kind_and_can_be_stored(codes):
    described = [SimpleNamespace(KIND=replace(KIND, code=code)) for code in codes]
    with pytest.raises(ValueError, match=repr(codes[-1])):
        kinds_in(described)
