"""What people answer to a notice: an agent finds it on the first page, reads it, and takes it up; a bounce is matched by hand."""

import pytest
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask

# `result`: an answer and a bounce of this journey's own, as a round over the mailbox would keep them.
CAME_BACK = """
import uuid
from django.utils import timezone
from customers.models import Agency, Customer
from notifications.message_ids import message_id_of
from notifications.models import Notice
from notifications.returns.commands import Place, keep_return
mark, now = uuid.uuid4().hex[:8], timezone.now()
customer = Customer.objects.create(
    code="T" + mark.upper(), agency=Agency.objects.earliest("pk"), last_name="Tornabuoni", first_name="Ida"
)
address = f"ida.{mark}@example.it"
notice = Notice.objects.create(
    kind="payment-received", channel="email", once=f"viaggio:{mark}", customer=customer, address=address,
    subject="Pagamento ricevuto", body_text="Grazie.", state="sent", sent_at=now, claimed_at=now,
)
written = f"From: Ida <{address}>\\nTo: a@b.example\\nSubject: Re: Pagamento ricevuto {mark}\\n"
written += f"In-Reply-To: {message_id_of(notice)}\\n\\nNon trovo la ricevuta, me la rimandate?\\n"
answer, _new = keep_return(written.encode(), Place("returns"))
back = f"From: MAILER-DAEMON@example.it\\nSubject: Undelivered {mark}\\nContent-Type: multipart/report; boundary=x\\n\\n"
back += "--x\\n\\nNon consegnata\\n--x\\nContent-Type: message/delivery-status\\n\\nReporting-MTA: dns; mx\\n\\n"
back += f"Final-Recipient: rfc822; {address}\\nAction: failed\\nStatus: 5.1.1\\n\\n--x--\\n"
bounce, _new = keep_return(back.encode(), Place("returns"))
result = {"answer": answer.pk, "bounce": bounce.pk, "notice": notice.pk, "mark": mark, "address": address}
"""


@pytest.fixture
def came_back(site):
    return ask(site, CAME_BACK)


def test_an_answer_is_taken_up_and_a_bounce_is_matched(visitor, look, came_back):
    page = visitor()
    sign_in(page, roles.AGENT, to="/backoffice/")
    page.get_by_role("link", name="Risposte ai nostri avvisi").first.click()
    look(page, "returned-messages")
    page.get_by_role("link", name=f"Re: Pagamento ricevuto {came_back['mark']}").first.click()
    expect(page.get_by_text("Non trovo la ricevuta, me la rimandate?")).to_be_visible()
    look(page, "returned-message")
    page.get_by_role("link", name="Aprire un contatto").click()
    look(page, "returned-message-to-contact")
    page.get_by_role("button", name="Aprire un contatto").click()
    expect(page.get_by_text("Non trovo la ricevuta, me la rimandate?").first).to_be_visible()
    page.goto(f"/backoffice/notifications/returnedmessage/{came_back['answer']}/change/")
    expect(page.get_by_text("è stato aperto o prosegue un contatto")).to_be_visible()
    expect(page.get_by_role("link", name="Aprire un contatto")).to_have_count(0)

    page = visitor("dark")
    sign_in(
        page, roles.COMPLAINT_OFFICER, to=f"/backoffice/notifications/returnedmessage/{came_back['bounce']}/change/"
    )
    look(page, "returned-bounce-dark")
    page.get_by_role("link", name="Abbinare a un avviso").click()
    page.locator("[name=notice]").fill("999999999")
    page.get_by_role("button", name="Abbinare a un avviso").click()
    expect(page.get_by_text("Nessuna nostra e-mail ha questo numero").first).to_be_visible()
    page.locator("[name=notice]").fill(str(came_back["notice"]))
    page.get_by_role("button", name="Abbinare a un avviso").click()
    expect(page.get_by_text("Il messaggio ora è abbinato all’avviso.")).to_be_visible()
    page.get_by_role("link", name="Non scrivere più a questo indirizzo").click()
    expect(page.get_by_text(came_back["address"]).first).to_be_visible()
    page.locator("[name=remark]").fill("La casella non esiste")
    page.get_by_role("button", name="Non scrivere più a questo indirizzo").click()
    expect(page.get_by_text("all’indirizzo non si invia più nulla").first).to_be_visible()
    look(page, "returned-bounce-suppressed-dark")
