"""Settings of the web analytics; what differs between machines comes from the environment."""

import os
from pathlib import Path

import labotel
from web.telemetry import catalog

BASE = Path(__file__).resolve().parent.parent
WORK = Path(os.environ.get("WEB_WORK", BASE / "work"))
WORK.mkdir(parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("WEB_SECRET_KEY", "only-for-development")
DEBUG = os.environ.get("WEB_DEBUG", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "web.urls"
WSGI_APPLICATION = "web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
STATIC_URL = "static/"
LOGIN_URL = "admin:login"

INSTALLED_APPS = [
    "analytics",
    "labotel.instrumentation.django.admin",
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
    "analytics.visits.VisitMiddleware",
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
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ.get("WEB_DATABASE_HOST", "127.0.0.1"),
        "PORT": os.environ.get("WEB_DATABASE_PORT", "5432"),
        "NAME": os.environ.get("WEB_DATABASE_NAME", "web"),
        "USER": os.environ.get("WEB_DATABASE_USER", "web"),
        "CONN_MAX_AGE": 60,
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("WEB_REDIS", "redis://127.0.0.1:6379/0"),
    }
}

labotel.configure(
    service_name=os.environ.get("OTEL_SERVICE_NAME", "web"),
    service_version="1.0",
    catalogs=[catalog],
)
