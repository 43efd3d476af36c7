"""A small Django and Celery project that the tests of process models run for real."""
