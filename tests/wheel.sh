#!/usr/bin/env bash
# Installs the built wheel alone, in an environment of its own, and sends one event with it.
set -euo pipefail
python=${1:-python3.11}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
"$python" -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check dist/labotel-*.whl
cp tests/wheel_probe.py "$room/probe.py"
cd "$room"
LABOTEL_RUNTIME_DIR="$room/runtime" "$room/venv/bin/python" -W error probe.py
echo "The wheel works alone."
