"""`web_push_key`: make the key by which the services of browsers know this installation."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.channels.push.vapid import new_private_key


class Command(BaseCommand):
    """Prints a line for the environment. Nothing is stored, and a key that is in use is not touched."""

    help = "Make a key for WEB_PUSH_PRIVATE_KEY. With another key every browser has to switch notifications on again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"WEB_PUSH_PRIVATE_KEY={new_private_key()}")
