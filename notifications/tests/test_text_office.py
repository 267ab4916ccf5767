"""The pages of texts: by kind, the editor with its preview, the page of a version, and who may do what."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from customers import roles
from customers.models import AccessLog
from customers.tests.factories import CustomerFactory, FileRestrictionFactory, PolicyFactory
from customers.tests.sign_in import signed_in_as
from foundation.tests.pages import send_command
from notifications.kinds import KINDS, POLICY_EXPIRING
from notifications.models import Notice, NoticeText
from notifications.tests.factories import NoticeFactory, NoticeTextFactory
from notifications.tests.test_kinds import EXPIRY
from notifications.texts.first_version import first_version
from notifications.texts.mediums import Medium, mediums_of
from notifications.texts.office import KINDS_PER_PAGE, address_to_write

pytestmark = pytest.mark.django_db
CODE = POLICY_EXPIRING.code
WRITE = address_to_write(CODE, "message", "en")


def page_of(text):
    return reverse("admin:notifications_noticetext_change", args=[text.pk])


def command(text, name):
    return reverse("admin:notifications_noticetext_command", args=[text.pk, name])


def a_text(**more):
    source = first_version(POLICY_EXPIRING, Medium.MESSAGE, "en")
    return NoticeTextFactory(kind=CODE, subject=source.subject, body=f"Good news:\n{source.body}", **more)


def test_the_editor_begins_as_the_text_that_counts_and_keeps_a_draft():
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    page = client.get(WRITE)
    assert page.context["form"].initial["body"] == first_version(POLICY_EXPIRING, Medium.MESSAGE, "en").body.strip()
    assert ("cover_ends_on", "L'ultimo giorno", "") not in page.context["text_words"]
    assert {word for word, _label, _written in page.context["text_words"]} >= {"cover_ends_on", "premium", "policy"}
    body = page.context["form"].initial["body"].replace("Dear Customer", "Good day")
    subject = page.context["form"].initial["subject"]
    sent = {"subject": subject, "body": body.replace("\n", "\r\n"), "change_note": "Another greeting."}
    answer = send_command(client, WRITE, sent)
    text = NoticeText.objects.get()
    assert answer.url == page_of(text)
    assert (text.kind, text.medium, text.language, text.number, text.state) == (CODE, "message", "en", 1, "draft")
    assert text.body == body + "\n"


def test_what_is_wrong_is_refused_beside_its_field_with_what_was_typed_kept():
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    sent = {"subject": "{{ nessuna }}", "body": "Ciao {{ premio_netto }}", "change_note": "x"}
    answer = send_command(client, WRITE, sent)
    assert "nessuna" in answer.context["form"].errors["subject"][0]
    assert "premio_netto" in answer.context["form"].errors["body"][0]
    assert "Ciao {{ premio_netto }}" in answer.content.decode()
    broken = send_command(client, WRITE, sent | {"subject": "a\nBcc: b@example.com"})
    assert "subject" in broken.context["form"].errors
    assert not NoticeText.objects.exists()


def test_the_page_to_write_is_about_a_text_or_says_so():
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    bare = reverse("admin:notifications_noticetext_list_command", args=["scrivi"])
    assert client.get(bare).context["can_be_sent"] is False
    assert client.get(f"{bare}?kind=nessuno&medium=message&language=it").context["can_be_sent"] is False


def test_a_preview_is_made_of_what_was_typed_and_keeps_nothing():
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    preview = reverse("admin:notifications_noticetext_preview") + f"?kind={CODE}&medium=message&language=it"
    source = first_version(POLICY_EXPIRING, Medium.MESSAGE, "it")
    page = client.post(preview, {"subject": source.subject, "body": "<b>Ciao</b>\n" + source.body})
    assert page.context["problems"] == []
    assert "la Sua polizza P-2027-0042" in page.context["preview"].text
    assert "<b>Ciao" not in page.context["preview"].html, "a text is a text"
    shown = page.content.decode()
    assert shown.count('<iframe sandbox srcdoc="') == 2
    assert "&lt;!doctype html&gt;" in shown, "the message stays inside its frame"
    wrong = client.post(preview, {"subject": "x", "body": "{{ nessuna }}"})
    assert "nessuna" in wrong.context["problems"][0]
    assert client.get(preview).status_code == 405
    assert not NoticeText.objects.exists()


def test_a_preview_of_an_sms_is_a_bubble_with_its_parts():
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    preview = reverse("admin:notifications_noticetext_preview") + f"?kind={CODE}&medium=short&language=it"
    page = client.post(preview, {"body": first_version(POLICY_EXPIRING, Medium.SHORT, "it").body})
    assert page.context["preview"].length.segments == 2
    assert "vc-text-bubble" in page.content.decode()


def test_one_writes_and_another_approves_on_the_pages():
    text, writer = a_text(), signed_in_as(roles.COMPLAINT_OFFICER)
    approver = signed_in_as(roles.MANAGER)
    assert send_command(writer, command(text, "presenta")).status_code == 302
    assert writer.get(command(text, "approva")).status_code == 403
    refused = send_command(approver, command(text, "approva"))
    assert "other_stays" in refused.context["form"].errors
    assert send_command(approver, command(text, "approva"), {"other_stays": "on"}).status_code == 302
    text.refresh_from_db()
    assert text.state == NoticeText.State.APPROVED
    assert send_command(approver, command(text, "ritira"), {"words": "Un errore."}).status_code == 302


def test_it_is_sent_back_with_words_that_its_writer_reads():
    text = a_text(submitted=True)
    send_command(signed_in_as(roles.MANAGER), command(text, "rinvia"), {"words": "Più breve."})
    page = signed_in_as(roles.COMPLAINT_OFFICER).get(page_of(text))
    assert "Più breve." in page.context["text_page"].next


def test_a_test_goes_to_the_person_who_is_signed_in():
    text, client = a_text(), signed_in_as(roles.COMPLAINT_OFFICER, email="prova@example.com")
    page = client.get(command(text, "prova"))
    assert "prova@example.com" in page.context["question"]
    send_command(client, command(text, "prova"), {"address": "altro@example.com"})
    assert [notice.address for notice in Notice.objects.all()] == ["prova@example.com"]


def test_the_page_of_a_version_compares_it_with_what_counts_and_shows_real_facts_masked():
    customer = CustomerFactory(first_name="Leonilde", last_name="Quattrocchi")
    notice = NoticeFactory(kind=CODE, customer=customer, words=EXPIRY | {"product": "Casa Quattrocchi"})
    text, client = a_text(), signed_in_as(roles.MANAGER)
    page = client.get(page_of(text), {"facts": f"notice:{notice.pk}"})
    shown = page.context["text_page"]
    assert [piece.text for piece in shown.body_pieces if piece.kind == "new"] == ["Good news:\n"]
    assert shown.chosen.notice == notice
    assert "P-77" in shown.preview.text
    assert "Quattrocchi" not in page.content.decode()
    assert AccessLog.objects.filter(customer=customer).count() == 1


def owed_of(kind, client, **asked):
    """The choices of a kind's page that are owed today, and the page."""
    page = client.get(reverse("admin:notifications_noticetext_kind", args=[kind]), asked)
    return [each for each in page.context["choices"] if each.key.startswith("owed:")], page


def test_a_text_is_made_of_what_is_owed_today_where_nothing_was_written_yet():
    customer = CustomerFactory(first_name="Leonilde", last_name="Quattrocchi")
    policy = PolicyFactory(holder=customer, number="P-88", product="Casa Quattrocchi", ends_on=date(2999, 1, 1))
    [facts], _page = owed_of("grace-ending", signed_in_as(roles.MANAGER))
    _owed, page = owed_of("grace-ending", signed_in_as(roles.MANAGER), facts=facts.key)
    assert facts.key == f"owed:{policy.pk}:2999-01-01"
    assert page.context["chosen"].customer == customer
    assert "P-88" in page.context["texts"][0]["preview"].text
    assert "Quattrocchi" not in page.content.decode()
    assert AccessLog.objects.filter(customer=customer).count() == 1


def test_where_there_is_nothing_real_the_page_says_that_the_examples_are_used():
    owed, page = owed_of("grace-ending", signed_in_as(roles.MANAGER))
    assert owed == []
    assert "si usano gli esempi" in page.content.decode()


def test_a_restricted_file_lends_nothing_that_is_owed():
    PolicyFactory(holder=FileRestrictionFactory().customer, ends_on=date(2999, 1, 1))
    owed, _page = owed_of("grace-ending", signed_in_as(roles.MANAGER))
    assert owed == []


def test_a_restricted_file_and_a_secret_kind_lend_no_facts():
    restricted = FileRestrictionFactory()
    NoticeFactory(kind=CODE, customer=restricted.customer, words=EXPIRY)
    NoticeFactory(kind="code-email", words={"code": "123456", "minutes": 5})
    client = signed_in_as(roles.MANAGER)
    for text in (a_text(), NoticeTextFactory(kind="code-email", subject="a", body="{{ code }}")):
        page = client.get(page_of(text))
        assert all(choice.notice is None for choice in page.context["text_page"].choices)
        assert "123456" not in page.content.decode()


def test_a_text_is_looked_at_as_a_letter():
    text, client = a_text(), signed_in_as(roles.AUDITOR)
    letter = client.get(reverse("admin:notifications_noticetext_letter", args=[text.pk]))
    assert letter["Content-Type"] == "application/pdf"
    assert b"".join(letter.streaming_content if letter.streaming else [letter.content]).startswith(b"%PDF")
    short = NoticeTextFactory(kind=CODE, medium="short", subject="", body="x")
    assert client.get(reverse("admin:notifications_noticetext_letter", args=[short.pk])).status_code == 404


def test_the_page_of_a_kind_shows_the_projects_own_text_read_only():
    client = signed_in_as(roles.AUDITOR)
    page = client.get(reverse("admin:notifications_noticetext_kind", args=[CODE]))
    assert [text["counting"].number for text in page.context["texts"]] == [0, 0, 0, 0]
    assert escape(WRITE) not in page.content.decode()
    officer = signed_in_as(roles.COMPLAINT_OFFICER).get(reverse("admin:notifications_noticetext_kind", args=[CODE]))
    assert escape(WRITE) in officer.content.decode()
    assert client.get(reverse("admin:notifications_noticetext_kind", args=["nessuno"])).status_code == 404


def test_the_list_of_kinds_says_what_counts_and_what_waits():
    now = timezone.now()
    counting = a_text(approved=True, number=1)
    a_text(approved=True, number=2, approved_at=now, valid_from=now + timezone.timedelta(days=1))
    waiting = a_text(submitted=True, number=3)
    page = signed_in_as(roles.AUDITOR).get(reverse("admin:notifications_noticetext_kinds"), {"q": CODE})
    italian, english = page.context["rows"][0]["cells"]
    assert (italian["counting"], italian["open"]) == (None, None)
    assert (english["counting"], english["open"]) == (counting, waiting)


def test_the_list_of_kinds_is_paged_and_costs_the_same_with_many_texts(
    django_assert_num_queries, django_assert_max_num_queries
):
    client, address = signed_in_as(roles.MANAGER), reverse("admin:notifications_noticetext_kinds")
    with django_assert_max_num_queries(12) as few:
        page = client.get(address)
    assert len({row["kind"].code for row in page.context["rows"]}) == KINDS_PER_PAGE
    assert page.context["page"].paginator.num_pages == -(
        -sum(bool(mediums_of(each)) for each in KINDS.values()) // KINDS_PER_PAGE
    )
    for number, kind in enumerate(list(KINDS)[:3], start=1):
        NoticeTextFactory(kind=kind, approved=True, number=number)
    with django_assert_num_queries(len(few)):
        client.get(address)
    assert client.get(address, {"p": "999"}).status_code == 200
    assert client.get(address, {"p": "x"}).status_code == 200


def test_versions_in_the_list_cost_the_same_at_one_and_at_three(
    django_assert_num_queries, django_assert_max_num_queries
):
    client, address = signed_in_as(roles.MANAGER), reverse("admin:notifications_noticetext_changelist")
    a_text(approved=True)
    with django_assert_max_num_queries(12) as one:
        client.get(address, {"work": "all"})
    a_text(number=50)
    a_text(approved=True, number=51, approved_at=timezone.now(), valid_from=timezone.now())
    with django_assert_num_queries(len(one)):
        page = client.get(address, {"work": "all"})
    states = [str(text.counts) for text in page.context["cl"].result_list]
    assert states == ["True", "True", "False"]


def test_the_page_of_a_notice_says_which_version_it_was_made_of():
    text = a_text(approved=True)
    notice = NoticeFactory(made_of=text)
    other = NoticeFactory()
    client = signed_in_as(roles.MANAGER)
    address = "admin:notifications_notice_change"
    assert page_of(text) in client.get(reverse(address, args=[notice.pk])).content.decode()
    assert "versione 0" in client.get(reverse(address, args=[other.pk])).content.decode()


def test_an_agent_does_not_see_the_texts():
    client = signed_in_as(roles.AGENT)
    for address in ("kinds", "changelist"):
        assert client.get(reverse(f"admin:notifications_noticetext_{address}")).status_code == 403
    assert client.post(reverse("admin:notifications_noticetext_preview")).status_code == 403
    assert signed_in_as(roles.AUDITOR).get(WRITE).status_code == 403
