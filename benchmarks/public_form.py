"""A public form sent: a written request opened, put in the queue and its acknowledgement owed, in one process.

What the milliseconds are held to is in `helpdesk.py`.
"""

from collections.abc import Iterator

from django.test import Client

from contact_center.models import Contact
from contact_center.tests.public_forms import filled

from . import data
from .measure import Row, Scale, at_most, median_seconds
from .plans import read_whole, statements_of

FORM = "/contatti/richiesta/"
QUERIES = 12
RUNS, WARM_UP = 60, 5


def measure(scale: Scale) -> Iterator[Row]:
    """Beside the whole portfolio and a long queue: the form sent, each time by another visitor."""
    data.portfolio(scale)
    data.queue(scale.open_contacts, scale)
    visitors = Visitors(RUNS + WARM_UP + 1)
    [seconds] = median_seconds(visitors.send, runs=RUNS, warm_up=WARM_UP)
    yield Row("public form sent", seconds * 1000, "ms")
    statements = statements_of(visitors.send)
    yield at_most("public form sent: queries", len(statements), "", QUERIES, aim=f"at most {QUERIES}")
    questions = [each for each in statements if each.startswith("SELECT")]
    whole = [each for each in questions if read_whole(each)]
    yield Row("public form sent: big tables read whole", len(whole), "", 0, "none", not whole)
    kept, sent = Contact.objects.filter(address__endswith="@visitor.example").count(), visitors.sent
    yield Row("requests kept, of those sent", kept, "", sent, "all", kept == sent)


class Visitors:
    """People who opened the form a while ago and send it now, each from an address of their own.

    The test client is one for all: each new one would set up the middleware again, which a server does once.
    """

    def __init__(self, number: int) -> None:
        self.forms = [filled(email=f"visitor{each}@visitor.example") for each in range(number)]
        self.sent = 0
        self.client = Client()

    def send(self) -> None:
        """The next one sends it."""
        self.client.cookies.clear()
        answer = self.client.post(FORM, self.forms[self.sent], REMOTE_ADDR=f"10.0.{self.sent >> 8}.{self.sent & 255}")
        assert answer.status_code == 302, answer.content[:500]
        self.sent += 1
