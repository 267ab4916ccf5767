from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Informing people, and being able to prove it."""

    name = "notifications"
    verbose_name = _("Notices")
