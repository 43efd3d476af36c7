"""Settings of the project; labotel is configured here, before anything of Django is ready."""

import os

import labotel
from project import telemetry

SECRET_KEY = "only for tests"  # a project of the tests
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("PROJECT_DATABASE", ":memory:"),
    }
}
USE_TZ = True
LABOTEL = {"metrics_access": "open"}

if os.environ.get("PROJECT_CONFIGURE", "settings") == "settings":
    labotel.configure(catalogs=[telemetry.catalog])
