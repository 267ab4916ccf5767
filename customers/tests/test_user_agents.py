"""What a browser says of itself, in words."""

import pytest

from customers.user_agents import device_in_words

WEBKIT = "AppleWebKit/605.1 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36", "Chrome su Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge su Windows",
        ),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/19.0 Safari/605.1", "Safari su Mac"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) {WEBKIT} CriOS/140.0 Mobile Safari/604.1",
            "Chrome su iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 16; SM-S931) {WEBKIT} SamsungBrowser/29.0 Chrome/136.0 Mobile",
            "Samsung Internet su Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox su Linux"),
        ("VittoriaCare/3.2 (iPhone; iOS 19.1)", "Vittoria Care su iPhone"),
        ("Mozilla/5.0 (Android)", "Android"),
        ("curl/8.5", "Dispositivo sconosciuto"),
        ("", "Dispositivo sconosciuto"),
    ],
)
def test_the_header_in_words(user_agent, words):
    assert device_in_words(user_agent) == words
