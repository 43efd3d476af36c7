"""Settings of the billing analytics; what differs between machines comes from the environment."""

import os
from pathlib import Path

import labotel
from billing.telemetry import catalog

BASE = Path(__file__).resolve().parent.parent
WORK = Path(os.environ.get("BILLING_WORK", BASE / "work"))
WORK.mkdir(parents=True, exist_ok=True)
REDIS = os.environ.get("BILLING_REDIS", "redis://127.0.0.1:6379")

SECRET_KEY = os.environ.get("BILLING_SECRET_KEY", "only-for-development")
DEBUG = os.environ.get("BILLING_DEBUG", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "billing.urls"
WSGI_APPLICATION = "billing.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
STATIC_URL = "static/"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "payers"

INSTALLED_APPS = [
    "claims",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": WORK / "billing.sqlite3",
        # Web and workers write side by side.
        "OPTIONS": {"timeout": 20, "init_command": "PRAGMA journal_mode=WAL"},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache",
                      "LOCATION": f"{REDIS}/1"}}  # fmt: skip

CELERY_BROKER_URL = f"{REDIS}/0"
CELERY_TASK_IGNORE_RESULT = True

labotel.configure(
    # Each of its processes may be a service of its own name: the web, the workers.
    service_name=os.environ.get("OTEL_SERVICE_NAME", "billing"),
    catalogs=[catalog],
    # How far the database is behind the code is nobody's business outside.
    instrument=["-migrations"],
)
