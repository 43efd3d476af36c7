"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

if os.environ.get("PROJECT_CONFIGURE") == "before":
    import labotel
    from project import telemetry

    labotel.configure(catalogs=[telemetry.catalog])

application = get_wsgi_application()

if os.environ.get("PROJECT_CONFIGURE") == "after":
    import labotel
    from project import telemetry

    labotel.configure(catalogs=[telemetry.catalog])
