from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contact_center', '0009_midnight_closing'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['owner', 'due_at', 'id'], name='contact_due_of_owner'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['channel', 'due_at', 'id'], name='contact_due_of_channel'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['level', 'due_at', 'id'], name='contact_due_of_level'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['topic', 'due_at', 'id'], name='contact_due_of_topic'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at', 'id'], name='contact_due_waiting'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('channel', 'phone'), _negated=True), fields=['channel', '-started_at', '-id'], name='contact_written_newest'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('team__isnull', False)), fields=['team', '-started_at', '-id'], name='contact_of_team'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('outcome', ''), ('state', 'closed')), fields=['-started_at', '-id'], name='contact_not_coded'),
        ),
    ]
