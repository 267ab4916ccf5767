"""The door of the web server: `gunicorn vittoria_care.wsgi`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings")
os.environ.setdefault("PROCESS_KIND", "web")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    print(error, file=sys.stderr)
    sys.exit(3)  # gunicorn's sign that starting the worker again would not help

from . import checks
from .embedded import servers

checks.refuse_unsafe_start()
try:
    servers.ensure_running()
except servers.CannotStart as error:
    print(error, file=sys.stderr)
    sys.exit(3)  # gunicorn's sign that starting the worker again would not help
