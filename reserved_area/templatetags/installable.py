"""What a page carries so that the reserved area can be installed."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def install_links() -> SafeString | str:
    """The manifest, and the script that registers the worker; nothing where INSTALLABLE is off."""
    if not settings.INSTALLABLE:
        return ""
    return format_html(
        '<link rel="manifest" href="{}"><script src="{}" data-worker="{}" defer></script>',
        reverse("app_manifest"),
        static("js/installable.js"),
        reverse("service_worker"),
    )
