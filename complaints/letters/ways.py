"""Rule: by which way an answer letter goes, from the address that is known."""

import re

# Domains of the managers of certified e-mail that people have mailboxes at, from memory and not verified against the public list.
# Any domain with a part “pec” is one as well. A wrong guess costs nothing but the receipt: a manager's server delivers to every address.
CERTIFIED = frozenset(
    {
        "legalmail.it",
        "arubapec.it",
        "postecert.it",
        "poste-certificate.it",
        "registerpec.it",
        "sicurezzapostale.it",
        "actaliscertymail.it",
        "mypec.eu",
    }
)
HOUSE_NUMBER = re.compile(r"(?:n\. ?)?\d{1,4}(?:[/ ]?\w{1,3})?")


def looks_certified(address: str) -> bool:
    """Whether an e-mail address is one of certified e-mail, as far as its domain shows."""
    domain = address.strip().lower().rpartition("@")[2]
    return domain in CERTIFIED or any(domain.endswith(f".{each}") for each in CERTIFIED) or "pec" in domain.split(".")


def lines_of_address(address: str) -> list[str]:
    """A postal address on one line as the lines of an envelope: a house number remains with its street."""
    lines: list[str] = []
    for part in re.split(r"[\n,;]", address):
        part = part.strip()
        if part and lines and HOUSE_NUMBER.fullmatch(part):
            lines[-1] += f", {part}"
        elif part:
            lines.append(part)
    return lines
