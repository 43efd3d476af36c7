"""Settings of the tests: the laboratory's own, in a folder of their own, without waiting."""

import atexit
import os
import shutil
import tempfile

# One folder for each test process: pytest-xdist starts several. It must stand before the settings
# are read, which make the laboratory's folders.
os.environ["LAB_WORK"] = tempfile.mkdtemp(prefix="lab-tests-")
atexit.register(shutil.rmtree, os.environ["LAB_WORK"], ignore_errors=True)

from lab.settings import *  # noqa: E402, F403 (all settings, after LAB_WORK)

# A real hash is slow on purpose; that is Django's to test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A task runs where it is sent.
CELERY_TASK_ALWAYS_EAGER = True
