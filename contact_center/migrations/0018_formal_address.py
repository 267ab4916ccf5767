"""Address the reader formally in the guided question and the code of the first installation.

A row whose text was changed since is left alone.
"""

from django.db import migrations

QUESTION = ("Il veicolo è intestato a lei?", "Il veicolo è intestato a Lei?")
ALSO = ("Quale documento le serve?", "Quale documento Le serve?")
CODE = ("Sarebbe un reclamo: invitato a scrivere", "Possibile reclamo: invitato a presentarlo per iscritto")
CODE_EN = ("Would be a complaint: asked to write", "Possible complaint: asked to put it in writing")


def _replace(apps, pairs):
    questions = apps.get_model("contact_center", "TopicQuestion").objects
    codes = apps.get_model("contact_center", "WrapUpCode").objects.filter(code="reclamo")
    for before, after in pairs:
        questions.filter(label=before).update(label=after)
        codes.filter(name=before).update(name=after)
        codes.filter(name_en=before).update(name_en=after)


def enter(apps, schema_editor):
    _replace(apps, (QUESTION, ALSO, CODE, CODE_EN))


def take_back(apps, schema_editor):
    _replace(apps, [(after, before) for before, after in (QUESTION, ALSO, CODE, CODE_EN)])


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0017_plainer_labels")]

    operations = [migrations.RunPython(enter, take_back)]
