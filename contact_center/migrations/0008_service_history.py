import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contact_center', '0007_call_events'),
        ('customers', '0002_roles'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpeningPeriodHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='opens at')),
                ('closes', models.TimeField(help_text='00:00 is midnight at the end of the day', verbose_name='closes at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ServiceCalendarHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=30, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('province', models.CharField(blank=True, help_text="Such as MI: its patron saint's day is a holiday too", max_length=2, verbose_name='province of the patron saint')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ServiceTargetHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('request', 'request'), ('consideration', 'consideration'), ('claim_report', 'claim report'), ('feedback', 'feedback')], max_length=15, verbose_name='kind')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'first level'), (2, 'second level')], verbose_name='level')),
                ('minutes', models.PositiveIntegerField(verbose_name='minutes of service')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SpecialDayHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('day', models.DateField(verbose_name='day')),
                ('name', models.CharField(max_length=100, verbose_name='why')),
                ('opens', models.TimeField(blank=True, help_text='Empty: closed the whole day', null=True, verbose_name='opens at')),
                ('closes', models.TimeField(blank=True, null=True, verbose_name='closes at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WrapUpCodeHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=30, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('key', models.CharField(blank=True, help_text='Chooses it on the keyboard', max_length=1, verbose_name='key')),
                ('outcome', models.CharField(choices=[('resolved', 'resolved'), ('unresolved', 'not resolved'), ('wrong_number', 'wrong number'), ('dropped', 'line dropped')], max_length=12, verbose_name='outcome')),
                ('keeps_open', models.BooleanField(default=False, help_text='The contact stays open, with its owner, until called back', verbose_name='to be called back')),
                ('hints_complaint', models.BooleanField(default=False, help_text='The written complaint form is offered to the customer', verbose_name='would be a complaint')),
                ('needs_topic', models.BooleanField(default=True, verbose_name='needs a topic')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingperiod',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_openingperiodhistory" ("calendar_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."calendar_id", OLD."closes", OLD."id", OLD."opens", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."weekday"); RETURN NULL;', hash='900c4173e939ccc189bc36b8e87db8c67cb30b9f', operation='UPDATE', pgid='pgtrigger_update_update_e3e79', table='contact_center_openingperiod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingperiod',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_openingperiodhistory" ("calendar_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."calendar_id", OLD."closes", OLD."id", OLD."opens", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."weekday"); RETURN NULL;', hash='806af336f202eb4b1756c89c1c26e2094d2ae36c', operation='DELETE', pgid='pgtrigger_delete_delete_eadce', table='contact_center_openingperiod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicecalendar',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_servicecalendarhistory" ("code", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province") VALUES (OLD."code", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."province"); RETURN NULL;', hash='2173ce03e8fde6434f48e0ef47b80dd9a05fe660', operation='UPDATE', pgid='pgtrigger_update_update_b5ecf', table='contact_center_servicecalendar', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicecalendar',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_servicecalendarhistory" ("code", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province") VALUES (OLD."code", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."province"); RETURN NULL;', hash='6a1a3e75e262d581ab3004985436512341af897a', operation='DELETE', pgid='pgtrigger_delete_delete_7e835', table='contact_center_servicecalendar', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicetarget',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_servicetargethistory" ("calendar_id", "id", "kind", "level", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (OLD."calendar_id", OLD."id", OLD."kind", OLD."level", OLD."minutes", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='126c906100bedd3d84580325c17ae3adb439c548', operation='UPDATE', pgid='pgtrigger_update_update_8ae35', table='contact_center_servicetarget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicetarget',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_servicetargethistory" ("calendar_id", "id", "kind", "level", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (OLD."calendar_id", OLD."id", OLD."kind", OLD."level", OLD."minutes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='119bea92a487470225b770474168b78103b07c71', operation='DELETE', pgid='pgtrigger_delete_delete_00a71', table='contact_center_servicetarget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='specialday',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_specialdayhistory" ("calendar_id", "closes", "day", "id", "name", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."calendar_id", OLD."closes", OLD."day", OLD."id", OLD."name", OLD."opens", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='3a2a20042b0af951ccc22246dea1b9e464ba897c', operation='UPDATE', pgid='pgtrigger_update_update_d035d', table='contact_center_specialday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='specialday',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_specialdayhistory" ("calendar_id", "closes", "day", "id", "name", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."calendar_id", OLD."closes", OLD."day", OLD."id", OLD."name", OLD."opens", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='60df1975ed24c49e705a88ef17b974f993d8abcb', operation='DELETE', pgid='pgtrigger_delete_delete_d8ee9', table='contact_center_specialday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wrapupcode',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_wrapupcodehistory" ("code", "hints_complaint", "id", "keeps_open", "key", "name", "needs_topic", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "valid_from", "valid_to") VALUES (OLD."code", OLD."hints_complaint", OLD."id", OLD."keeps_open", OLD."key", OLD."name", OLD."needs_topic", OLD."outcome", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."position", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='df55d762b2500bd6e843695e22cccd478c0b1b83', operation='UPDATE', pgid='pgtrigger_update_update_097a3', table='contact_center_wrapupcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wrapupcode',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_wrapupcodehistory" ("code", "hints_complaint", "id", "keeps_open", "key", "name", "needs_topic", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "valid_from", "valid_to") VALUES (OLD."code", OLD."hints_complaint", OLD."id", OLD."keeps_open", OLD."key", OLD."name", OLD."needs_topic", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='197312ebafe74a8193435cab250e6a664ca8ca37', operation='DELETE', pgid='pgtrigger_delete_delete_f0266', table='contact_center_wrapupcode', when='AFTER')),
        ),
        migrations.AddField(
            model_name='openingperiodhistory',
            name='calendar',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='openingperiodhistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='openingperiodhistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.openingperiod'),
        ),
        migrations.AddField(
            model_name='servicecalendarhistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='servicecalendarhistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.servicecalendar'),
        ),
        migrations.AddField(
            model_name='servicetargethistory',
            name='calendar',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='servicetargethistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='servicetargethistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.servicetarget'),
        ),
        migrations.AddField(
            model_name='specialdayhistory',
            name='calendar',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='specialdayhistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='specialdayhistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.specialday'),
        ),
        migrations.AddField(
            model_name='wrapupcodehistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='wrapupcodehistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.wrapupcode'),
        ),
    ]
