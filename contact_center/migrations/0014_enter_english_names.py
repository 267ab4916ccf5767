"""Enter the English names of the lines, codes and topics of the first installation, where none was written yet.

A row whose Italian name was changed is left alone: what its English name should be is for whoever changed it.
"""

from django.db import migrations

# code, Italian, English; for a line also whom it serves
LINES = [
    ("customers", "Assistenza Clienti", "Customer service", "All customers, about policies, due dates and the reserved area"),
    ("claims", "SOS Apertura Sinistri", "SOS new claims", "Whoever has to report a claim or to follow one"),
    ("campers", "Assistenza Camperisti", "Camper assistance", "Insured owners of campers"),
]
CODES = [
    ("risolto", "Risolto", "Resolved"),
    ("informazione", "Informazione data", "Information given"),
    ("richiamare", "Da richiamare", "To be called back"),
    ("non-risolto", "Non risolto", "Not resolved"),
    ("reclamo", "Sarebbe un reclamo: invitato a scrivere", "Would be a complaint: asked to write"),
    ("numero-errato", "Numero errato", "Wrong number"),
    ("caduta", "Linea caduta", "Line dropped"),
]


def enter(apps, schema_editor):
    get = apps.get_model
    for code, name, english, serves in LINES:
        line = get("contact_center", "TollFreeLine").objects.filter(code=code, name=name)
        line.filter(name_en="").update(name_en=english)
        line.filter(serves_en="").update(serves_en=serves)
    for code, name, english in CODES:
        get("contact_center", "WrapUpCode").objects.filter(code=code, name=name, name_en="").update(name_en=english)


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0013_names_in_english")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
