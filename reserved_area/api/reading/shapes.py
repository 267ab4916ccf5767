"""What several answers have: an agency, the thread of a conversation and its files, a contact in few words."""

from rest_framework import serializers

from contact_center.models import Contact, Message
from reserved_area.api.base import LinkField


class AgencyShape(serializers.Serializer):
    """The agency that follows a policy or a customer."""

    name = serializers.CharField()
    address = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    province = serializers.CharField()
    phone = serializers.CharField(help_text="E.164, or empty")
    email = serializers.CharField()


class AttachmentRow(serializers.Serializer):
    """A file of a message."""

    key = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    url = LinkField("me_attachment", source="key")


class MessageRow(serializers.Serializer):
    """A message of a thread. Notes of ours among ourselves are in none."""

    id = serializers.IntegerField(source="pk")
    is_ours = serializers.SerializerMethodField(help_text="Written by us; where false, by the customer")
    text = serializers.CharField()
    written_at = serializers.DateTimeField()
    attachments = AttachmentRow(many=True, source="attachments.all")

    def get_is_ours(self, message: Message) -> bool:
        """Whether it went out."""
        return message.direction == Message.Direction.OUTBOUND


class ThreadShape(serializers.Serializer):
    """The newest messages, oldest first; `earlier` is the `before` with which to ask for those before them."""

    messages = MessageRow(many=True)
    earlier = serializers.IntegerField(allow_null=True)


class StandingShape(serializers.Serializer):
    """Where a conversation stands, in plain words."""

    key = serializers.ChoiceField(["received", "in_progress", "waiting", "answered"])
    title = serializers.CharField()
    text = serializers.CharField()


class ContactRow(serializers.Serializer):
    """A request or a call in a list."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    channel = serializers.CharField()
    channel_label = serializers.CharField(source="get_channel_display")
    title = serializers.SerializerMethodField()
    state = serializers.ChoiceField(Contact.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="By when we answer")
    closed_at = serializers.DateTimeField(allow_null=True)
    operation = serializers.IntegerField(source="operation_id", allow_null=True)
    claim = serializers.IntegerField(source="claim_id", allow_null=True)
    url = LinkField("me_request")

    def get_title(self, contact: Contact) -> str:
        """Its subject, else the topic, else what it is."""
        topic = contact.topic.shown_name if contact.topic else ""
        return contact.subject or topic or str(contact.get_kind_display())
