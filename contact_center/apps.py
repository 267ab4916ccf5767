from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from .checks import check_call_settings, check_figures_settings


class ContactCenterConfig(AppConfig):
    """Conversations, and the work they leave behind."""

    name = "contact_center"
    verbose_name = _("Contact centre")

    def ready(self) -> None:
        """Have the settings checked at every start."""
        checks.register(check_figures_settings)
        checks.register(check_call_settings)
