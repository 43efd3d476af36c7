"""Settings of the laboratory; what differs between machines comes from the environment."""

import os
from datetime import timedelta
from pathlib import Path

import labotel
from lab import backends
from lab.work import folder
from labotel.catalogs import lab

BASE = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ.get("LAB_SECRET_KEY", "only-for-development")
DEBUG = os.environ.get("LAB_DEBUG", "") == "1"
# Where people reach the laboratory: the host, and the port where it is not the usual one.
LAB_HOST = os.environ.get("LAB_HOST", "127.0.0.1")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", LAB_HOST.partition(":")[0]]
# A web server in front says who asks and whether by TLS: believed only where there is one.
BEHIND_PROXY = os.environ.get("LAB_BEHIND_PROXY", "") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ROOT_URLCONF = "lab.urls"
WSGI_APPLICATION = "lab.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
MEDIA_ROOT = folder("media")
CURRENCY = "EUR"

INSTALLED_APPS = [
    "people",
    "post",
    "cases",
    "orders",
    "people.site.LabAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "lab.proxy.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.actor.ActorMiddleware",
    # Before the check of the csrf token: an action that fails there was an action all the same.
    "people.actions.ActionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lab.refused.RefusalMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.roles.in_templates",
            ]
        },
    }
]

# Files of the work folder, or the servers that the environment names: see README.md.
DATABASES = {"default": backends.database()}
CACHES = {"default": backends.cache()}

LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["people.lockout.LockingBackend"]
# So long wrong passwords are remembered, and an account stays closed after too many of them.
LOCKOUT = timedelta(minutes=float(os.environ.get("LAB_LOCKOUT_MINUTES", "15")))
# A good hash takes a fifth of a second on purpose. Where weeks pass in seconds, that is too long.
PASSWORD_HASHERS = [
    os.environ.get("LAB_PASSWORD_HASHER", "django.contrib.auth.hashers.ScryptPasswordHasher")
]

EMAIL_BACKEND = "post.mailserver.FolderMailServer"
EMAIL_FILE_PATH = folder("mail")
DEFAULT_FROM_EMAIL = "laboratory@lab.example"
# The mail server of this clinic refuses each message at its first attempt.
GREYLISTING_DOMAIN = os.environ.get("LAB_GREYLISTING_DOMAIN", "strict-clinic.example")
GREYLIST = folder("greylist")
# Nobody has an address at this clinic any longer.
BOUNCING_DOMAIN = os.environ.get("LAB_BOUNCING_DOMAIN", "gone-clinic.example")

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = backends.broker()
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

# What labotel remembers lives with the laboratory: a new work folder begins with new numbers. A
# keyword wins over the environment, so it says what the environment does where that says something.
labotel.configure(
    service_name=os.environ.get("OTEL_SERVICE_NAME", "lab"),
    catalogs=[lab.catalog],
    runtime_dir=os.environ.get("LABOTEL_RUNTIME_DIR") or str(folder("runtime")),
)
