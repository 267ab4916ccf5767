"""How pages print results and points of quality samples."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from contact_center.models import QualityCriterion, QualityMark

register = template.Library()


@register.filter
def result(value: Decimal | None) -> str:
    """A result of 0 to 100 with one decimal; a dash where there is none."""
    return "–" if value is None else number_format(value, 1)


@register.filter
def points(mark: QualityMark) -> str:
    """The points of a criterion by its scale, in words where it is a yes or a no or does not apply."""
    if mark.points is None:
        return _("does not apply")
    if mark.criterion.scale == QualityCriterion.Scale.YES_NO:
        return _("yes") if mark.points else _("no")
    return str(mark.points)
