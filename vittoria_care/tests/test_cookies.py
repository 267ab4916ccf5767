"""In production every cookie is one that no neighbouring host can plant."""

import json
import os
import subprocess
import sys

from django.conf import settings

ASK = """
import json
from django.conf import settings
names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME,
         settings.KNOWN_DEVICE_COOKIE_NAME]
secure = [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE]
places = [settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH, settings.LANGUAGE_COOKIE_PATH]
hosts = [settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN, settings.LANGUAGE_COOKIE_DOMAIN]
print(json.dumps([names, secure, places, hosts]))
"""


def asked(**environment):
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "vittoria_care.settings", **environment}
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{ASK}"],
        cwd=settings.BASE_DIR,
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_every_cookie_bears_the_prefix_and_what_it_asks_for():
    names, secure, places, hosts = asked(
        ENVIRONMENT="production",
        SECRET_KEY="a-long-one-of-more-than-fifty-characters-0123456789",
        DATABASE_URL="postgres://care@127.0.0.1:1/care",
        REDIS_URL="redis://127.0.0.1:1/0",
        SITE_URL="https://care.example",
        ALLOWED_HOSTS="care.example",
    )
    assert [name for name in names if not name.startswith("__Host-")] == []
    assert (set(secure), set(places), set(hosts)) == ({True}, {"/"}, {None})


def test_elsewhere_cookies_go_without_https():
    names, secure, _places, _hosts = asked(ENVIRONMENT="development")
    assert [name for name in names if name.startswith("__Host-")] == []
    assert True not in secure
