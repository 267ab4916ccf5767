"""Rules of who may decide about whose access, and how rights are written."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from customers.models.account import GRANTABLE, OF_THE_COMPANY, Capacity, Right


def in_order(rights: Iterable[str], capacity: str) -> list[str]:
    """The rights that can be held in the capacity, each once, in the order in which people read them."""
    wanted = set(rights)
    return [right.value for right in GRANTABLE[Capacity(capacity)] if right in wanted]


def in_words(rights: Iterable[str], capacity: str) -> str:
    """What somebody may do, as a sentence's list; a person who has no right may look."""
    if capacity == Capacity.SELF:
        return _("everything")
    names = [str(Right(right).label) for right in in_order(rights, capacity)]
    return ", ".join([_("look"), *names])


def may_be_ended_by_the_customer(capacity: str) -> bool:
    """Whether whoever decides for the customer may end it: not what a court or a death has decided."""
    return capacity in (*OF_THE_COMPANY, Capacity.ATTORNEY)


def why_not_without(*, decides: bool, is_of_company: bool, others_decide: bool) -> str:
    """The reason why a person of a customer cannot lose the right to decide on access, or "".

    A company always has somebody who decides and whose access has no end: else nobody could let anybody in or out.
    """
    if is_of_company and decides and not others_decide:
        return _("This is the last person who decides who has access: give the permission to somebody else first.")
    return ""
