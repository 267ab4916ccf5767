from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """The conversations that the supervisor regulates, and people's feedback."""

    name = "complaints"
    verbose_name = _("Complaints")
