"""`path("", include("labotel.instrumentation.django.urls"))` in a project's URL configuration."""

from django.urls import re_path

from labotel.instrumentation.django.views import metrics

urlpatterns = [re_path(r"^metrics/?$", metrics, name="labotel-metrics")]
