"""Query: whether each notice still has somebody to go to, just before it is sent."""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import ContactPoint, ReservedAreaAccount
from customers.models.account import Capacity
from notifications.kinds import KINDS
from notifications.ladder import MOBILE
from notifications.models import Notice, SuppressedAddress

Channel, Kind = Notice.Channel, ContactPoint.Kind
KIND_OF: dict[str, str] = {
    Channel.EMAIL: Kind.EMAIL,
    Channel.SMS: Kind.PHONE,
    Channel.PEC: Kind.PEC,
}  # where the address of a channel stands in the file


def reasons_to_withhold(notices: Iterable[Notice]) -> dict[int, str]:
    """Why some of the notices cannot reach anybody where they were to go, by their ids; for all of them together.

    An e-mail to an address that was the customer's and is not any more, or to which nothing goes, is given another of
    theirs, if there is one and its text is not for one address alone; a text to a telephone likewise, where the number was
    taken from the file. What somebody typed was never the customer's own, and is left as it is. The reserved area must be
    one that can be opened.
    """
    notices = list(notices)
    addressed = [each for each in notices if each.channel in KIND_OF and each.customer_id]
    known = _known(addressed)
    suppressed = _suppressed(notices, known)
    former = _former(
        [each for each in addressed if each.address.lower() not in known[each.customer_id] and _is_chosen(each)]
    )
    open_inboxes = _open_inboxes([each for each in notices if each.channel == Channel.INBOX])
    reasons, corrected = {}, defaultdict(list)
    for notice in notices:
        is_former = (notice.customer_id, notice.address.lower()) in former
        is_suppressed = (notice.channel, notice.address.lower()) in suppressed
        if notice.channel == Channel.INBOX and notice.customer_id and notice.customer_id not in open_inboxes:
            reasons[notice.pk] = _("The customer cannot open the reserved area.")
        elif is_former or is_suppressed:
            others = [] if _is_for_one_address(notice) else _usable(notice, known[notice.customer_id], suppressed)
            if others:
                corrected[others[0]].append(notice)
            elif is_former:
                reasons[notice.pk] = _("The address is not the customer's any more.")
            else:
                reasons[notice.pk] = _("Nothing is sent to this address any more.")
    for address, those in corrected.items():
        waiting = Notice.objects.filter(pk__in=[each.pk for each in those], state=Notice.State.QUEUED)
        waiting.update(address=address)
        for notice in those:
            notice.address = address
    return reasons


def _is_chosen(notice: Notice) -> bool:
    """Whether the address was taken from the customer's file; an answer goes where the person wrote from.

    What informs of a change goes to the address that was the customer's before it; a code goes to a number that is to become
    theirs.
    """
    kind = KINDS.get(notice.kind)
    if notice.channel == Channel.SMS:
        return kind is not None and Channel.SMS in kind.rungs
    is_given = kind is not None and (kind.is_personal or kind.to_former)
    return not notice.mailbox and not is_given


def _is_for_one_address(notice: Notice) -> bool:
    """Whether it may go to no other address of the same customer: it has a link in it that lets in whoever has it."""
    kind = KINDS.get(notice.kind)
    return bool(notice.mailbox) or (kind is not None and (kind.is_confidential or kind.to_former))


def _suppressed(notices: list[Notice], known: dict[int | None, dict[str, str]]) -> set[tuple[str, str]]:
    """(channel, address) to which nothing goes, among those of the notices and of their customers."""
    addresses = {each.address.lower() for each in notices if each.address}
    addresses.update(address for theirs in known.values() for address in theirs)
    if not addresses:
        return set()
    rows = SuppressedAddress.objects.in_force().filter(address__in=addresses)
    return set(rows.values_list("channel", "address"))


def _known(addressed: list[Notice]) -> dict[int | None, dict[str, str]]:
    """The addresses and numbers of each customer, the best first, with their kind."""
    known: dict[int | None, dict[str, str]] = defaultdict(dict)  # nobody in particular has none
    customers = {each.customer_id for each in addressed}
    if customers:
        points = ContactPoint.objects.filter(customer__in=customers)
        best_first = points.order_by(F("verified_at").desc(nulls_last=True), "pk")
        for customer, value, kind in best_first.values_list("customer_id", "value", "kind"):
            known[customer].setdefault(value, kind)
    return known


def _usable(notice: Notice, known: dict[str, str], suppressed: set[tuple[str, str]]) -> list[str]:
    """The addresses of the customer, of the notice's channel, to which something may go."""
    if notice.channel not in KIND_OF:
        return []
    is_mobile = notice.channel == Channel.SMS
    return [
        address
        for address, kind in known.items()
        if kind == KIND_OF[notice.channel]
        and (notice.channel, address) not in suppressed
        and (not is_mobile or address.startswith(MOBILE))
    ]


def _former(addressed: list[Notice]) -> set[tuple[int, str]]:
    """(customer, address) that was the customer's, of those that are not."""
    if not addressed:
        return set()
    rows = apps.get_model("customers", "ContactPointHistory")._default_manager.filter(
        customer__in={each.customer_id for each in addressed},
        value__in={each.address.lower() for each in addressed},
    )
    return set(rows.values_list("customer", "value"))


def _open_inboxes(notices: list[Notice]) -> set[int]:
    """The customers who can open the reserved area."""
    if not notices:
        return set()
    accounts = ReservedAreaAccount.objects.open_on(timezone.localdate()).exclude(capacity=Capacity.HEIR)
    accounts = accounts.filter(customer__in={each.customer_id for each in notices}, user__is_active=True)
    return set(accounts.values_list("customer", flat=True))
