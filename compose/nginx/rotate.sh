#!/bin/sh
# Moves nginx's log files aside when they are large, and has nginx open new ones: one is kept of each,
# which the Collector reads to its end. nginx's image runs it before nginx, and waits for its end; so it
# goes on behind it.
#   LOG_FOLDER      where *.log are
#   LOG_MEGABYTES   how large is large
#   NGINX_PID       nginx's first process (1)
#   ROTATE_EVERY    seconds between two looks (60); 0: one look, and nothing goes on
#   ROTATE_LOOKED   a file that is as old as the last look (/tmp/looked); the health check looks at it
set -eu

look() {
    moved=
    for file in "$LOG_FOLDER"/*.log; do
        [ -f "$file" ] || continue
        if [ "$(wc -c <"$file")" -ge $((LOG_MEGABYTES * 1048576)) ]; then
            mv -f "$file" "$file.1"
            moved="$moved $file"
        fi
    done
    if [ -n "$moved" ]; then
        kill -USR1 "${NGINX_PID:-1}"
        echo "rotated$moved"
    fi
    touch "${ROTATE_LOOKED:-/tmp/looked}"
}

if [ "${ROTATE_EVERY:-60}" = 0 ]; then
    look
else
    while :; do
        look || echo "rotate.sh: this look failed; the next one is in ${ROTATE_EVERY:-60} s" >&2
        sleep "${ROTATE_EVERY:-60}"
    done &
fi
