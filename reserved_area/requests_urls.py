"""Addresses of the reserved area's room about requests."""

from django.urls import path

from . import requests as portal

urlpatterns = [
    path("richieste/", portal.requests_view, name="portal_requests"),
    path("richieste/nuova/", portal.write_view, name="portal_write"),
    path("richieste/nuova/guidata/", portal.write_guided_view, name="portal_write_guided"),
    path("richieste/nuova/risposta/", portal.answer_view, name="portal_answer"),
    path("richieste/<int:pk>/", portal.request_view, name="portal_request"),
    path("richieste/<int:pk>/messaggio/", portal.message_view, name="portal_request_message"),
    path("richieste/<int:pk>/esito/", portal.survey_view, name="portal_request_survey"),
]
