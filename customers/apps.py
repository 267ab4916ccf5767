from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Who is insured, through whom, for what."""

    name = "customers"
    verbose_name = _("Customers")
