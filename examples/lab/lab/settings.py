"""Settings of the laboratory; what differs between machines comes from the environment."""

import os

import labotel
from lab import telemetry
from lab.work import folder

SECRET_KEY = os.environ.get("LAB_SECRET_KEY", "only-for-development")
DEBUG = os.environ.get("LAB_DEBUG", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "lab.urls"
WSGI_APPLICATION = "lab.wsgi.application"
INSTALLED_APPS = ["laboratory"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder(".") / "lab.sqlite3",
        "OPTIONS": {
            # Several processes write: WAL lets readers go on meanwhile, and a transaction that
            # will write asks for the lock at once, where waiting for it is still possible.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }
}

EMAIL_BACKEND = "laboratory.mailserver.GreylistingBackend"
EMAIL_FILE_PATH = folder("mail")
DEFAULT_FROM_EMAIL = "reports@lab.example"
# The mail server of this clinic refuses the first attempt of a sender that it does not know.
GREYLISTING_DOMAIN = os.environ.get("LAB_GREYLISTING_DOMAIN", "strict-clinic.example")
GREYLIST = folder("greylist")
REPORTS = folder("reports")

CELERY_BROKER_URL = "folder://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(folder("queue")),
    "data_folder_out": str(folder("queue")),
    "control_folder": str(folder("control")),
    "processed_folder": str(folder("processed")),
    "store_processed": True,
    "polling_interval": 0.1,
}
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

labotel.configure(
    service_name=os.environ.get("OTEL_SERVICE_NAME", "lab"), catalogs=[telemetry.catalog]
)
