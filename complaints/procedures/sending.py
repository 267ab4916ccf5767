"""Commands: make the letter of a request or an appeal, send it, and see that it arrives.

By PEC the notice of the outbox carries it, and its receipts prove that it went. By post, or on the Arbiter's portal, a person takes it
there and enters the day and the number of the proof. Until then the letter has not gone, and its term goes on being warned of.
"""

import logging
from datetime import date

from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import ArbitratorAppeal, ProcedureFile, ProcedureLetter, RegulatorRequest
from complaints.procedures import kinds
from complaints.procedures.letters import ProcedureText, pdf_of
from complaints.procedures.steps import Procedure, ProcedureT, locked, save_version, write_step
from complaints.services.handling import people_to_warn
from customers.models import User
from customers.validators import normalise_email
from foundation.files.downloads import PDF
from foundation.refusals import Refused
from foundation.text import clean_line
from notifications.channels import served
from notifications.kinds import PEC
from notifications.models import Notice
from notifications.services import queue_notice

log = logging.getLogger(__name__)

Way = ProcedureLetter.Way
FAILED = (Notice.State.REFUSED, Notice.State.WITHHELD, Notice.State.IN_DOUBT)


def ways_to_ivass() -> list[tuple[str, str]]:
    """The ways by which a letter to IVASS can go from here: PEC only where this installation serves it."""
    ways = (Way.PEC, Way.POST) if PEC in served() else (Way.POST,)
    return [(way.value, str(way.label)) for way in ways]


def enclosed_with(row: Procedure) -> list[ProcedureFile]:
    """The documents that go out with the letter: all that are kept as sent, in the order in which they were added."""
    return list(row.files.filter(direction=ProcedureFile.Direction.SENT))


def make_letter(row: Procedure, text: ProcedureText, *, way: str, address: str, by: User) -> ProcedureLetter:
    """Store the letter of a locked row as bytes, and send it by PEC where that is its way."""
    letter = ProcedureLetter(pdf=pdf_of(text), by=by, way=way, address=address)
    if isinstance(row, RegulatorRequest):
        letter.request = row
    else:
        letter.appeal = row
    if way == Way.PEC:
        letter.notice = _send_by_pec(row, letter, number=1)
    letter.save()
    letter.refresh_from_db(fields=["sha256"])
    return letter


def _send_by_pec(row: Procedure, letter: ProcedureLetter, *, number: int) -> Notice:
    """Queue the letter, with its documents, to its certified address; `number` counts the sendings."""
    letter.address = normalise_email(letter.address)
    files = [(each.name, each.content_type, _bytes_of(each)) for each in enclosed_with(row)]
    return queue_notice(
        kinds.IVASS_ANSWER,
        once=f"ivass-answer:{row.pk}:{number}",
        words={"protocol": str(row), "number": row.complaint.number},
        channel=PEC,
        address=letter.address,
        language="it",
        attachments=[(letter.file_name, PDF, bytes(letter.pdf)), *files],
        thread=f"ivass:{row.pk}",
    )


def _bytes_of(file: ProcedureFile) -> bytes:
    with file.file.open("rb") as content:
        return content.read()


def letter_of(row: Procedure) -> ProcedureLetter | None:
    """The letter of a request or an appeal; None while there is none."""
    of = Q(request=row.pk) if isinstance(row, RegulatorRequest) else Q(appeal=row.pk)
    return ProcedureLetter.objects.filter(of).select_related("notice").first()


def is_on_its_way(letter: ProcedureLetter) -> bool:
    """Whether a PEC may still arrive: it is queued or being sent."""
    notice = letter.notice
    return notice is not None and notice.state in (Notice.State.QUEUED, Notice.State.SENDING)


def _needed(row: Procedure) -> ProcedureLetter:
    if (letter := letter_of(row)) is None:
        raise Refused(_("There is no letter yet."), code="no_letter")
    return letter


# --- What a person does about it ------------------------------------------------------------------------------------
@transaction.atomic
def send_again(request: RegulatorRequest, *, way: str, address: str, by: User) -> RegulatorRequest:
    """Send the same bytes of the stored answer to IVASS by another way or to another address.

    Refused where there is no letter, and while it is on its way or has gone.
    """
    request = locked(request)
    letter = _needed(request)
    if request.sent_on is not None or is_on_its_way(letter):
        raise Refused(_("The letter is on its way, or has gone."), code="on_its_way")
    check_way(way, address)
    letter.way, letter.address, letter.problem, letter.notice = way, clean_line(address), "", None
    if way == Way.PEC:
        sent_before = Notice.objects.filter(once__startswith=f"ivass-answer:{request.pk}:").count()
        letter.notice = _send_by_pec(request, letter, number=sent_before + 1)
    letter.save()
    save_version(request)
    write_step(request, "sent_again", by=by, notice=letter.notice, way=str(way), address=letter.address)
    return request


def check_way(way: str, address: str) -> None:
    """Refused for a way by which nothing goes to IVASS from here, and for a PEC without an address."""
    if way not in dict(ways_to_ivass()):
        raise Refused(_("Choose how the answer goes."), code="no_way", field="way")
    if way == Way.PEC and "@" not in address:
        raise Refused(_("A PEC needs a certified address."), code="no_address", field="address")


@transaction.atomic
def record_handing(row: ProcedureT, *, sent_on: date, post: str = "", tracking: str = "", by: User) -> ProcedureT:
    """Enter the day on which a person posted the letter or put it on the portal, and the number of the proof.

    A PEC that did not arrive may be posted as well. Refused where there is no letter, while a PEC is on its way, when it has gone already, for a
    day before the letter or in the future, without the kind of post of a letter by post, and without the receipt's number of the portal.
    """
    row = locked(row)
    letter = _needed(row)
    if row.sent_on is not None:
        raise Refused(_("The letter has gone already."), code="gone_already")
    if is_on_its_way(letter):
        raise Refused(_("The PEC is still on its way: see first what becomes of it."), code="on_its_way")
    if not timezone.localdate(letter.made_at) <= sent_on <= timezone.localdate():
        raise Refused(
            _("The letter went between the day on which it was made and today."), code="not_that_day", field="sent_on"
        )
    letter.way, letter.notice = Way.POST if letter.way == Way.PEC else letter.way, None
    tracking = clean_line(tracking)[:60]
    if letter.way == Way.POST and not post:
        raise Refused(_("Say how the letter went."), code="no_way", field="post")
    if letter.way == Way.PORTAL and not tracking:
        raise Refused(_("Enter the number of the portal's receipt."), code="no_proof", field="tracking")
    letter.post, letter.tracking = post, tracking
    letter.save()
    row.sent_on = sent_on
    _settle(row)
    save_version(row)
    write_step(
        row, "gone", by=by, sent_on=sent_on.isoformat(), way=str(letter.way), post=post, tracking=letter.tracking
    )
    return row


def _settle(row: Procedure) -> None:
    """Counter-arguments that have gone leave no term of ours until there is a decision; a request keeps its own."""
    if isinstance(row, ArbitratorAppeal) and row.state == row.State.WAITING:
        row.due_on = None


# --- What became of a PEC -------------------------------------------------------------------------------------------
def follow_letters() -> int:
    """Enter which letters have gone by PEC, and report those that did not arrive; returns how many changed.

    It asks what is owed and not yet entered, so it may run again and late.
    """
    by_pec = ProcedureLetter.objects.filter(way=Way.PEC)
    gone = Q(notice__state=Notice.State.SENT) & ~Q(notice__arrival=Notice.Arrival.FAILED)
    waiting = by_pec.filter(gone, request__sent_on__isnull=True)
    failed = Q(notice__state__in=FAILED) | Q(notice__arrival=Notice.Arrival.FAILED)
    ids = [*waiting.values_list("pk", flat=True), *by_pec.filter(failed, problem="").values_list("pk", flat=True)]
    return sum(follow_letter(pk) for pk in ids)


def follow_notice(notice_id: int) -> None:
    """Report at once that a letter did not arrive, where one goes with the notice; an error must not stop the deliveries."""
    try:
        with transaction.atomic():
            for pk in ProcedureLetter.objects.filter(way=Way.PEC, notice=notice_id).values_list("pk", flat=True):
                follow_letter(pk)
    except Error:
        log.exception("the letter of notice %s could not be followed", notice_id)


@transaction.atomic
def follow_letter(letter_id: int) -> bool:
    """Enter what became of one letter; whether there was anything to enter."""
    owner = ProcedureLetter.objects.values_list("request", flat=True).get(pk=letter_id)
    if owner is None:
        return False
    request = locked(RegulatorRequest(pk=owner))  # before its letter, as every command does
    letter = ProcedureLetter.objects.select_for_update(of=("self",)).select_related("notice", "by").get(pk=letter_id)
    if (notice := letter.notice) is None:
        return False
    did_not_arrive = notice.state in FAILED or notice.arrival == Notice.Arrival.FAILED
    if did_not_arrive and not letter.problem:
        letter.problem = notice.problem or _("the message did not arrive")
        letter.save(update_fields=["problem"])
        request.sent_on = None  # an answer that did not arrive is none
        save_version(request)
        _report(request, letter)
        return True
    if did_not_arrive or notice.state != Notice.State.SENT or request.sent_on is not None:
        return False
    request.sent_on = timezone.localdate(notice.sent_at)
    save_version(request)
    write_step(request, "gone", by=None, notice=notice, sent_on=request.sent_on.isoformat(), way=str(letter.way))
    return True


def _report(request: RegulatorRequest, letter: ProcedureLetter) -> None:
    people = people_to_warn(request.complaint, first=request.handler or letter.by)
    words = {
        "protocol": request.protocol,
        "number": request.complaint.number,
        "address": letter.address,
        "problem": letter.problem,
    }
    for person in people:
        once = f"ivass-not-delivered:{letter.notice_id}:{person.pk}"
        queue_notice(kinds.IVASS_NOT_DELIVERED, once=once, words=words, user=person)
    write_step(
        request,
        "returned",
        by=None,
        notice=letter.notice,
        address=letter.address,
        problem=letter.problem,
        told=[str(person) for person in people],
    )
