"""How the back office looks (django-unfold): names, colours, menus. What it does is in `site.py`."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": "Vittoria Care",
    "SITE_HEADER": "Vittoria Care",
    "SITE_SUBHEADER": _("Back office"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("img/logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")}],
    "STYLES": [lambda request: static("css/backoffice.css")],
    "SCRIPTS": [
        lambda request: static("js/backoffice.js"),
        lambda request: static("js/drafts.js"),
        lambda request: static("js/session.js"),
        lambda request: static("js/ringing.js"),
        lambda request: static("js/find.js"),
    ],
    "BORDER_RADIUS": "8px",
    "ENVIRONMENT": "vittoria_care.backoffice.site.environment_badge",
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "SHOW_VIEW_ON_SITE": False,
    "ACCOUNT": {"navigation": [{"title": _("Change password"), "link": reverse_lazy("account_change_password")}]},
    "SIDEBAR": {
        "show_search": False,  # it looks among the names of the models; ours looks among what people ask for (find.py)
        "show_all_applications": False,
        "navigation": "vittoria_care.backoffice.site.navigation",
    },
    # The petrol and the greys of static/css/tokens.css, in the steps unfold asks for.
    "COLORS": {
        "base": {
            "50": "#f5f8f8",
            "100": "#edf3f3",
            "200": "#d9e3e4",
            "300": "#bccbcd",
            "400": "#93a8ab",
            "500": "#546b6f",
            "600": "#40575b",
            "700": "#2b4146",
            "800": "#1a2d31",
            "900": "#101f22",
            "950": "#0a1416",
        },
        "primary": {
            "50": "#eef7f7",
            "100": "#dcedee",
            "200": "#b9dbde",
            "300": "#8cc3c8",
            "400": "#5fb3bb",
            "500": "#48abb5",
            "600": "#0b6470",
            "700": "#0b5560",
            "800": "#094650",
            "900": "#073840",
            "950": "#042529",
        },
    },
}
