"""Settings of the warehouses; what differs between machines comes from the environment."""

import os
from pathlib import Path

import labotel
from logistics.telemetry import catalog

BASE = Path(__file__).resolve().parent.parent
WORK = Path(os.environ.get("LOGISTICS_WORK", BASE / "work"))
WORK.mkdir(parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("LOGISTICS_SECRET_KEY", "only-for-development")
DEBUG = os.environ.get("LOGISTICS_DEBUG", "") == "1"
ALLOWED_HOSTS = os.environ.get("LOGISTICS_HOSTS", "127.0.0.1,localhost").split(",")
ROOT_URLCONF = "logistics.urls"
WSGI_APPLICATION = "logistics.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
STATIC_URL = "static/"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "goods"

INSTALLED_APPS = [
    "goods",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": WORK / "logistics.sqlite3",
        # Several processes write side by side.
        "OPTIONS": {
            "timeout": 20, "init_command": "PRAGMA journal_mode=WAL",
            "transaction_mode": "IMMEDIATE",
        },
    }
}  # fmt: skip

labotel.configure(
    service_name=os.environ.get("OTEL_SERVICE_NAME", "logistics"),
    catalogs=[catalog],
    endpoint_label="view",
)
