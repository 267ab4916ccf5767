"""Addresses under /promozioni/: where messages lead, by their secret."""

from django.urls import path

from promotions.offers import views

urlpatterns = [
    path("<uuid:key>/", views.link_view, name="promotion_link"),
    path("<uuid:key>/offerta/", views.offer_view, name="promotion_offer"),
    path("<uuid:key>/chiesto/", views.asked_view, name="promotion_asked"),
]
