#!/usr/bin/env bash
# The servers that the tests of the pipeline run on, from Debian's packages: installed where they are
# missing and we may, else named.
set -euo pipefail

PATH="$PATH:/usr/sbin:$(printf '%s:' /usr/lib/postgresql/*/bin)"
packages=()
command -v redis-server >/dev/null || packages+=(redis-server)
command -v initdb >/dev/null || packages+=(postgresql)
command -v nginx >/dev/null || packages+=(nginx)
command -v pgbouncer >/dev/null || packages+=(pgbouncer)
command -v chromium >/dev/null || packages+=(chromium)
command -v chromedriver >/dev/null || packages+=(chromium-driver)
command -v rabbitmq-server >/dev/null || packages+=(rabbitmq-server)
command -v openssl >/dev/null || packages+=(openssl)
[ ${#packages[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "make test-stack: missing: ${packages[*]}. Install them (\`apt-get install ${packages[*]}\`) and run again." >&2
    exit 1
fi
echo "Installing ${packages[*]} ..."
export DEBIAN_FRONTEND=noninteractive
# These servers are for the tests, which start their own: nothing shall run on the usual ports.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update -qq
apt-get install -qq --yes --no-install-recommends "${packages[@]}" >/dev/null
