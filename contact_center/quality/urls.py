"""Addresses of quality samples under /backoffice/qualita/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.own_reviews, name="own_reviews"),
    path("campioni/", views.quality_reviews, name="quality_reviews"),
    path("campioni/estrai/", views.quality_draw, name="quality_draw"),
    path("medie/", views.quality_averages, name="quality_averages"),
    path("<int:pk>/", views.quality_review, name="quality_review"),
    path("<int:pk>/punteggio/", views.quality_score, name="quality_score"),
    path("<int:pk>/risposta/", views.quality_answer, name="quality_answer"),
    path("<int:pk>/secondo/", views.quality_second, name="quality_second"),
]
