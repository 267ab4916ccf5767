"""What the managers' page has much of, written at once: its cards and its definitions. The template took most of its time."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation.templatetags.icons import icon

register = template.Library()

HERO = ' class="stat-hero"'


# --- A card ---------------------------------------------------------------------------------------------------------
@register.simple_tag
def stat(card: dict[str, Any], is_hero: bool) -> SafeString:
    """A card as a `<li>`, twice as wide where it is a hero; its keys are in insights/figures.html, and everything is escaped."""
    label = escape(card["label"])
    parts = [
        f'<li{HERO if is_hero else ""}><div class="stat" id="stat-{escape(card["key"])}">',
        f'<div class="stat-head"><h3 class="stat-label">{label}</h3>{_definition(card)}</div>',
        f'<p class="stat-value">{escape(card["value"])}',
        f'<span class="unit">{escape(card["unit"])}</span>' if card["unit"] else "",
        "</p>",
        *_parts_of(card),
        '<div class="stat-foot">',
        _change(card),
    ]
    if card["previous_value"]:
        words = _("before: %(value)s") % {"value": card["previous_value"]}
        parts.append(f'<span class="muted">{escape(words)}</span>')
    if card["list_url"]:
        words, hidden = escape(_("See the list")), f'<span class="visually-hidden">: {label}</span>'
        parts.append(f'<a href="{escape(card["list_url"])}">{words}{hidden}</a>')
    parts.append("</div></div></li>")
    return mark_safe("".join(parts))  # noqa: S308 - each text and address went through escape()


def _definition(card: dict[str, Any]) -> str:
    if not card["definition"]:
        return ""
    asked, all_of_them = (
        escape(_("What “%(label)s” means") % {"label": card["label"]}),
        escape(_("All the definitions")),
    )
    return (
        f'<details class="definition"><summary>{icon("info-circle")}<span class="visually-hidden">{asked}</span></summary>'
        f'<div class="definition-text"><p>{escape(card["definition"])}</p>'
        f'<a href="#definitions">{all_of_them}</a></div></details>'
    )


def _parts_of(card: dict[str, Any]) -> Iterable[str]:
    """What the value is made of, what it leaves out, how much of the contacts it speaks of, and how certain it is."""
    if card["denominator"] is not None:
        above = _linked(card["numerator"], card["numerator_url"])
        below = _linked(card["denominator"], card["denominator_url"])
        what, of_what = escape(card["numerator_label"]), escape(card["denominator_label"])
        yield f'<p class="stat-ratio">{above} {what} / {below} {of_what}</p>'
    elif card["numerator"] is not None:
        yield f'<p class="stat-ratio">{escape(card["numerator"])} {escape(card["numerator_label"])}</p>'
    if others := card.get("others"):
        yield f'<p class="stat-ratio">{_linked(others["text"], others["url"])}</p>'
    if wanted := card.get("target"):
        words = _("Target: %(value)s") % {"value": wanted}
        yield f'<p class="stat-ratio">{escape(words)}</p>'
    if share := card.get("coverage"):
        words = _("It speaks of %(share)s of the contacts handled: only who wrote was asked.") % {"share": share}
        yield f'<p class="stat-ratio">{escape(words)}</p>'
    if share := card.get("provisional_share"):
        words = _("Provisional for %(share)s: the customer may still come back.") % {"share": share}
        yield f'<p class="provisional">{icon("clock")} {escape(words)}</p>'


def _change(card: dict[str, Any]) -> str:
    """How the value moved, with an arrow and for a screen reader in words whether that is better."""
    points, percent, direction = card["delta_points"], card["delta_percent"], card["direction"]
    if not points and not percent:
        return ""
    first = (points or percent)[:1]
    arrow = "arrow-up-right" if first == "+" else "arrow-down-right" if first in "-−" else "dash-lg"
    words = {"better": _("Better:"), "worse": _("Worse:")}.get(direction, "")
    heard = f' <span class="visually-hidden">{escape(words)}</span>' if words else ""
    unit = _("points")
    shown = [f"{points} {unit}"] if points else []
    shown += [f"({percent} %)" if points else f"{percent} %"] if percent else []
    tone = f" delta-{direction}" if direction else ""
    return f'<span class="delta{tone}">{icon(arrow)}{heard} {escape(" ".join(shown))}</span>'


def _linked(text: Any, url: str | None) -> str:
    shown = escape(str(text))
    return f'<a href="{escape(url)}">{shown}</a>' if url else shown


# --- The definitions --------------------------------------------------------------------------------------------------
@register.simple_tag
def definition_list(definitions: Iterable[dict[str, str]]) -> SafeString:
    """The definitions at the foot of the page, each with an anchor; they are the same until the thresholds change."""
    return _defined(
        tuple((each["key"] or each["term"], each["term"], each["text"], each["formula"]) for each in definitions)
    )


@lru_cache(maxsize=10)
def _defined(definitions: tuple[tuple[str, str, str, str], ...]) -> SafeString:
    rows = (
        (slugify(key), term, text, format_html('<dd class="formula">{}</dd>', formula) if formula else "")
        for key, term, text, formula in definitions
    )
    return format_html_join("\n", '<div id="def-{}"><dt>{}</dt><dd>{}</dd>{}</div>', rows)
