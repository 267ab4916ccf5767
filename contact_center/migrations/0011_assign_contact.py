from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('contact_center', '0010_queue_indexes'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='contact',
            options={'ordering': ['-started_at', '-pk'], 'permissions': [('assign_contact', 'Can give a contact to another agent')], 'verbose_name': 'contact', 'verbose_name_plural': 'contacts'},
        ),
    ]
