"""Enter the questions to begin with, and have the three lines ask them; all of it can be changed in the back office."""

from django.db import migrations

# code, fact, Italian, English
QUESTIONS = [
    ("data-nascita", "birth_date", "Qual è la Sua data di nascita?", "What is your date of birth?"),
    (
        "fine-codice-fiscale",
        "tax_code_end",
        "Quali sono gli ultimi cinque caratteri del Suo codice fiscale?",
        "What are the last five characters of your tax code?",
    ),
    (
        "fine-partita-iva",
        "vat_number_end",
        "Quali sono le ultime quattro cifre della partita IVA?",
        "What are the last four digits of the VAT number?",
    ),
    ("targa", "plate", "Qual è la targa di un Suo veicolo assicurato?", "What is the plate of a vehicle insured with us?"),
    ("numero-polizza", "policy_number", "Qual è il numero di una Sua polizza?", "What is the number of a policy of yours?"),
    ("residenza", "address", "Qual è il Suo indirizzo di residenza?", "What is your address of residence?"),
    (
        "ultimo-pagamento",
        "last_payment",
        "In quale giorno ha effettuato l’ultimo pagamento?",
        "On which day did you last pay?",
    ),
]
LINES = ("customers", "claims", "campers")


def enter(apps, schema_editor):
    for position, (code, fact, name, name_en) in enumerate(QUESTIONS, start=1):
        apps.get_model("contact_center", "IdentityQuestion").objects.get_or_create(
            code=code, defaults={"fact": fact, "name": name, "name_en": name_en, "position": position}
        )
    apps.get_model("contact_center", "TollFreeLine").objects.filter(code__in=LINES).update(asks_identity=True)


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0029_identity_and_outgoing_calls")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
