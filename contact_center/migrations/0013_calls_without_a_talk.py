"""A talk or a wait that the source does not say is empty, not zero seconds; names keep to one line."""

import customers.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contact_center', '0012_reopened_is_not_first_level'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='call',
            name='call_answered_has_its_wait',
        ),
        migrations.AddField(
            model_name='dailyfigures',
            name='talks_known',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='dailyfigures',
            name='waits_known',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='agent',
            name='code',
            field=models.CharField(max_length=60, unique=True, validators=[customers.validators.validate_one_line], verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='agent',
            name='name',
            field=models.CharField(max_length=150, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='agenthistory',
            name='code',
            field=models.CharField(max_length=60, validators=[customers.validators.validate_one_line], verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='agenthistory',
            name='name',
            field=models.CharField(max_length=150, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='call',
            name='talk_seconds',
            field=models.PositiveIntegerField(blank=True, default=0, help_text='Empty where the source does not say how long it was', null=True, verbose_name='talk (s)'),
        ),
        migrations.AlterField(
            model_name='callhistory',
            name='talk_seconds',
            field=models.PositiveIntegerField(blank=True, default=0, help_text='Empty where the source does not say how long it was', null=True, verbose_name='talk (s)'),
        ),
        migrations.AlterField(
            model_name='servicecalendar',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='servicecalendarhistory',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='specialday',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='why'),
        ),
        migrations.AlterField(
            model_name='specialdayhistory',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='why'),
        ),
        migrations.AlterField(
            model_name='team',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='tollfreeline',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='tollfreeline',
            name='serves',
            field=models.CharField(blank=True, max_length=200, validators=[customers.validators.validate_one_line], verbose_name='whom it serves'),
        ),
        migrations.AlterField(
            model_name='topic',
            name='name',
            field=models.CharField(max_length=120, validators=[customers.validators.validate_one_line], verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='topic',
            name='name_en',
            field=models.CharField(blank=True, max_length=120, validators=[customers.validators.validate_one_line], verbose_name='reason, in English'),
        ),
        migrations.AlterField(
            model_name='topicquestion',
            name='help',
            field=models.CharField(blank=True, max_length=300, validators=[customers.validators.validate_one_line], verbose_name='help'),
        ),
        migrations.AlterField(
            model_name='topicquestion',
            name='help_en',
            field=models.CharField(blank=True, max_length=300, validators=[customers.validators.validate_one_line], verbose_name='help, in English'),
        ),
        migrations.AlterField(
            model_name='topicquestion',
            name='label',
            field=models.CharField(max_length=200, validators=[customers.validators.validate_one_line], verbose_name='question'),
        ),
        migrations.AlterField(
            model_name='topicquestion',
            name='label_en',
            field=models.CharField(blank=True, max_length=200, validators=[customers.validators.validate_one_line], verbose_name='question, in English'),
        ),
        migrations.AlterField(
            model_name='wrapupcode',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='wrapupcodehistory',
            name='name',
            field=models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name'),
        ),
    ]
