from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("contact_center", "0021_mass_events_and_links"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='contact',
            name='contact_outcome_is_known',
        ),
        # A generated column cannot be altered: it is removed, with its index, and added again.
        migrations.RemoveIndex(
            model_name='contact',
            name='contact_not_first_level',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='handled',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='in_base',
        ),
        migrations.AddField(
            model_name='contact',
            name='handled',
            field=models.GeneratedField(db_persist=True, expression=models.Q(('direction', 'inbound'), models.Q(('outcome__in', ['wrong_number', 'dropped', 'withdrawn', 'joined']), _negated=True), models.Q(('state', 'closed'), ('level', 2), models.Q(('outcome', ''), _negated=True), _connector='OR')), output_field=models.BooleanField()),  # type: ignore[arg-type]  # Q is an expression, which the stubs do not know
        ),
        migrations.AddField(
            model_name='contact',
            name='in_base',
            field=models.GeneratedField(db_persist=True, expression=models.Q(('direction', 'inbound'), models.Q(('outcome__in', ['wrong_number', 'dropped', 'withdrawn', 'joined']), _negated=True)), output_field=models.BooleanField()),  # type: ignore[arg-type]  # Q is an expression, which the stubs do not know
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('first_level', False), ('handled', True)), fields=['-started_at', '-id'], name='contact_not_first_level'),
        ),
        migrations.AlterField(
            model_name='contact',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', 'not coded'), ('resolved', 'resolved'), ('unresolved', 'not resolved'), ('wrong_number', 'wrong number'), ('dropped', 'line dropped'), ('withdrawn', 'taken back by the customer'), ('joined', 'joined to another contact'), ('not_known', 'outcome not known')], default='', max_length=12, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='contacthistory',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', 'not coded'), ('resolved', 'resolved'), ('unresolved', 'not resolved'), ('wrong_number', 'wrong number'), ('dropped', 'line dropped'), ('withdrawn', 'taken back by the customer'), ('joined', 'joined to another contact'), ('not_known', 'outcome not known')], default='', max_length=12, verbose_name='outcome'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'resolved', 'unresolved', 'wrong_number', 'dropped', 'withdrawn', 'joined', 'not_known'])), name='contact_outcome_is_known'),
        ),
    ]
