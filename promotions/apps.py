from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromotionsConfig(AppConfig):
    """What agencies and the company offer to people who allow it."""

    name = "promotions"
    verbose_name = _("Promotions")
