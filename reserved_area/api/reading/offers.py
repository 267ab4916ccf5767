"""What can be done about a policy, a claim or one's own data, as the app reads it."""

from rest_framework import serializers

from reserved_area.offers import Shown


class OfferShape(serializers.Serializer):
    """An operation that can be asked for; or that waits already (`waiting`); or cannot, and why (`why_not`)."""

    kind = serializers.CharField(source="offer.kind.code.value")
    kind_label = serializers.CharField(source="offer.kind.name")
    action = serializers.CharField(source="offer.kind.action", help_text="What the button says")
    can_be_asked = serializers.SerializerMethodField()
    why_not = serializers.CharField(source="offer.why_not")
    waiting = serializers.IntegerField(
        source="offer.waiting.pk", default=None, allow_null=True, help_text="The operation that was asked for already"
    )

    def get_can_be_asked(self, shown: Shown) -> bool:
        """Whether it can be asked for now."""
        return not shown.offer.why_not and shown.offer.waiting is None
