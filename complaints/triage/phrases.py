"""Commands: the words by which a complaint is thought likely."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from complaints.models import HintPhrase
from complaints.triage.rules import weighed
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_line

MOST_WEIGHT = 5


@transaction.atomic
def write_phrase(
    *, phrase: str, language: str, weight: int, is_active: bool = True, by: User, of: HintPhrase | None = None
) -> HintPhrase:
    """Add words, or change those of a row (`of`). They count for messages read from then on.

    `by` is who asks; the database keeps who changed what. Refused without a letter, for a weight of zero or beyond 5 either
    way, and for words that the language has already.
    """
    phrase = clean_line(phrase).lower()
    if not weighed([(phrase, weight)]) or "*" in phrase.rstrip("*"):
        raise Refused(
            _("Write a word or a phrase; a star may stand at its end only."), code="no_phrase", field="phrase"
        )
    if weight == 0 or abs(weight) > MOST_WEIGHT:
        raise Refused(_("A weight is a number from -5 to 5, and not zero."), code="no_weight", field="weight")
    if language not in HintPhrase.Language.values:
        raise Refused(_("There is no such language."), code="no_language", field="language")
    row = HintPhrase.objects.select_for_update().get(pk=of.pk) if of else HintPhrase()
    row.phrase, row.language, row.weight, row.is_active = phrase, language, weight, is_active
    row.version += 1 if of else 0
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if not HintPhrase.objects.filter(phrase=phrase, language=language).exclude(pk=row.pk).exists():
            raise
        raise Refused(
            _("“%(phrase)s” is there already: change that one.") % {"phrase": phrase},
            code="known_phrase",
            field="phrase",
        ) from error
    return row
