"""Addresses of the public pages under /contatti/."""

from django.urls import path

from . import mass_events
from . import views as public_views

SECRET = "seguito/<str:number>/<str:secret>"  # noqa: S105 - the shape of an address

urlpatterns = [
    path("", public_views.contacts_view, name="contacts"),
    path("richiesta/", public_views.open_request_view, name="open_request"),
    path("richiesta-guidata/", public_views.guided_request_view, name="guided_request"),
    path("considerazione/", public_views.consideration_view, name="consideration"),
    path("grazie/", public_views.request_thanks_view, name="request_thanks"),
    path(f"{SECRET}/", public_views.tracking_view, name="request_tracking"),
    path(f"{SECRET}/inviata/", public_views.request_sent_view, name="request_sent"),
    path(f"{SECRET}/esito/", public_views.tracked_survey_view, name="tracked_survey"),
    path(f"{SECRET}/file/<uuid:key>/", public_views.tracked_attachment_view, name="tracked_attachment"),
    path("avvisi/<int:pk>/nascondi/", mass_events.hide_view, name="hide_mass_event"),
    path("file/<uuid:key>/", public_views.attachment_view, name="attachment"),
    path("esito/<str:token>/", public_views.survey_view, name="survey"),
]
