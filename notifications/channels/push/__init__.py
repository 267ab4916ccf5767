"""Notifications to a browser or to the app, through the providers that PUSH_PROVIDERS names, one for each platform.

A telephone takes them back silently, so they are never the only way of anything, and never count as having reached the
person (notifications/pushing.py). A repeated one takes the place of the one before it, so what is not known to have
arrived is simply sent again, and never in doubt.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from notifications.channels import Message, NotTaken

from .configured import providers
from .providers import Push

__all__ = ["PushChannel"]


class PushChannel:
    """Hands each notification to the provider of its device's platform. The receipt is the provider's word."""

    def __init__(self) -> None:
        self._providers = providers()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for provider in {id(each): each for each in self._providers.values()}.values():
            provider.close()

    def send(self, message: Message, claimed: Callable[[], None]) -> str:
        """Send the notification; NotTaken where there is no such device, or nobody carries anything to its platform."""
        device = message.device
        if device is None:
            raise NotTaken("The device was forgotten.")
        provider = self._providers.get(device.platform)
        if provider is None:
            raise NotTaken(f"PUSH_PROVIDERS names nobody who carries anything to the platform {device.platform}.")
        claimed()
        push = Push(message.subject, message.text.strip(), message.link, message.message_id)
        return provider.send(device, push)
