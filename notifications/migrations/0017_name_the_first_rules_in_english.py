"""Name in English the rules that every installation begins with."""

from django.db import migrations

NAMES = {
    "Scadenza della polizza: preavviso di legge": "Policy expiry: notice owed by law",
    "Rata in scadenza": "Instalment about to fall due",
    "Rata non pagata, finché la copertura dura": "Instalment not paid, while the cover lasts",
    "Sinistro preso in carico": "Claim taken in charge",
    "Sinistro seguito da altri": "Claim followed by somebody else",
    "Scadenza della polizza: promemoria a 7 giorni": "Policy expiry: reminder at 7 days",
    "Fine dei giorni di tolleranza": "End of the days of grace",
    "Rinnovo offerto": "Renewal offered",
    "Rinnovo offerto: promemoria a 7 giorni": "Renewal offered: reminder at 7 days",
    "Pagamento non riuscito": "Payment failed",
    "Attestato di rischio disponibile": "Risk certificate available",
    "Polizza vita in scadenza": "Life policy about to mature",
    "Visita del perito": "Visit of the assessor",
    "Documento di un sinistro mancante: promemoria": "Document of a claim missing: reminder",
    "Offerta per un sinistro": "Offer for a claim",
    "Sinistro liquidato": "Claim paid",
    "Sinistro respinto": "Claim refused",
}


def enter(apps, schema_editor):
    rules = apps.get_model("notifications", "AlertRule").objects
    for italian, english in NAMES.items():
        rules.filter(name=italian, name_en="").update(name_en=english)


def take_back(apps, schema_editor):
    rules = apps.get_model("notifications", "AlertRule").objects
    for italian, english in NAMES.items():
        rules.filter(name=italian, name_en=english).update(name_en="")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0016_alert_rules_in_english")]
    operations = [migrations.RunPython(enter, take_back)]
