"""django-helpdesk at work, for `helpdesk.py`: run by a Python that has it and nothing of ours.

Standard input gives one word a line, `page` (a ticket's page, for staff) or `form` (the public form, sent); each answer
is the number of queries that it took. SCHEMA in the database of DATABASE is its own.
"""

import gc
import json
import os
import sys
from typing import Any

import django
from django.conf import settings

SCHEMA = "helpdesk"
TICKETS, FOLLOW_UPS = 20_000, 10
WORDS = "Vorrei una copia della polizza. " * 10

settings.configure(
    SECRET_KEY="measured, never served",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[
        *(
            f"django.contrib.{name}"
            for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
        ),
        "django.contrib.sites",
        "django.contrib.humanize",
        "rest_framework",
        "helpdesk",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    ROOT_URLCONF=__name__,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            **json.loads(os.environ["DATABASE"]),
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": f"-c search_path={SCHEMA}"},
        }
    },
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    SITE_ID=1,
    USE_TZ=True,
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LOGGING_CONFIG=None,
    HELPDESK_TEAMS_MODE_ENABLED=False,
    HELPDESK_KBITEM_TEAM_GETTER=lambda _item: None,
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - only once Django is set up
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]


def fill() -> tuple[Any, Any, Any]:
    """Its tables with tickets, of which one has a thread; returns the member of staff, the queue and that ticket."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    people: Any = get_user_model()._default_manager  # Django's own, here
    staff = people.create_superuser("staff", "staff@helpdesk.example", "never asked")
    queue = Queue.objects.create(
        title="Assistenza", slug="assistenza", allow_public_submission=True, email_address="queue@helpdesk.example"
    )
    Ticket.objects.bulk_create(
        Ticket(
            title=f"Richiesta {each}",
            queue=queue,
            submitter_email="persona@helpdesk.example",
            description=WORDS,
            status=Ticket.OPEN_STATUS,
            secret_key=str(each),
        )
        for each in range(TICKETS)
    )
    ticket = Ticket.objects.earliest("pk")
    for _turn in range(FOLLOW_UPS):
        FollowUp.objects.create(ticket=ticket, title="Risposta", comment=WORDS, public=True, user=staff)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return staff, queue, ticket


class Site:
    """What a visitor and a member of staff do, each time counted in queries."""

    def __init__(self) -> None:
        staff, self.queue, self.ticket = fill()
        self.desk, self.visitor, self.sent, self.queries = Client(), Client(), 0, 0
        self.desk.force_login(staff)
        connection.execute_wrappers.append(self._count)

    def _count(self, execute: Any, *arguments: Any) -> Any:
        self.queries += 1
        return execute(*arguments)

    def page(self) -> None:
        """A ticket's page."""
        answer = self.desk.get(f"/tickets/{self.ticket.pk}/")
        assert answer.status_code == 200, answer.status_code

    def form(self) -> None:
        """The public form, sent by another visitor each time."""
        self.sent += 1
        words = {"queue": self.queue.pk, "title": f"Copia {self.sent}", "body": WORDS, "priority": 3}
        words["submitter_email"] = f"visitor{self.sent}@helpdesk.example"
        answer = self.visitor.post("/tickets/submit/", words)
        assert answer.status_code == 302, answer.content[:500]


def main() -> None:
    """Answer each word of standard input."""
    site = Site()
    for _turn in range(3):
        site.page()
        site.form()
    gc.collect()
    gc.freeze()  # as ours
    print("ready", flush=True)
    for line in sys.stdin:
        site.queries = 0
        {"page": site.page, "form": site.form}[line.strip()]()
        print(site.queries, flush=True)


if __name__ == "__main__":
    sys.modules[settings.ROOT_URLCONF] = sys.modules["__main__"]
    main()
