"""Promotions in the demonstration: two that have ended, with their results; one about which people are rung; one that waits for
approval; a draft; a pause.
"""

import datetime
import io
from typing import Any

from django.utils import timezone

from contact_center.models import Contact
from customers import roles
from customers.models import Agency, CampaignAgency, Consent, ContactPoint, Customer, User
from foundation.refusals import Refused
from notifications.models import Notice
from promotions.models import CalledPerson, Promotion, PromotionEvent, Recipient, Visit
from promotions.pauses import pause_contact
from promotions.results.counting import count_outcomes
from promotions.sending.handing_over import begin_promotion, hand_over_chunk
from promotions.telephone.checking import export_opposition_check, file_of, import_opposition_check
from promotions.telephone.ringing import make_call_list, record_call
from promotions.telephone.rules import FORMATS, in_force
from promotions.writing.commands import submit_promotion, write_promotion

from .organisation import Organisation
from .profiles import Plan

ENDED_DAYS_AGO, OLDER_DAYS_AGO, RUNG_DAYS_AGO = 35, 110, 4
LEFT_ALONE = 25  # place of the bereaved among the customers of the story
HOME = {
    "name": "Casa sicura – primavera",
    "ramo": "8",
    "channels": ["inbox", "email"],
    "subject": "La Sua casa, protetta tutto l’anno",
    "text": (
        "chi assicura già l’auto con noi ha fino alla fine del mese prossimo il 15% di riduzione sulla polizza per la casa: "
        "incendio, acqua condotta, furto e assistenza a domicilio.\n\nIl preventivo è gratuito e non impegna: bastano "
        "i metri quadrati e l’indirizzo."
    ),
    "lacks_lines": ["8", "9"],
    "least_age": 18,
    "cap_days": 30,
    "holdout_percent": 20,
}
FAMILY = {
    "name": "Responsabilità civile della famiglia",
    "ramo": "13",
    "channels": ["email"],
    "subject": "Un vaso che cade, un cane che scappa: ci pensa la polizza",
    "text": (
        "per meno di dieci euro al mese la responsabilità civile della famiglia paga i danni che Lei, i Suoi figli o i Suoi animali "
        "causano ad altri, in casa e fuori.\n\nNe parli con noi: il preventivo è gratuito."
    ),
    "lacks_lines": ["13"],
    "least_age": 25,
    "cap_days": 30,
    "holdout_percent": 20,
}
GLASS = {
    "name": "Cristalli ed eventi naturali",
    "ramo": "3",
    "channels": ["inbox", "email"],
    "subject": "Grandine in arrivo? La Sua auto è al riparo",
    "text": (
        "con cristalli ed eventi naturali la Sua auto è protetta da grandine, vento e vandalismo. Chi l’aggiunge entro "
        "la fine del mese prossimo ha il primo anno a metà prezzo."
    ),
    "holds_lines": ["10"],
    "cap_days": 7,
    "holdout_percent": 0,  # whoever signs in as the firm finds it in the reserved area, whatever the lots
}
MOST_RUNG = 9  # customers of the agency who signed the form about calls
TRAVEL = {
    "name": "Assistenza in viaggio – estate",
    "ramo": "18",
    "channels": ["email"],
    "subject": "In viaggio con l’assistenza accanto",
    "text": (
        "prima delle vacanze aggiunga alla Sua polizza l’assistenza in viaggio: soccorso stradale in tutta Europa, auto "
        "sostitutiva per sette giorni, rientro dei passeggeri."
    ),
    "holds_lines": ["10"],
    "provinces": ["MI", "MB", "LO", "PV"],
    "cap_days": 45,
    "holdout_percent": 10,
}
PENSION = {
    "name": "Previdenza – trentenni",
    "ramo": "VI",
    "channels": ["email", "sms"],
    "subject": "La pensione si prepara presto",
    "text": "con 50 euro al mese comincia il Suo fondo pensione, e i versamenti si deducono dal reddito.",
    "sms_text": "La pensione si prepara presto: con 50 euro al mese comincia il Suo fondo, deducibile dal reddito.",
    "least_age": 30,
    "most_age": 39,
    "cap_days": 30,
    "holdout_percent": 10,
}
SENT_BACK = "Manca fino a quando vale l’offerta, e il limite di deducibilità."


def make_promotions(plan: Plan, organisation: Organisation, customers: list[Customer]) -> None:
    """What the agency of the printed sign-in and the campaign author have written."""
    agency, other = organisation.agencies[0], organisation.agencies[1]
    member, author = organisation.staff[roles.AGENCY_MEMBER], organisation.staff[roles.CAMPAIGN_AUTHOR]
    manager = organisation.staff[roles.MANAGER]
    CampaignAgency.objects.bulk_create(CampaignAgency(user=author, agency=each) for each in (agency, other))
    _older(plan, other, author, manager)
    _ended(plan, agency, member, manager, customers)
    _rung(plan, agency, member, manager)
    submit_promotion(_written(agency, member, TRAVEL), by=member)
    draft = _written(other, author, PENSION)
    for old, new, words, by in (("draft", "submitted", "", author), ("submitted", "draft", SENT_BACK, manager)):
        PromotionEvent.objects.create(
            promotion=draft, old=old, new=new, words=words, by=by, at=plan.as_of - datetime.timedelta(days=2)
        )
    pause_contact(
        customers[LEFT_ALONE],
        ground="bereavement",
        until=plan.today + datetime.timedelta(days=90),
        by=organisation.staff[roles.AGENT],
    )


def _written(agency: Agency, by: User, facts: dict[str, Any]) -> Promotion:
    return write_promotion(by=by, agency=agency, controller=Promotion.Controller.AGENCY, **facts)


def _ended(plan: Plan, agency: Agency, member: User, manager: User, customers: list[Customer]) -> None:
    """Sent five weeks ago to whom it was allowed to; some followed the link, one asked, one wants no more."""
    begun = (plan.as_of - datetime.timedelta(days=ENDED_DAYS_AGO)).replace(hour=10, minute=0)
    Consent.objects.bulk_create(
        _agreed_to_advertising(each, begun) for each in (customers[0], customers[2], customers[3])
    )
    promotion = _approved(_written(agency, member, HOME), manager, begun)
    begin_promotion(promotion.pk, now=begun)
    while not hand_over_chunk(promotion.pk, now=begun).is_last:
        pass
    written = list(Recipient.objects.filter(promotion=promotion, state="written").select_related("notice", "customer"))
    for place, recipient in enumerate(written):
        _sent(recipient, begun + datetime.timedelta(minutes=1, seconds=place))
    for recipient in written[::3]:
        Visit.objects.create(recipient=recipient, by_machine=False, at=begun + datetime.timedelta(hours=5))
    for recipient in written[1::4]:
        Visit.objects.create(recipient=recipient, by_machine=True, at=begun + datetime.timedelta(seconds=70))
    for recipient in written[:1]:
        asked = Contact.objects.filter(customer=recipient.customer).order_by("-started_at").first()
        Recipient.objects.filter(pk=recipient.pk).update(contact=asked)
    for recipient in written[-1:]:
        _wants_no_more(recipient, begun + datetime.timedelta(days=1))


def _older(plan: Plan, agency: Agency, author: User, manager: User) -> None:
    """Of another agency, long enough ago for its outcome: too few to tell, as for one agency nearly always."""
    begun = (plan.as_of - datetime.timedelta(days=OLDER_DAYS_AGO)).replace(hour=10, minute=0)
    _sent_at_once(_approved(_written(agency, author, FAMILY), manager, begun), begun)
    count_outcomes()


def _rung(plan: Plan, agency: Agency, member: User, manager: User) -> None:
    """Of these days: the numbers were looked up, some are in the register, and the agency has begun to ring the others."""
    begun = (plan.as_of - datetime.timedelta(days=RUNG_DAYS_AGO)).replace(hour=10, minute=0)
    numbers = ContactPoint.objects.filter(customer__agency=agency, kind="phone", value__startswith="+39")
    known = list(
        numbers.order_by("customer", "pk").distinct("customer").values_list("customer", flat=True)[:MOST_RUNG]
    )
    Consent.objects.bulk_create(
        Consent(
            customer_id=customer,
            purpose=Consent.Purpose.AGENCY_PROMOTIONS,
            channel=Consent.Channel.PHONE,
            event=event,
            text_version="2026-01",
            source=Consent.Source.AGENCY,
            evidence="modulo firmato in agenzia",
            recorded_at=begun - datetime.timedelta(days=200, minutes=-minutes),
        )
        for customer in known
        for event, minutes in ((Consent.Event.GIVEN, 0), (Consent.Event.CONFIRMED, 5))
    )
    promotion = _approved(_written(agency, member, GLASS), manager, begun)
    _sent_at_once(promotion, begun)
    try:
        check = export_opposition_check(promotion, by=member)
    except Refused:  # a portfolio so small that nobody of the agency may be rung
        return
    layout = in_force(FORMATS, timezone.localdate())
    lines = [f"{layout.number};{layout.result};{layout.since}"]
    for place, number in enumerate(file_of(check).decode().split()[1:]):
        lines.append(f"{number};{'iscritto;2025-06-10' if place % 5 == 1 else 'non iscritto;'}")
    answer = io.BytesIO("\n".join(lines).encode())
    import_opposition_check(check, source=answer, checked_on=timezone.localdate(), by=member)
    listed = make_call_list(promotion, by=member).call_list
    for person, (result, note) in zip(
        CalledPerson.objects.filter(call_list=listed).order_by("pk"), CALLS, strict=False
    ):
        record_call(person, result=result, note=note, by=member)


CALLS = (("reached", "Vuole il preventivo per la seconda auto."), ("no_answer", ""))


def _sent_at_once(promotion: Promotion, begun: datetime.datetime) -> None:
    """To all whom it may reach, in the minute of its beginning."""
    begin_promotion(promotion.pk, now=begun)
    while not hand_over_chunk(promotion.pk, now=begun).is_last:
        pass
    written = Recipient.objects.filter(promotion=promotion, state="written").select_related("notice", "customer")
    for place, recipient in enumerate(written):
        _sent(recipient, begun + datetime.timedelta(minutes=1, seconds=place))


def _agreed_to_advertising(customer: Customer, begun: datetime.datetime) -> Consent:
    """Advertising in the reserved area, three weeks before the promotion began."""
    return Consent(
        customer=customer,
        purpose=Consent.Purpose.PORTAL_ADVERTISING,
        channel=Consent.Channel.PORTAL,
        event=Consent.Event.GIVEN,
        text_version="2026-01",
        source=Consent.Source.PORTAL,
        evidence="pulsante della pagina dei consensi",
        recorded_at=begun - datetime.timedelta(days=20),
    )


def _approved(promotion: Promotion, by: User, begun: datetime.datetime) -> Promotion:
    """As it was approved three days before it began, for a fortnight."""
    approved_at = begun - datetime.timedelta(days=3)
    mine = Promotion.objects.filter(pk=promotion.pk)
    steps: tuple[tuple[str, User, datetime.datetime, dict[str, Any]], ...] = (
        (Promotion.State.SUBMITTED, promotion.writer, approved_at - datetime.timedelta(hours=4), {}),
        (
            Promotion.State.APPROVED,
            by,
            approved_at,
            {
                "approved_by": by,
                "approved_at": approved_at,
                "send_from": begun,
                "not_after": begun + datetime.timedelta(days=14),
            },
        ),
    )
    for state, person, at, fields in steps:
        PromotionEvent.objects.create(promotion=promotion, old=promotion.state, new=state, by=person, at=at)
        mine.update(state=state, **fields)
        promotion.state = state
    return mine.get()


def _sent(recipient: Recipient, at: datetime.datetime) -> None:
    notice = recipient.notice
    assert notice is not None, "it was written to"
    made = notice.make_wording()
    Notice.objects.filter(pk=notice.pk).update(
        subject=made.subject,
        body_text=made.text,
        body_html=made.html,
        state=Notice.State.SENT,
        attempts=1,
        claimed_at=at,
        sent_at=at,
    )


def _wants_no_more(recipient: Recipient, at: datetime.datetime) -> None:
    """The person pressed the link of the message."""
    if recipient.consent is None:
        return
    Consent.objects.create(
        customer=recipient.customer,
        purpose=recipient.consent.purpose,
        channel=recipient.consent.channel,
        event=Consent.Event.WITHDRAWN,
        text_version=recipient.consent.text_version,
        source=Consent.Source.UNSUBSCRIBE,
        evidence="collegamento nel messaggio",
        recorded_by=None,
        recorded_at=at,
    )
