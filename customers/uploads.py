"""Commands of files that are sent ahead of their message: keep one, take one away, forget what nobody used; and the rule
by which they go with a message.

A telephone in a tunnel sends one file at a time, as often as it takes: the same `key` again is the same file. It is the affair
of the person who sent it (`by`): others who act for the customer neither see it nor send it.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer, Upload, User
from foundation.files.accepted import CLAIM, MESSAGE, CheckedFile, Limits, check_file
from foundation.files.keeping import FilesNotKept, keep_files
from foundation.refusals import Refused

KEPT = timedelta(hours=24)
FORGOTTEN_AT_ONCE = 500


class UploadBroken(Refused):
    """What arrived is not what was sent: the line broke off, or something on the way changed it. Nothing was kept."""

    code = "upload_broken"


class UploadGone(Refused):
    """A file that is not here: sent more than a day ago, taken away, or never."""

    code = "upload_gone"


def refuse_broken(upload: UploadedFile | File, sha256: str) -> None:
    """UploadBroken unless the bytes that arrived have the sender's checksum (64 hexadecimal digits)."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    if digest.hexdigest() != sha256.lower():
        raise UploadBroken(_("The file did not arrive whole: send it again. Nothing of it was kept."), field="sha256")


def keep_upload(upload: UploadedFile | File, *, key: uuid.UUID, customer: Customer, by: User) -> Upload:
    """Keep a file until it is sent with a message, a day at most; the same `key` again returns the one that is there.

    It is checked as those of a claim; a picture loses what its camera wrote and is turned upright. ValidationError, naming
    the file, for one that is refused; Refused where too much waits already; FilesNotKept where there is no room.
    """
    if (before := _known(key, customer, by)) is not None:
        return before
    return _keep(check_file(upload, CLAIM, turns=True, from_page=True), key=key, customer=customer, by=by)


@transaction.atomic
def _keep(file: CheckedFile, *, key: uuid.UUID, customer: Customer, by: User) -> Upload:
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
    if (before := _known(key, customer, by)) is not None:
        return before
    there = Upload.objects.filter(customer=customer).aggregate(n=Count("pk"), size=Sum("size"))
    if there["n"] >= CLAIM.files or (there["size"] or 0) + file.size > CLAIM.together:
        raise Refused(
            _("Many files are waiting to be sent already: send your message with them, or take some away first."),
            code="too_many_uploads",
        )
    [kept] = keep_files(Upload, [file], key=key, customer=customer, given_by=by)
    return kept


def _known(key: uuid.UUID, customer: Customer, by: User) -> Upload | None:
    return Upload.objects.filter(key=key, customer=customer, given_by=by).first()


@transaction.atomic
def remove_upload(key: uuid.UUID, *, customer: Customer, by: User) -> None:
    """Take a file away; one that is gone already is no matter."""
    _delete(Upload.objects.select_for_update().filter(key=key, customer=customer, given_by=by))


def forget_uploads(now: datetime) -> int:
    """Delete what has waited for more than a day, FORGOTTEN_AT_ONCE of it; returns how many."""
    with transaction.atomic():
        old = Upload.objects.received_before(now - KEPT).order_by("received_at")
        return _delete(old.select_for_update(skip_locked=True)[:FORGOTTEN_AT_ONCE])


def _delete(uploads: Iterable[Upload]) -> int:
    """Delete rows, and their files once that is certain; returns how many."""
    found = list(uploads)
    for each in found:
        stored, name = each.file.storage, each.file.name or ""
        each.delete()
        transaction.on_commit(partial(stored.delete, name), robust=True)
    return len(found)


# --- With a message -------------------------------------------------------------------------------------------------
@contextmanager
def files_to_send(
    keys: Sequence[uuid.UUID], *, customer: Customer, by: User, limits: Limits = MESSAGE
) -> Iterator[list[CheckedFile]]:
    """The files sent ahead with these keys, open, to go with a message: each once and in the order given.

    UploadGone says how many are not here any more; ValidationError where they are too many or too large for the message.
    """
    wanted = list(dict.fromkeys(keys))
    there = {each.key: each for each in Upload.objects.filter(customer=customer, given_by=by, key__in=wanted)}
    if missing := len(wanted) - len(there):
        raise UploadGone(
            ngettext(
                "%(n)d of the files is not here any more: send it again, then your message.",
                "%(n)d of the files are not here any more: send them again, then your message.",
                missing,
            )
            % {"n": missing},
            field="uploads",
        )
    uploads = [there[key] for key in wanted]
    _refuse_too_much(uploads, limits)
    with ExitStack() as opened:
        yield [_checked(each, opened) for each in uploads]


def _refuse_too_much(uploads: Sequence[Upload], limits: Limits) -> None:
    wrong = [
        _("“%(name)s” is larger than %(most)s.") % {"name": each.name, "most": limits.each_in_words}
        for each in uploads
        if each.size > limits.each
    ]
    if len(uploads) > limits.files:
        words = {"most": limits.files, "n": len(uploads)}
        wrong.append(_("Up to %(most)d files go with a message: you chose %(n)d.") % words)
    if sum(each.size for each in uploads) > limits.together:
        wrong.append(
            _("Together the files may take %(most)s: send some of them with a second message.")
            % {"most": limits.together_in_words}
        )
    if wrong:
        raise ValidationError(wrong, code="files_too_large")


def _checked(upload: Upload, opened: ExitStack) -> CheckedFile:
    try:
        content = opened.enter_context(upload.file.open("rb"))
    except OSError as error:
        raise FilesNotKept(
            _("“%(name)s” cannot be read just now: try again later.") % {"name": upload.name}
        ) from error
    return CheckedFile(upload.name, upload.content_type, upload.size, upload.sha256, content)
