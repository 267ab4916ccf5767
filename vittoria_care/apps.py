from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class VittoriaCareConfig(AppConfig):
    """The top of the chain: it knows every app, and no app knows it."""

    name = "vittoria_care"
    verbose_name = _("Vittoria Care")

    def ready(self) -> None:
        """Put the parts together, register the checks and the receivers of signals, keep the groups equal to the table."""
        # All of these know models, which are loaded only now.
        from . import composition, grants  # noqa: PLC0415
        from .checks import production_is_safe  # noqa: PLC0415
        from .permissions import grant_after_migrate  # noqa: PLC0415
        from .running import heartbeat  # noqa: F401, PLC0415 - its receivers record tasks
        from .sign_in import events, second_factor, session_limits  # noqa: F401, PLC0415 - their receivers follow sign-ins
        from .sign_in.used_codes import use_each_code_once  # noqa: PLC0415

        composition.compose()
        use_each_code_once()
        register(production_is_safe, Tags.security)
        # Each app's permissions are made at its own turn, and an app without models has none: ours is the last turn.
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(grant_after_migrate, sender=last, dispatch_uid="vittoria_care.permissions")
        post_migrate.connect(grants.grant_after_migrate, sender=last, dispatch_uid="vittoria_care.grants")


class SessionsConfig(UserSessionsConfig):
    """allauth's list of sessions, written by our own receivers (sign_in/events.py).

    Its own would write with each request, and fail where a visitor's address cannot be read.
    """

    def ready(self) -> None:
        """Connect none of its receivers."""


class BackOfficeConfig(AdminConfig):
    """The back office in place of Django's own admin site."""

    default_site = "vittoria_care.backoffice.site.BackOffice"
