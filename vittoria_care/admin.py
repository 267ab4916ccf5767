"""What the back office leaves out, and the panels of its first page."""

from allauth.account import admin as account_admin  # noqa: F401  registers what is taken out below
from allauth.account.models import EmailAddress
from django.contrib import admin

from . import dashboard  # noqa: F401  registers the panels

admin.site.unregister(EmailAddress)  # kept by the sign-in pages themselves
