import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contact_center', '0008_service_history'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='openingperiod',
            name='period_closes_after_it_opens',
        ),
        migrations.RemoveConstraint(
            model_name='specialday',
            name='special_day_is_closed_or_has_hours',
        ),
        migrations.AlterField(
            model_name='openingperiod',
            name='closes',
            field=models.TimeField(help_text='00:00 is midnight at the end of the day', verbose_name='closes at'),
        ),
        migrations.AddConstraint(
            model_name='openingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR'), name='period_closes_after_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='specialday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), models.Q(('closes__isnull', False), ('opens__isnull', False), models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR')), _connector='OR'), name='special_day_is_closed_or_has_hours'),
        ),
    ]
