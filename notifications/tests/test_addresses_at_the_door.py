"""Whatever address the doors take, mail can be sent to."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from django.core.mail.message import sanitize_address
from hypothesis import example, given
from hypothesis import strategies as st

from customers.validators import normalise_email
from notifications.channels import Message
from notifications.channels.email import _mail


@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\0", "\u2028", ", ", ";"])
@pytest.mark.parametrize("shape", ["a@example.it{}Bcc: b@example.it", "a{}b@example.it", "a@exam{}ple.it"])
def test_an_address_of_more_than_one_line_or_of_two_is_refused(shape, separator):
    with pytest.raises(ValidationError):
        normalise_email(shape.format(separator))


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
