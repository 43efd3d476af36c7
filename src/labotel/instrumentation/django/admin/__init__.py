"""An app for INSTALLED_APPS: labotel's pages in Django's admin, and `manage.py labotel`."""
