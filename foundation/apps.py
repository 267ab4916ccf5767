from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FoundationConfig(AppConfig):
    """What every app shares and is about nobody."""

    name = "foundation"
    verbose_name = _("Programs and upkeep")
