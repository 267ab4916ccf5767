"""The product's addresses, and one page that does nothing but be a page: what others are compared with."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from vittoria_care import urls


@login_required
def bare_page(request: HttpRequest) -> HttpResponse:
    """The shell of every page for a person who is signed in, with nothing in it."""
    return render(request, "base.html")


urlpatterns = [path("bare-page/", bare_page, name="bare_page"), *urls.urlpatterns]
