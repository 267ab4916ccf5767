"""Rule: what a refusal is worth, by its status (RFC 3463) and the server's words. Plain values in and out.

An address is given up only where the receiver says that there is nobody. A class 5 alone does not say so: 5.7 is about
us, 5.2.2 is a full mailbox. Where status and words disagree, the more careful reading holds.
"""

import re
from enum import StrEnum

STATUS = re.compile(r"(?<![0-9.])([45])\.([0-7])\.([0-9]{1,3})(?!\.?[0-9])")
REPLY = re.compile(r"(?<![0-9.-])([45][0-9]{2})(?=[ -])")
NO_MAILBOX = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10)}  # as at the door (channels/email/smtp.py)
ABOUT_US = {(1, 7), (1, 8), (2, 3), (3, 4)}  # the sender's address, or a message too large
PASSING = {(2, 2), (3, 1), (3, 2)}  # a full mailbox, a full system, one that takes nothing now
NOBODY = re.compile(
    r"user (?:is )?unknown|unknown (?:user|recipient|mailbox|address)|no such (?:user|mailbox|recipient|person|address)"
    r"|(?:user|mailbox|recipient|address|account)\b[^.\n]{0,60}?(?:does ?n(?:o|')t exist|not found|is not (?:known|valid))"
    r"|does ?n(?:o|')t have an? \S+ account|(?:utente|casella|destinatario|indirizzo) (?:sconosciut|inesistent|non esist)",
    re.IGNORECASE,
)
OF_US = re.compile(
    r"\bspam|block(?:ed|list)|black ?list|deny ?list|reputation|\bpolicy|\bdmarc\b|\bspf\b|\bdkim\b|not authori[sz]ed"
    r"|relay(?:ing)? (?:access )?denied|too (?:large|big|many)|exceeds? .{0,20}size|virus|content rejected",
    re.IGNORECASE,
)
FULL = re.compile(
    r"(?:mailbox|quota|storage|casella)\b.{0,30}(?:full|exceed|pien)|over ?quota|exceed\w* .{0,20}quota|quota exceeded"
    r"|insufficient (?:system )?storage|try again later|temporar(?:y|ily)|timed? ?out|riprov",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """What a bounce is worth."""

    NO_MAILBOX = "no_mailbox"  # nobody is there: nothing goes to the address any more
    POLICY = "policy"  # they refuse us, or this message: our fault, nobody is given up for it
    PASSING = "passing"  # full, or not to be reached for days: another message may arrive
    UNCLEAR = "unclear"  # a person looks


def verdict_of(status: str, words: str) -> Verdict:
    """What the refusal is worth; `words` are the server's, in which a more exact status may stand."""
    said = [(int(kind), int(subject), int(detail)) for kind, subject, detail in STATUS.findall(f"{status} {words}")]
    exact = {(subject, detail) for _kind, subject, detail in said if detail or subject == 7}
    if any(subject in (5, 6, 7) or (subject, detail) in ABOUT_US for subject, detail in exact):
        return Verdict.POLICY
    is_passing = any(kind == 4 for kind, _subject, _detail in said)
    if is_passing or exact & PASSING or any(subject == 4 for subject, _detail in exact):
        return Verdict.PASSING
    if exact and exact <= NO_MAILBOX:
        return Verdict.UNCLEAR if OF_US.search(words) else Verdict.NO_MAILBOX
    if exact:
        return Verdict.UNCLEAR
    if OF_US.search(words):
        return Verdict.POLICY
    if FULL.search(words) or (REPLY.findall(words) and all(each[0] == "4" for each in REPLY.findall(words))):
        return Verdict.PASSING
    return Verdict.NO_MAILBOX if NOBODY.search(words) else Verdict.UNCLEAR


def status_in(*texts: str) -> str:
    """The first exact status that the texts have; empty for none."""
    found = [".".join(each) for text in texts for each in STATUS.findall(text)]
    exact = [each for each in found if not each.endswith(".0")]
    return (exact or found or [""])[0]
