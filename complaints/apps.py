from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """The conversations that the supervisor regulates, and what people think of us."""

    name = "complaints"
    verbose_name = _("Complaints")

    def ready(self) -> None:
        """Listen to the apps below."""
        import complaints.receivers  # noqa: F401, PLC0415 - models are loaded only now
