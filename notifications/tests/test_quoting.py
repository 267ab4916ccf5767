"""No words of a stranger become a link in an e-mail of ours."""

import pytest

from notifications.quoting import quotable
from notifications.templatetags.own_links import own_links


@pytest.mark.parametrize(
    "text",
    [
        "Hai vinto: conferma su https://premio.example.com/x",
        "HTTP://1.2.3.4/a",
        "www.example.com",
        "premio.example.com",
        "bit.ly/x",
        "scriva a vincita@example.com",
    ],
)
def test_words_with_an_address_are_not_quoted(text):
    assert quotable(text) == ""


@pytest.mark.parametrize("text", ["Maria D'Angelo", "Rossi S.p.A.", "Premio di 1.200,50 euro", "Danni del 12.03.2026"])
def test_other_words_are_quoted_as_they_are(text):
    assert quotable(text) == text


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://care.example"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "Segua https://care.example/a/b/.",
            'Segua <a href="https://care.example/a/b/">https://care.example/a/b/</a>.',
        ),
        ("https://care.example", '<a href="https://care.example">https://care.example</a>'),
        (
            "“https://care.example/?a=1&b=2”",
            '“<a href="https://care.example/?a=1&amp;b=2">https://care.example/?a=1&amp;b=2</a>”',
        ),
        ("https://care.example.evil.test/a", "https://care.example.evil.test/a"),
        ("https://care.example@evil.test/", "https://care.example@evil.test/"),
        ("https://care.example:81/", "https://care.example:81/"),
        ("https://evil.test/ www.evil.test a@evil.test", "https://evil.test/ www.evil.test a@evil.test"),
        ("<b>&", "&lt;b&gt;&amp;"),
    ],
)
def test_only_addresses_of_ours_are_links(text, html):
    assert own_links(text) == html
