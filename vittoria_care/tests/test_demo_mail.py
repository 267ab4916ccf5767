"""The mail of the demonstration: kept as files, shown on a page that harms nobody, and absent in production."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from notifications.tests.factories import NoticeFactory
from vittoria_care.demonstration import mail as demo_mail


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.EMAIL_BACKEND = demo_mail.PATH_TO_US
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.PRODUCTION = False
    return tmp_path / "mail"


def send(subject="Ciao", text="Gentile Cliente", html="", to="anna@example.it", files=()):
    mail = EmailMultiAlternatives(subject, text, "care@example.it", [to])
    if html:
        mail.attach_alternative(html, "text/html")
    for name, content_type, content in files:
        mail.attach(name, content, content_type)
    return get_connection().send_messages([mail])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.django_db
def test_every_channel_shows_the_newest_notice_of_each_kind(client, settings):
    older = NoticeFactory(kind="payment-received", body_text="Il primo.")
    newest = NoticeFactory(kind="payment-received", body_text="Il secondo.")
    text = NoticeFactory(kind="policy-expiring", channel="sms", address="+393331234567", body_text="a" * 161)
    page = client.get(reverse("demo_channels"))
    shown = [[(each.notice, each.segments) for each in group["examples"]] for group in page.context["groups"]]
    assert shown == [[(newest, 0)], [(text, 2)]]
    assert len(page.context["empty"]) == 4
    assert older.body_text not in page.content.decode()
    settings.PRODUCTION = True
    assert client.get(reverse("demo_channels")).status_code == 404


def test_each_message_is_a_file(kept):
    assert send() == send() == 1
    assert len(names(kept)) == 2
    assert all(demo_mail.NAME.fullmatch(name) for name in names(kept))


def test_the_newest_comes_first_by_pages(client, kept):
    for number in range(demo_mail.PER_PAGE + 3):
        send(f"Numero {number}")
    first = client.get(reverse("demo_mail"))
    assert [mail.subject for mail in first.context["mails"]][:2] == ["Numero 27", "Numero 26"]
    second = client.get(first.context["page"]["next_url"])
    assert [mail.subject for mail in second.context["mails"]] == ["Numero 2", "Numero 1", "Numero 0"]
    assert second.context["page"]["next_url"] is None


def test_the_moment_is_shown_as_it_is_in_italy(client):
    with time_machine.travel(datetime(2026, 7, 1, 10, 0, tzinfo=UTC), tick=False):
        send()
    [mail] = client.get(reverse("demo_mail")).context["mails"]
    assert mail.sent_at == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


def test_without_mail_the_page_says_so(client):
    assert client.get(reverse("demo_mail")).context["mails"] == []


def test_a_message_shows_its_text_its_files_and_no_script(client, kept):
    send("<b>Ciao</b>", "Testo <script>alert(1)</script>", "<p>ciao</p><script>alert(1)</script>", files=[("a.pdf", "application/pdf", b"%PDF")])  # fmt: skip
    page = client.get(reverse("demo_mail_message", args=names(kept)))
    body = page.content.decode()
    assert "<script>alert" not in body
    assert "&lt;b&gt;Ciao" in body
    assert page.context["mail"].attachments == (("a.pdf", "application/pdf", 4),)
    assert "sandbox src=" in body


def test_the_formatted_text_can_do_nothing(client, kept):
    send(html="<p>ciao</p><script>alert(1)</script>")
    answer = client.get(reverse("demo_mail_html", args=names(kept)))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["..%2f..%2fsettings.py", "x.eml", "20260101T000000-000000-00000000.eml", "%00"])
def test_another_name_is_not_found(client, kept, name):
    send()
    assert client.get(f"/demo/posta/{name}/").status_code == 404
    assert client.get(f"/demo/posta/{name}/html").status_code == 404


@pytest.mark.parametrize("change", [{"PRODUCTION": True}, {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}])  # fmt: skip
def test_where_mail_is_really_sent_there_is_no_page(client, settings, kept, change):
    send()
    [name] = names(kept)
    for setting, value in change.items():
        setattr(settings, setting, value)
    for address in (reverse("demo_mail"), reverse("demo_mail_message", args=[name]), reverse("demo_mail_html", args=[name])):  # fmt: skip
        assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_the_first_page_leads_to_it_only_where_it_is(client, settings):
    address = reverse("demo_mail")
    assert address in client.get("/").content.decode()
    settings.PRODUCTION = True
    assert address not in client.get("/").content.decode()


def test_old_mail_makes_room(kept, monkeypatch):
    monkeypatch.setattr(demo_mail, "KEPT", 2)
    monkeypatch.setattr(demo_mail, "LOOKED_AT", 1)
    for number in range(5):
        send(f"Numero {number}")
    assert len(names(kept)) == 2
