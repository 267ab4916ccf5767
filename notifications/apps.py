from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Telling people, and being able to prove it."""

    name = "notifications"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Know every kind of notice, whatever else the process imports."""
        for module in settings.NOTICE_KINDS:
            import_module(module)
