from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ContactCenterConfig(AppConfig):
    """Conversations, and the work they leave behind."""

    name = "contact_center"
    verbose_name = _("Contact centre")

    def ready(self) -> None:
        """Have the settings checked at every start."""
        from .figures.checks import check_call_settings, check_figures_settings  # noqa: PLC0415 - models are loaded only now

        checks.register(check_figures_settings)
        checks.register(check_call_settings)
