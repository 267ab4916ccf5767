"""The settings of the test suite: the product's own, but for what would make tests slow or touch anything outside."""

import hashlib
import os
from datetime import time

from .settings import *  # noqa: F403
from .settings import BASE_DIR, CACHES, REDIS_URL, STORAGES, databases, env

DEBUG = False

# Two folders may be tested against one PostgreSQL and one Redis: what each stores is named for its path (and worker).
OWN_NAME = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:8]
# The suite runs as the owner, who makes its databases; tests of rights take the other accounts' part by SET ROLE.
DATABASES = {"default": databases.connections_of(env, "command", as_owner=True)["default"]}
DATABASES["default"] |= {"TEST": {"NAME": f"test_vittoria_care_{OWN_NAME}"}, "CONN_MAX_AGE": 0}
# What a test commits is thrown away: no commit waits for the disk.
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
CACHES["default"] |= {
    "BACKEND": "vittoria_care.embedded.pytest_plugin.OwnKeysCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": f"test-{OWN_NAME}-{os.environ.get('PYTEST_XDIST_WORKER', 'only')}",
}

# A task that is sent goes nowhere: tests call tasks themselves, and never wait for a worker.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
OPENID_PROVIDERS = []  # a test that signs in by one names it
ERASURE_LEDGER = str(BASE_DIR / "var" / f"test-erasures-{os.environ.get('PYTEST_XDIST_WORKER', 'only')}.jsonl")
PEC_BACKEND = ""  # a test that sends certified e-mail names its server
PEC_TRUSTED_CERTIFICATES = ""  # a test that reads receipts names whom it trusts
TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN = (
    "AC-of-the-tests",
    "of-the-tests",
)  # its reports are taken; nothing is sent by it
NOTICE_QUIET_FROM = NOTICE_QUIET_UNTIL = time(0)  # a test of quiet hours names them: the suite runs at night as well
PUSH_PROVIDERS = []  # a test that pushes names its provider
SMS_PROVIDER = ""  # a test that sends texts names its provider and folder
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
WHITENOISE_AUTOREFRESH = True  # looks a file up when asked, rather than wanting the collected ones at the start

# Tests sign in without passing the sign-in pages; those of the guard turn it on (vittoria_care/tests/test_second_factor.py).
STAFF_SECOND_FACTOR = "optional"
STAFF_IDLE_MINUTES = CUSTOMER_IDLE_MINUTES = STAFF_SESSION_HOURS = CUSTOMER_SESSION_HOURS = 0
