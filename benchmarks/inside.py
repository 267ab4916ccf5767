"""Actions inside the installation that is being broken: `python -m benchmarks.inside WHAT`.

Each is a function that takes the JSON of standard input; its answer is printed as one line of JSON. It calls the
product's own commands, as its doors do.
"""

import contextlib
import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any


def wake(given: dict[str, Any]) -> None:
    """Sweep, as beat does every minute."""
    from notifications.delivery import sweep

    sweep()


def flag(given: dict[str, Any]) -> int:
    """Sweep as a quarter of an hour later: put in doubt what was claimed before `seconds` ago; returns how many."""
    from django.utils import timezone

    from notifications.delivery import DEAD_AFTER, flag_stuck

    return flag_stuck(timezone.now() + DEAD_AFTER - timedelta(seconds=given["seconds"]))


def decide(given: dict[str, Any]) -> int:
    """Decide about those of `ids` in doubt: those in `went` were sent, the others are sent again; returns how many."""
    from customers.models import User
    from notifications.models import Notice
    from notifications.services import confirm_sent, send_again

    by = User.objects.filter(is_superuser=True).first() or User.objects.filter(is_staff=True).first()
    assert by is not None, "the demonstration has staff"
    went = set(given["went"])
    doubts = list(Notice.objects.filter(pk__in=given["ids"], state=Notice.State.IN_DOUBT))
    for notice in doubts:
        (confirm_sent if notice.pk in went else send_again)(notice, by=by, reason="The mail server's log")
    return len(doubts)


def deliver(given: dict[str, Any]) -> None:
    """Send notices, each job's through the mail server on its port, which is given up after `timeout` seconds."""
    from django.core.cache import cache
    from django.core.mail import get_connection

    from foundation.chunks import in_chunks
    from notifications.channels.email import EmailChannel
    from notifications.delivery import deliver_notices
    from notifications.models import Notice
    from notifications.services.waking import CHUNK

    def channel_at(port: int) -> EmailChannel:
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        return EmailChannel(get_connection(smtp, host="127.0.0.1", port=port, timeout=given["timeout"]))

    for job in given["jobs"]:
        cache.clear()  # each job has a server of its own: the channel must not rest for what another did
        for ids in in_chunks(job["ids"], CHUNK):
            deliver_notices(ids, channels={Notice.Channel.EMAIL: partial(channel_at, job["port"])})


def register(given: dict[str, Any]) -> dict[str, Any]:
    """Register complaints by their submission keys, each until the database has taken it; their numbers by key."""
    from django.db import DatabaseError, InterfaceError, connection
    from django.utils import timezone

    from complaints.services.registering import Statement, register_complaint

    numbers, failures = {}, 0
    until = time.monotonic() + given["seconds"]
    statement = Statement(
        complainant_name="Prova dei guasti",
        subject="Prova",
        text="Il testo del reclamo.",
        received_on=timezone.localdate(),
        address="reclamo@guasti.example",
    )
    for key in given["keys"]:
        while key not in numbers and time.monotonic() < until:
            try:
                numbers[key] = register_complaint(statement, by=None, submission_key=uuid.UUID(key)).sequence
            except (DatabaseError, InterfaceError):
                failures += 1
                connection.close()
                time.sleep(0.1)
        time.sleep(given["pause"])
    return {"numbers": numbers, "failures": failures}


def ask(given: dict[str, Any]) -> dict[str, Any]:
    """Open requests by the public form's command, evenly over `seconds`; how long each took, and how many failed."""
    from contact_center.contacts.opening import open_request

    taken, failed = [], 0
    began = time.monotonic()
    for place in range(given["count"]):
        time.sleep(max(0.0, began + place * given["seconds"] / given["count"] - time.monotonic()))
        started = time.monotonic()
        try:
            open_request(
                form="open",
                submission_key=uuid.uuid4(),
                name="Prova dei guasti",
                email=f"richiesta.{place}@guasti.example",
                text=f"La domanda numero {place}.",
                privacy_version="2026-11",
            )
        except Exception as error:
            failed += 1
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        taken.append(time.monotonic() - started)
    return {"taken": taken, "failed": failed, "seconds": time.monotonic() - began}


def sign_in(given: dict[str, Any]) -> dict[str, Any]:
    """Sign the demonstration's customer in by the page, with a wrong password first; whether it went, and how long it took."""
    from django.test import Client
    from django.urls import reverse

    from vittoria_care.demonstration.data.sign_ins import sign_ins

    customer = next(each for each in sign_ins() if each.lands_on == "/area-riservata/")
    client, page = Client(SERVER_NAME="localhost"), reverse("account_login")
    began = time.monotonic()
    wrong = client.post(page, {"login": customer.email, "password": "not this one"})
    right = client.post(page, {"login": customer.email, "password": customer.password})
    return {"ok": (wrong.status_code, right.status_code) == (200, 302), "seconds": time.monotonic() - began}


def begin_payments(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Begin attempts to pay `instalments`, each by a double click, until the database has taken it; what a provider knows of them."""
    from django.db import DatabaseError, InterfaceError, connection

    from customers.models import Instalment, User
    from customers.payments.commands import begin_instalment_payment

    by = User.objects.order_by("pk").first()
    assert by is not None, "the demonstration has people who sign in"
    begun = []
    until = time.monotonic() + given["seconds"]
    for number in given["instalments"]:
        key, clicks = uuid.uuid4(), 0
        while clicks < 2 and time.monotonic() < until:
            try:
                payment = begin_instalment_payment(Instalment(pk=number), key=key, provider="sandbox", by=by)
                clicks += 1
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(0.1)
        begun.append(
            {"instalment": number, "id": payment.pk, "reference": payment.reference, "amount": str(payment.amount)}
        )
    return begun


def confirm_payments(given: dict[str, Any]) -> dict[str, Any]:
    """Send confirmations to the door of the sandbox, as a provider does: each again until it is answered with 200."""
    import http.client
    import urllib.request

    from django.utils import timezone

    from customers.payments.sandbox import signed

    again, until = 0, time.monotonic() + given["seconds"]
    left = []
    for news in given["news"]:
        body = json.dumps(news).encode()
        while time.monotonic() < until:
            request = urllib.request.Request(  # noqa: S310 - our own loopback address
                given["url"], body, {**signed(body, now=timezone.now()), "Content-Type": "application/json"}
            )
            try:
                with urllib.request.urlopen(request, timeout=15):  # noqa: S310
                    break
            except (OSError, http.client.HTTPException):
                again += 1
                time.sleep(0.2)
        else:
            left.append(news["id"])
    return {"again": again, "left": left}


# --- A promotion to many people, of the agency GUASTI (benchmarks/campaign_faults.py)
def fill(given: dict[str, Any]) -> None:
    """Run statements that fill tables, by the owner, without the guards and histories of these; then ANALYZE as autovacuum would."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for name in given["tables"]:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        for statement in given["statements"]:
            cursor.execute(statement, given["values"])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the tables could not be altered yet
        for name in given["tables"]:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(given['tables'])}")


def begin_campaign(given: dict[str, Any]) -> int:
    """A promotion that was approved and begins now; its number."""
    from django.utils import timezone

    from customers.models import Agency, User
    from promotions.models import Promotion
    from promotions.sending.handing_over import begin_promotion

    writer, approver = User.objects.filter(is_staff=True).order_by("pk")[:2]
    now = timezone.now()
    promotion = Promotion.objects.create(
        name="Campagna dei guasti",
        agency=Agency.objects.get(code="GUASTI"),
        writer=writer,
        last_written_by=writer,
        controller=Promotion.Controller.AGENCY,
        ramo="8",
        channels=["email"],
        subject="La casa, protetta tutto l'anno",
        text="Fino al 30 aprile la polizza per la casa costa il 10% in meno.",
        holdout_percent=given["held_out"],
        state=Promotion.State.APPROVED,
        approved_by=approver,
        approved_at=now,
        send_from=now,
        not_after=now + timedelta(days=3),
    )
    assert begin_promotion(promotion.pk, now=timezone.now()), "it is due"
    return promotion.pk


def wake_campaign(given: dict[str, Any]) -> None:
    """Ask for the promotions and sweep the outbox, as beat does every minute."""
    from celery import current_app

    from notifications.delivery import sweep

    current_app.send_task("promotions.tasks.send_promotions", expires=60, retry=False)
    sweep()


def halt_campaign(given: dict[str, Any]) -> None:
    """Pause it by the button's command, and resume it after so many seconds."""
    from promotions.models import Promotion
    from promotions.writing.commands import pause_promotion, resume_promotion

    promotion = Promotion.objects.get(name="Campagna dei guasti")
    assert promotion.approved_by is not None, "it was approved"
    pause_promotion(promotion, words="prova", by=promotion.approved_by)
    time.sleep(given["seconds"])
    resume_promotion(promotion, by=promotion.approved_by)


def unsubscribe_meanwhile(given: dict[str, Any]) -> list[tuple[int, float]]:
    """Let people end it by the page of their link until a file stands at `until`: in turns one of the chunk under way and one
    who still waits. Customer and moment of each that was answered with 200."""
    from django.db import DatabaseError, InterfaceError, connection
    from django.test import Client
    from django.urls import reverse

    from notifications.unsubscribing import unsubscribe_link

    client, chooses = Client(SERVER_NAME="localhost"), 0
    ended: list[tuple[int, float]] = []
    under_way = (
        # The few queued notices first, whatever the planner last heard of a table that grows while it is asked.
        "WITH queued AS MATERIALIZED (SELECT id FROM notifications_notice WHERE state = 'queued' AND channel = 'email' "
        "AND kind = 'promotion' ORDER BY id DESC LIMIT 1000) "
        "SELECT recipient.customer_id FROM queued JOIN promotions_recipient AS recipient ON recipient.notice_id = queued.id "
        "WHERE recipient.promotion_id = %s AND recipient.customer_id <> ALL(%s) ORDER BY queued.id DESC LIMIT 1"
    )
    waits = (
        "SELECT customer_id FROM promotions_recipient WHERE state = 'waiting' AND promotion_id = %s "
        "AND customer_id <> ALL(%s) ORDER BY id OFFSET 300 LIMIT 1"
    )
    while not os.path.exists(given["until"]) and len(ended) < given["most"]:
        time.sleep(given["pause"])
        chooses += 1
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    under_way if chooses % 2 else waits, [given["promotion"], [customer for customer, _at in ended]]
                )
                row = cursor.fetchone()
            if row is None:
                continue
            page = reverse("unsubscribe", args=[unsubscribe_link(row[0], "agency_promotions")])
            if client.post(page).status_code == 200:
                ended.append((row[0], time.time()))
        except (DatabaseError, InterfaceError, OSError):
            connection.close()
    return ended


def claims_meanwhile(given: dict[str, Any]) -> list[tuple[int, float]]:
    """Take claims in charge, one after the other, until a file stands at `until`; notice and moment of each."""
    from django.db import DatabaseError, InterfaceError, connection

    from customers.models import Claim, User
    from foundation.refusals import Refused
    from notifications.claims import take_claim_in_charge
    from notifications.models import Notice

    owed = []
    for pk in given["claims"]:
        while not os.path.exists(given["until"]):
            time.sleep(given["pause"])
            try:
                by = User.objects.filter(is_staff=True).order_by("pk").first()
                assert by is not None, "the demonstration has staff"
                with contextlib.suppress(Refused):  # taken already, by a try whose answer was lost
                    take_claim_in_charge(Claim(pk=pk), adjuster="Prova", adjuster_phone="+390248219001", by=by)
                at = time.time()
                notice = Notice.objects.filter(once__contains=f":{pk}", kind="claim-taken-in-charge", channel="email")
                if (number := notice.values_list("pk", flat=True).first()) is not None:
                    owed.append((number, at))
                break
            except (DatabaseError, InterfaceError):
                connection.close()
    return owed


WHAT: dict[str, Callable[[dict[str, Any]], Any]] = {
    each.__name__: each
    for each in (
        *(wake, flag, decide, deliver, register, ask, sign_in, begin_payments, confirm_payments),
        *(fill, begin_campaign, wake_campaign, halt_campaign, unsubscribe_meanwhile, claims_meanwhile),
    )
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings")
    import django

    django.setup()
    print(json.dumps(WHAT[sys.argv[1]](json.load(sys.stdin))))
