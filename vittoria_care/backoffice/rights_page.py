"""docs/rights.md: the table of doors in plain words."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils import translation

from customers import roles
from foundation.masking import Kind, masked, word_of
from foundation.office.base import OfficeAdmin
from vittoria_care.masking import MASKED
from vittoria_care.permissions import ASK_WHOLE, PERMISSIONS, WHOLE
from vittoria_care.rights import PARTS, Door, Who, model_doors, office_models

# Invented values, to show what is left of them
EXAMPLES = {
    Kind.NAME: "Anna Rossi",
    Kind.TAX_CODE: "RSSNNA80A41F205X",
    Kind.BIRTH_DATE: "1980-01-01",
    Kind.TELEPHONE: "+393331234567",
    Kind.BANK_ACCOUNT: "IT60X0542811101000000123456",
}

HEAD = """# Who may open which door

Written by `manage.py rights > docs/rights.md` from the table in `vittoria_care/rights.py` and the permissions of the
roles in `vittoria_care/permissions.py`; a test fails when this page is not what they say, and another tries every door
as everybody, with identifiers of their own rows and of somebody else's.

How to read it:

- A row out of reach is not found (404), exactly as if it did not exist. A door that is shut leads a visitor to the
  sign-in, and answers 403 to a person who has signed in.
- GET shows and changes nothing, except for the log of accesses to customers' files. POST changes.
- Company staff (contact-centre agent, second-level specialist, complaint officer, manager, auditor, administrator) see
  every customer's file. An agency member sees the customers of their own agency and no others; a former member, or a
  member of a closed agency, sees none.
- A customer sees their own file, while the account of the reserved area is enrolled: not while it is suspended or closed.
  People who act for a customer ([who acts for whom](decisions/acting-for-another.md)) see it too, one customer at a time; a door with a
  right answers 403 to those who do not have it, and one that is not for heirs to an heir.
- A superuser opens every door that is open to any of the staff.
- Staff without a second factor open nothing but what everybody sees and the pages that set one up
  ([a second factor](decisions/second-factor.md)).
- A key opens the doors of its scopes, and no page.
"""


def page() -> str:
    """The whole page."""
    with translation.override("en"):
        parts = [
            HEAD,
            *(_part(title, doors) for title, doors in PARTS.items()),
            _pages(),
            _commands(),
            _seen(),
            _granted(),
        ]
        return "\n".join(parts)


def _part(title: str, doors: Iterable[Door]) -> str:
    rows = ([f"`{door.address}`", " ".join(door.methods), _who(door), door.rows.value] for door in doors)
    return f"## {title}\n\n" + _table(["address", "method", "who", "rows"], rows)


def _pages() -> str:
    head = ["what", "list, page, history: read by", "form changed by", "added by", "rows"]
    rows = [_pages_of(model, office) for model, office in office_models().items()]
    note = "Nothing is deleted by hand. What a form does not change is changed by the commands below.\n\n"
    return "## The back office: each model's pages\n\n" + note + _table(head, rows)


def _pages_of(model: type[Model], office: OfficeAdmin) -> list[str]:
    ways = {(door.address.rpartition("_")[2], door.methods): door for door in model_doors(model, office)}
    reads, changes = ways["changelist", ("GET",)], ways.get(("change", ("POST",)))
    adds = ways.get(("add", ("GET", "POST")))
    return [
        _name(model),
        _roles(reads),
        _roles(changes) if changes else "nobody",
        _roles(adds) if adds else "nobody",
        reads.rows.value,
    ]


def _commands() -> str:
    rows = []
    for model, office in office_models().items():
        labels = {each.name: each.label for each in (*office.commands, *office.list_commands)}
        for door in model_doors(model, office):
            if door.command:
                where = "the list" if door.address.endswith("_list_command") else "a row"
                rows.append([f"{_name(model)}, {where}", f"{labels[door.command]} (`{door.command}`)", _roles(door)])
    return "## The back office: commands\n\n" + _table(["on", "command", "given by"], rows)


def _seen() -> str:
    """Who sees what of a person whole or masked: the words of `PERMISSIONS`, by the kinds and examples of `foundation.masking`."""
    kinds = list(Kind)
    readers = [role for role in roles.ALL if role in roles.STAFF and PERMISSIONS[role]]
    head = ["role", *(str(kind.label) for kind in kinds), "whole, with a reason"]
    rows = [
        [
            str(roles.NAMES[role]),
            *("whole" if word_of(kind) in PERMISSIONS[role] else "masked" for kind in kinds),
            "needs none" if PERMISSIONS[role] >= WHOLE else "yes" if PERMISSIONS[role] >= ASK_WHOLE else "no",
        ]
        for role in readers
    ]
    columns = [
        [
            str(kind.label),
            f"`{masked(kind, EXAMPLES[kind])}`",
            ", ".join(f"`{column}`" for column, held in MASKED.items() if held is kind) or "texts alone",
        ]
        for kind in kinds
    ]
    note = (
        "On every page, list, search, history and file of the back office that the role may open. A masked name of a "
        "customer is the customer's code; texts that people wrote have the customer's names, codes, numbers and accounts "
        "masked as well ([seeing what one needs](decisions/seeing-what-one-needs.md)).\n\n"
    )
    parts = [_table(head, rows), _table(["kind", "masked it is", "columns that hold it"], columns)]
    return "## Who sees what masked\n\n" + note + "\n".join(parts)


def _granted() -> str:
    rows = [
        [str(roles.NAMES[role]), ", ".join(f"`{word}`" for word in sorted(PERMISSIONS[role])) or "none"]
        for role in roles.ALL
    ]
    return "## The permissions of each role\n\n" + _table(["role", "permissions"], rows)


# --- Words ----------------------------------------------------------------------------------------------------------
def _who(door: Door) -> str:
    if door.who is Who.KEY:
        return f"keys with the scope `{door.scope}`"
    if door.who is Who.CUSTOMER:
        return "; ".join([door.who.value, *_rights(door)])
    return _roles(door) if door.who is Who.STAFF else door.who.value


def _rights(door: Door) -> list[str]:
    """What a person must be allowed to do for the customer, and whether an heir opens it."""
    asked = [f"right: {door.right.label}"] if door.right else []
    if door.right_to_send:
        asked.append(f"right to send: {door.right_to_send.label}")
    return asked + (["heirs too"] if door.for_heirs else [])


def _roles(door: Door) -> str:
    """The roles in words: by name, or as a group where the group is whole."""
    if door.who is Who.NOBODY:
        return "nobody"
    for name, group in (("all staff", roles.STAFF), ("company staff", roles.COMPANY_WIDE)):
        if door.roles == group:
            return name
    if not door.roles:
        return "superusers only"
    company = "company staff and " if door.roles > roles.COMPANY_WIDE else ""
    named = door.roles - roles.COMPANY_WIDE if company else door.roles
    return company + ", ".join(str(roles.NAMES[role]) for role in roles.ALL if role in named)


def _name(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
