"""Receipts of the certified e-mails of the demonstration, signed by a manager of its own: one is verified, one cannot be, one is forged."""

import datetime
from pathlib import Path

from django.conf import settings

from notifications.channels import Channel
from notifications.channels.pec.receipts import read_receipt
from notifications.channels.pec.trial import Authority, TrialManager, receipt_of
from notifications.message_ids import message_id_of
from notifications.models import Notice
from notifications.returns.commands import Place, keep_return
from notifications.returns.receipts import check_as_set_up, doubt_of, is_proof, keep_receipt

from .profiles import Plan

SENDER = "vittoria.care@pec.vittoria-care.example"
YEARS = datetime.timedelta(days=365 * 3)


def make_receipts(plan: Plan) -> int:
    """Make the receipts of the certified e-mails that went, and keep whom to trust; returns how many.

    The newest two have receipts that prove nothing: of a manager that nobody vouches for, and one without a signature.
    """
    begins = plan.as_of - YEARS
    authority = Authority.made(begins=begins, name="Autorità di prova della dimostrazione")
    ours = TrialManager.made(authority, begins=begins, ends=plan.as_of + YEARS)
    unknown = Authority.made(begins=begins, name="Autorità che nessuno ha dichiarato")
    others = TrialManager.made(unknown, begins=begins, ends=plan.as_of + YEARS)
    _trust(authority)
    went = Notice.objects.filter(channel=Channel.PEC, state=Notice.State.SENT, sent_at__isnull=False)
    made = 0
    for place, notice in enumerate(went.order_by("-sent_at", "-pk")):
        manager = others if place == 0 else ours
        made += _receive(notice, "accettazione", manager, seconds=3)
        made += _receive(notice, "avvenuta-consegna", None if place == 1 else manager, seconds=11)
    return made


def _trust(authority: Authority) -> None:
    """Keep the certificate of the demonstration's authority where the demonstration looks for it; nowhere else."""
    place = Path(settings.PEC_TRUSTED_CERTIFICATES or settings.VAR_DIR / "pec" / "authority.pem")
    if place.is_relative_to(settings.VAR_DIR):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(authority.pem)


def _receive(notice: Notice, kind: str, manager: TrialManager | None, *, seconds: int) -> bool:
    assert notice.sent_at is not None, "the caller asked for those that went"
    at = notice.sent_at + datetime.timedelta(seconds=seconds)
    mail = receipt_of(
        kind,
        message_id_of(notice),
        sender=SENDER,
        recipient=notice.address,
        identifier=f"opec{notice.pk}.{at:%Y%m%d%H%M%S}.{seconds}@pec.gestore.example",
        at=at,
        subject=notice.subject,
    )
    raw = manager.sign(mail) if manager is not None else mail.as_bytes()
    receipt = read_receipt(raw)
    assert receipt is not None, "it was made as a receipt"
    check = check_as_set_up(raw, receipt)
    is_new = keep_receipt(notice, receipt, raw, check)
    if not is_proof(check):
        keep_return(raw, Place("pec", channel=Channel.PEC), at=at, doubt=doubt_of(check))
    return is_new
