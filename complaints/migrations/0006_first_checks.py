"""The checklist and the rule of approval with which the register begins; both are data from then on."""

from typing import Any

from django.db import migrations

# reason ("" for all): what to look at, in Italian and in English
ITEMS: dict[str, list[tuple[str, str]]] = {
    "": [
        ("Chi scrive ha titolo a una risposta?", "Has the writer a right to an answer?"),
        ("Esiste già un reclamo sullo stesso fatto?", "Is there a complaint about the same matter already?"),
        ("La risposta tocca ogni punto sollevato?", "Does the answer deal with every point raised?"),
    ],
    "settlement_delay": [
        ("Data della richiesta completa di documenti", "Day on which the claim's documents were complete"),
        ("Termine di legge per l'offerta e giorni di ritardo", "Term of law for the offer, and days late"),
        ("Parere scritto del liquidatore", "Written opinion of the adjuster"),
    ],
    "liability_split": [
        ("Modulo CAI e rapporto delle autorità", "Accident form and report of the authorities"),
        ("Motivazione dell'attribuzione scritta nell'offerta", "Reasons for the split stated in the offer"),
    ],
    "damage_valuation": [
        ("Perizia e fotografie nel fascicolo", "Assessor's report and pictures in the file"),
        ("Scoperti e franchigie applicati correttamente", "Deductibles applied as the contract says"),
    ],
    "cover_dispute": [
        ("Condizioni di polizza in vigore alla data dell'evento", "Conditions in force on the day of the event"),
        ("Esclusione citata con l'articolo", "Exclusion named with its article"),
    ],
    "late_payment": [("Data dell'accettazione e data del bonifico", "Day of the acceptance and day of the transfer")],
    "benefit_delay": [
        ("Documenti dei beneficiari completi e da quando", "Documents of the beneficiaries complete, and since when"),
        ("Interessi dovuti per il ritardo", "Interest owed for the delay"),
    ],
    "risk_certificate": [("Attestato nella banca dati e sinistri attribuiti", "Certificate in the data base and its claims")],
    "cancellation": [("Data e mezzo della disdetta ricevuta", "Day and way of the cancellation received")],
    "intermediary_conduct": [
        ("Posizione scritta dell'intermediario", "Written position of the intermediary"),
        ("Documentazione precontrattuale firmata", "Pre-contract documents signed"),
    ],
    "information": [("Documenti consegnati prima della firma", "Documents handed over before the signature")],
    "surrender_value": [("Calcolo del riscatto e costi del contratto", "Surrender calculation and costs of the contract")],
    "privacy": [("Parere del responsabile della protezione dei dati", "Opinion of the data protection officer")],
    "reserved_area": [("Registro degli accessi e segnalazioni tecniche", "Access log and technical reports")],
}
SECOND_PERSON_FROM = 10_000  # euro: a rejection of so much is read by somebody else before it goes out
STEP = 10


def first_checks(apps: Any, _schema_editor: Any) -> None:
    apps.get_model("complaints", "ChecklistItem").objects.bulk_create(
        apps.get_model("complaints", "ChecklistItem")(reason=reason, name=name, name_en=name_en, place=place * STEP)
        for reason, items in ITEMS.items()
        for place, (name, name_en) in enumerate(items, start=1)
    )
    apps.get_model("complaints", "ApprovalRule").objects.create(outcome="rejected", from_euro=SECOND_PERSON_FROM)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0005_second_person_and_checklist")]

    operations = [migrations.RunPython(first_checks, migrations.RunPython.noop)]
