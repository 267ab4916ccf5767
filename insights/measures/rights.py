"""Who may see and write measures."""

from foundation.requests import Person

SEES, BEGINS, CHANGES = "insights.view_measure", "insights.add_measure", "insights.change_measure"


def may_begin(user: Person) -> bool:
    """Whether the person may begin a measure."""
    return user.has_perm(BEGINS)


def may_change(user: Person) -> bool:
    """Whether the person may change measures, and be the owner of one."""
    return user.has_perm(CHANGES)
