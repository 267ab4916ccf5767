"""Devices for push messages: one's own, registered and forgotten by the app."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.devices import forget_device, register_device
from customers.models import AppDevice
from foundation.api.strict import StrictSerializer
from reserved_area.api.base import ListView, MeRequest, MeView


class DeviceRow(serializers.Serializer):
    """A device. Its token is never given back."""

    id = serializers.IntegerField(source="pk")
    platform = serializers.ChoiceField(AppDevice.Platform.choices)
    platform_label = serializers.CharField(source="get_platform_display")
    app_version = serializers.CharField()
    registered_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()


class DeviceInput(StrictSerializer):
    """What the app knows of its device."""

    token = serializers.CharField(min_length=1, max_length=500, help_text="As the platform gave it")
    platform = serializers.ChoiceField(AppDevice.Platform.choices)


@extend_schema_view(get=extend_schema(operation_id="list_devices", summary="One's devices with the app"))
class DevicesView(ListView):
    """The person's devices, whomever they act for."""

    serializer, order = DeviceRow, ("-seen_at", "-pk")
    for_heirs = True

    def rows(self) -> QuerySet:
        """Of this person alone."""
        return AppDevice.objects.filter(user=self.request.user.pk)

    @extend_schema(
        operation_id="register_device",
        summary="Register a device for push messages",
        description=(
            "At each start of the app: the same token again only says that the device is there still. A token of somebody "
            "else becomes this person's. Its version is that of X-App-Version."
        ),
        request=DeviceInput,
        responses={201: DeviceRow, 200: OpenApiResponse(DeviceRow, description="It was registered before")},
    )
    def post(self, request: MeRequest) -> Response:
        """Note the device."""
        given = DeviceInput(data=request.data)
        given.is_valid(raise_exception=True)
        device, is_new = register_device(user=request.user, app_version=self.app_version, **given.validated_data)
        return Response(DeviceRow(device).data, status=201 if is_new else 200)


class DeviceView(MeView):
    """One device."""

    for_heirs = True

    @extend_schema(operation_id="forget_device", summary="Forget a device", responses={204: None})
    def delete(self, request: MeRequest, pk: int) -> Response:
        """Nothing is pushed to it any more."""
        forget_device(get_object_or_404(AppDevice, user=request.user.pk, pk=pk))
        return Response(status=204)
