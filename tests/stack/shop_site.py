"""A shop with Django's admin and labotel's pages in it, for a browser."""

SETTINGS = """
import os
import labotel
from shop import catalog
SECRET_KEY = "only for tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop_urls"
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
    "labotel.instrumentation.django.admin",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
              "OPTIONS": {"context_processors": [
                  "django.template.context_processors.request",
                  "django.contrib.auth.context_processors.auth",
                  "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SHOP_DB"]}}
STATIC_URL = "static/"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
LABOTEL = {"metrics_access": "permission", "metrics_permission": "labotel.view_metrics",
           "health_disks": ["/tmp", "/srv/scans"]}
labotel.configure(service_name="shop", catalogs=[catalog])
"""
URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls),
               path("", include("labotel.instrumentation.django.urls"))]
"""
SHOP = '''
from datetime import timedelta
from typing import Annotated, Literal
from labotel import Catalog, Counter, Event, Histogram, Limited, Unbounded

class Ordered(Event, name="shop.order.placed", instruments=(
    Counter("shop_orders_total", by=("size", "payment"), description="Orders that were placed."),
)):
    """An order was placed."""
    size: Literal["small", "large"]
    payment: Literal["card", "invoice", "cash"]
    took: Annotated[timedelta, Histogram("shop_checkout_duration_seconds", by=("size",))]
    number: Unbounded[int]

class Viewed(Event, name="shop.page.viewed",
             instruments=(Counter("shop_page_views_total", by=("page",)),)):
    """A page was viewed."""
    page: Annotated[str, Limited(50)]

catalog = Catalog("shop", events=[Ordered, Viewed])
'''
SEED = """
import django; django.setup()
from datetime import timedelta
from django.contrib.auth.models import Permission, User
import labotel
from shop import Ordered, Viewed
User.objects.create_superuser("anna", "anna@example.org", "anna")
clerk = User.objects.create_user("carl", password="carl", is_staff=True)
User.objects.create_user("vera", password="vera", is_staff=True).user_permissions.add(
    Permission.objects.get(codename="view_metrics"))
for n in range(40):
    labotel.emit(Ordered(size=["small", "large"][n % 3 == 0], payment=["card", "invoice"][n % 2],
                         took=timedelta(milliseconds=40 * n), number=n))
    labotel.emit(Viewed(page=["start", "cart", "help"][n % 3]))
"""
