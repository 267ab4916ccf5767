"""Addresses of the reserved area's room about documents, and of the calendar of deadlines."""

from django.urls import path

from . import calendar
from . import documents as portal

urlpatterns = [
    path("documenti/", portal.documents_view, name="portal_documents"),
    path("documenti/<int:pk>/", portal.document_view, name="portal_document"),
    path("documenti/<int:pk>/file/", portal.document_file_view, name="portal_document_file"),
    path("calendario/", calendar.calendar_view, name="portal_calendar"),
    path("calendario/nuovo/", calendar.calendar_make_view, name="portal_calendar_make"),
    path("calendario/revoca/", calendar.calendar_revoke_view, name="portal_calendar_revoke"),
    path("calendario/<str:secret>.ics", calendar.feed_view, name="calendar_feed"),
]
