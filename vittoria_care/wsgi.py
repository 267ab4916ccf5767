"""The door of the web server: `gunicorn vittoria_care.wsgi`."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings")
os.environ.setdefault("PROCESS_KIND", "web")

application = get_wsgi_application()

from . import checks, embedded  # noqa: E402  Django must be set up first

checks.refuse_unsafe_start()
try:
    embedded.ensure_running()
except embedded.CannotStart as error:
    print(error, file=sys.stderr)
    sys.exit(3)  # gunicorn's sign that starting the worker again would not help
