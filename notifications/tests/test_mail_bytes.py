"""A message written without the library is, byte for byte, the one that the library writes."""

import random
from dataclasses import replace

import pytest

from notifications.channels import Message, email, mime

MESSAGE = Message(
    address="cliente.123@example.it",
    subject="La casa",
    text="è così\n.una riga col punto\n",
    html="<p>è così</p>\n",
    message_id="<notice.123.0f3a0f3a0f3a0f3a0f3a0f3a@vittoria-care.example>",
)
LINK = "https://care.example/consensi/disiscrizione/WzEyMywiYWdlbmN5X3Byb21vdGlvbnMiXQ:1vABCD:0123456789-_0123456789/"
RETURNS = "returns+17.0f3a0f3a0f3a0f3a0f3a@care.example"


@pytest.fixture(autouse=True)
def fixed(monkeypatch):
    """One boundary and one moment for both."""
    monkeypatch.setattr(mime.secrets, "token_hex", lambda size: "ab" * size)
    for module in ("notifications.channels.mime", "django.core.mail.message"):
        monkeypatch.setattr(f"{module}.formatdate", lambda **given: "Mon, 30 Nov 2026 09:00:00 -0000")


def by_the_library(message):
    return mime.as_bytes(email._mail(message).message())


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE,
        replace(MESSAGE, html=""),
        replace(MESSAGE, text="solo ascii\r\n\r\ncon due righe\rdiverse", html="<p>ascii</p>"),
        replace(MESSAGE, subject="Perché è così lungo, l'oggetto di questa lettera, che in una riga non ci sta"),
        replace(MESSAGE, subject="Lungo " * 30),
        replace(MESSAGE, unsubscribe_url=LINK, return_path=RETURNS),
        replace(MESSAGE, answers=MESSAGE.message_id, is_personal=True),
        replace(MESSAGE, answers=f"<{'n' * 90}@care.example>"),
    ],
)
def test_it_is_written_as_the_library_writes_it(message, monkeypatch):
    wanted = by_the_library(message)
    monkeypatch.setattr(email, "_mail", lambda *given: pytest.fail("the library was asked"))
    assert email._as_sent(message) == wanted


def test_whatever_is_in_them_both_write_the_same():
    chance = random.Random(1)
    signs = [*"abc \n\r.é€\t-=ß\x0b\x85\u2028", "\r\n", "\n\n", "x" * 990]

    def text(most):
        return "".join(chance.choice(signs) for _sign in range(chance.randrange(most)))

    for _time in range(400):
        message = replace(
            MESSAGE,
            subject=text(60).replace("\n", " ").replace("\r", " "),
            text=text(12),
            html=chance.choice(["", text(12)]),
            unsubscribe_url=chance.choice(["", LINK, "https://a/b"]),
            return_path=chance.choice(["", RETURNS]),
        )
        assert email._as_sent(message) == by_the_library(message)


@pytest.mark.parametrize("subject", ["La casa\nBcc: altri@example.it", "La casa\rBcc: altri@example.it"])
def test_a_subject_that_breaks_out_of_its_line_is_refused(subject):
    with pytest.raises(ValueError, match="newlines"):
        email._as_sent(replace(MESSAGE, subject=subject))


def test_two_addresses_in_place_of_one_are_refused():
    with pytest.raises(ValueError, match="one mailbox"):
        email._as_sent(replace(MESSAGE, address="a@example.it, b@example.it"))
