"""The product's settings, on the benchmark's database (DATABASE_URL) and beside the keys that others keep in Redis."""

from vittoria_care.settings import *  # noqa: F403
from vittoria_care.settings import BASE_DIR, CACHES, PRODUCTION, STORAGES, logs

DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "benchmarks.urls"
CACHES["default"]["KEY_PREFIX"] = "bench"
# Pages are measured without `collectstatic` before them; whitenoise wants a folder that exists.
STATIC_ROOT = BASE_DIR / "static"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
LOGGING = logs.configuration(as_json=PRODUCTION, level="WARNING")
# A task that is sent goes nowhere.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The people who open pages here sign in without a telephone in their hand.
STAFF_SECOND_FACTOR = "optional"
