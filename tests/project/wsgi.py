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

if os.environ.get("PROJECT_MASTER"):
    # In gunicorn's master under --preload, as an application that says something at its start.
    import labotel
    from project.telemetry import Ordered

    for number in range(int(os.environ["PROJECT_MASTER"])):
        labotel.emit(Ordered(size="large", order_id=number))
