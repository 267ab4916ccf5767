"""Whatever address the doors take, mail can be sent to."""

import contextlib

from django.core.exceptions import ValidationError
from django.core.mail.message import sanitize_address
from hypothesis import example, given
from hypothesis import strategies as st

from customers.validators import normalise_email
from notifications.channels import Message
from notifications.channels.email import _mail


@given(st.emails() | st.from_regex(r"[a-z\"',;.@àé\[\]-]{1,30}@[a-zà.\[\]]{1,20}", fullmatch=True))
@example('"rossi,mario"@example.it')
@example("mario@città.it")
@example("mario@[192.0.2.7]")
def test_an_address_that_is_accepted_can_be_sent_to(stated):
    with contextlib.suppress(ValidationError):
        address = normalise_email(stated)
        mail = _mail(Message(address=address, subject="Prova", text="Testo", html="", message_id="<1@example.it>"))
        assert mail.message().as_bytes()
        assert sanitize_address(address, "utf-8")
