#!/usr/bin/env bash
# Installs the built wheel alone, in an environment of its own, and sends one event with it.
set -euo pipefail
python=${1:-python3.11}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
"$python" -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check dist/labotel-*.whl
cp tests/wheel_probe.py "$room/probe.py"
cp tests/wheel_double.py "$room/test_double.py"
cd "$room"
LABOTEL_RUNTIME_DIR="$room/runtime" venv/bin/python -W error probe.py
venv/bin/labotel budget labotel.catalogs.lab:catalog --limit 2093 > budget.txt
venv/bin/python -m pip install --quiet --disable-pip-version-check "$(ls "$OLDPWD"/dist/labotel-*.whl)[render]"
venv/bin/labotel stack init --lab stack
cmp stack/compose/compose.yaml "$OLDPWD/compose/compose.yaml"
test -f stack/examples/lab/manage.py
venv/bin/python -m pip install --quiet --disable-pip-version-check pytest
venv/bin/python -W error -m pytest -q test_double.py
echo "The wheel works alone."
