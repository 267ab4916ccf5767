"""Letters by post: a batch that the post has taken, one of whose letters came back, and one that waits for the printer."""

from django.conf import settings
from django.utils import translation

from customers import roles
from customers.models import User
from notifications.letters.commands import make_batch, record_returned, send_batch

IN_A_BATCH = 5  # letters; the others wait, so that a visitor can make a batch too
HANDED_TO = "Poste Italiane, ufficio di Milano 45, distinta di accettazione 0612"
ON_THE_ENVELOPE = "Destinatario trasferito, busta restituita dal portalettere"


@translation.override(settings.LANGUAGE_CODE)
def post_letters() -> int:
    """Put some of the letters that wait into two batches and hand the first to the post; returns how many were printed."""
    officer = User.objects.filter(groups__name=roles.COMPLAINT_OFFICER).order_by("pk").first()
    posted = make_batch(by=officer, most=IN_A_BATCH).batch if officer else None
    if officer is None or posted is None:
        return 0
    send_batch(posted, how=HANDED_TO, by=officer)
    record_returned([posted.letters.earliest("number").code], detail=ON_THE_ENVELOPE, by=officer)
    waiting = make_batch(by=officer, most=IN_A_BATCH).batch
    return posted.number_of_letters + (waiting.number_of_letters if waiting else 0)
