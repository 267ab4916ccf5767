"""Addresses of the managers' pages under /dashboard/."""

from django.urls import include, path

from . import views
from .duty import views as duty_views
from .explaining import views as explaining
from .frozen import views as frozen
from .hours import views as hours_views
from .service import views as service
from .wallboard import views as wall
from .watching import views as watching

urlpatterns = [
    path("", views.figures_view, name="figures"),
    path("periodi/", frozen.periods_view, name="frozen_periods"),
    path("periodi/congelare/", frozen.freeze_view, name="freeze_period"),
    path("periodi/<int:pk>/", frozen.period_view, name="frozen_period"),
    path("periodi/<int:pk>/com-era.csv", frozen.period_csv_view, name="frozen_period_csv"),
    path("periodi/<int:pk>/sbloccare/", frozen.unfreeze_view, name="unfreeze_period"),
    path("chiamate/", views.calls_view, name="calls"),
    path("orari/", hours_views.hours_view, name="hours"),
    path("orari/esporta.csv", hours_views.hours_export_view, {"kind": "csv"}, name="hours_csv"),
    path("orari/esporta.xlsx", hours_views.hours_export_view, {"kind": "xlsx"}, name="hours_xlsx"),
    path("presenze/", duty_views.duty_view, name="duty"),
    path("presenze/esporta.csv", duty_views.duty_export_view, {"kind": "csv"}, name="duty_csv"),
    path("presenze/esporta.xlsx", duty_views.duty_export_view, {"kind": "xlsx"}, name="duty_xlsx"),
    path("controllo/", watching.watching_view, name="watching"),
    path("controllo/valori.csv", watching.csv_view, name="watching_csv"),
    path("controllo/avvisi/<int:pk>/", watching.note_view, name="watching_note"),
    path("controllo/posta/", watching.subscribe_view, name="watching_mail"),
    path("controllo/obiettivi/", watching.targets_view, name="watching_targets"),
    path("personale/", include("insights.staffing.urls")),
    path("da-soli.csv", views.self_service_view, name="self_service_csv"),
    path("esporta.csv", views.export_view, {"kind": "csv"}, name="figures_csv"),
    path("esporta.xlsx", views.export_view, {"kind": "xlsx"}, name="figures_xlsx"),
    path("servizio/", service.service_view, name="service"),
    path("servizio/esporta.csv", service.service_export_view, {"kind": "csv"}, name="service_csv"),
    path("servizio/esporta.xlsx", service.service_export_view, {"kind": "xlsx"}, name="service_xlsx"),
    path("parete/", wall.wallboard, name="wallboard"),
    path("parete/adesso/", wall.wallboard_now, name="wallboard_now"),
    path("parete/schermi/", wall.wallscreens, name="wallscreens"),
    path("parete/schermi/tenere/", wall.wallscreen_keep, name="wallscreen_keep"),
    path("parete/schermi/<int:pk>/spegnere/", wall.wallscreen_end, name="wallscreen_end"),
    path("perche/", explaining.what_changed_view, name="what_changed"),
    path("perche/esporta.csv", explaining.changes_export_view, {"kind": "csv"}, name="changes_csv"),
    path("perche/esporta.xlsx", explaining.changes_export_view, {"kind": "xlsx"}, name="changes_xlsx"),
    path("non-risolti/", include("insights.unresolved.urls")),
    path("misure/", include("insights.measures.urls")),
]
