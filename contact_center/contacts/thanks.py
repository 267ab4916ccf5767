"""Rule: whether a message only says thank you, so that what is closed remains closed. Plain values in and out.

Every word must be one of courtesy, or a name of the person; a question, a "but" or any other word is for a person to read.
"""

from collections.abc import Iterable

from foundation.text import fold

MOST_WORDS = 15


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


THANKS = _words("grazie ringrazio ringraziamo ringraziamenti ringraziarvi ringraziarla thanks thank thx tks")
COURTESY = THANKS | _words(
    """
    mille infinite tante molte ancora davvero proprio di cuore tutto ok okay perfetto ottimo bene benissimo ricevuto ricevuta
    gentile gentilissimi gentilissima gentilissimo gentili gentilezza cortesia disponibilita per la il lo le i vostra sua vostro suo
    risposta aiuto assistenza servizio rapida rapidita veloce celere pronta prontezza tempestiva celerita della del dell e a vi voi lei
    buona buon giornata giorno serata lavoro saluti saluto cordiali cordialmente distinti cari salve buongiorno buonasera arrivederci
    presto you very much many so a lot for your the help quick reply answer kind great perfect received all best regards kindly good
    day evening bye hello and
    """
)
SIGNS = frozenset("👍🙏👏🙂😊😀❤💙")


def is_only_thanks(text: str, names: Iterable[str] = ()) -> bool:
    """Whether nothing but thanks is in the text; `names` are those that the writer may sign with."""
    if "?" in text:
        return False
    words = fold(text).split()
    if not words:
        return any(sign in SIGNS for sign in text)
    own = {part for name in names for part in fold(name).split()}
    return len(words) <= MOST_WORDS and not THANKS.isdisjoint(words) and set(words) <= COURTESY | own
