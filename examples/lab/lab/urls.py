"""The addresses of the laboratory; the first segment names the part that a page belongs to."""

from django.contrib import admin
from django.contrib.staticfiles.views import serve
from django.urls import include, path

from lab.home import home

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("people.urls")),
    path("messages/", include("post.urls")),
    path("protocols/", include("cases.urls.protocols")),
    path("samples/", include("cases.urls.samples")),
    path("reports/", include("cases.urls.reports")),
    path("files/", include("cases.urls.files")),
    path("orders/", include("orders.urls")),
    path("admin/", admin.site.urls),
    # Django's admin has style sheets of its own. A real site lets its web server serve them.
    path("static/<path:path>", serve, {"insecure": True}),
    path("", include("labotel.instrumentation.django.urls")),
]
