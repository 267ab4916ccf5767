from celery.signals import task_prerun
from django.apps import AppConfig
from django.core.signals import request_started
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """The conversations that the supervisor regulates, and people's feedback."""

    name = "complaints"
    verbose_name = _("Complaints")

    def ready(self) -> None:
        """The codes are read again for each request and each task: another process may have changed them."""
        from complaints.models.code import KNOWN  # noqa: PLC0415 - the models are loaded only now

        request_started.connect(KNOWN.forget, dispatch_uid="codes")
        task_prerun.connect(KNOWN.forget, dispatch_uid="codes")
