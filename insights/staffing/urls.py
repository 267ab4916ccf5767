"""Addresses of the plan under /dashboard/personale/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.staffing_view, name="staffing"),
    *(
        path(f"{word}.{kind}", views.staffing_file_view, {"what": what, "kind": kind}, name=f"staffing_{what}_{kind}")
        for what, word in (("plan", "mezze-ore"), ("rota", "turni"))
        for kind in ("csv", "xlsx")
    ),
]
