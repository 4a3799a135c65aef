#!/usr/bin/env bash
# A throw-away PostgreSQL for tests: makes a cluster in a temporary folder, prints its address on one
# line, and takes it all down when its standard input ends, however the caller ends. A line `stop` or
# `start` there does that in between; `done` answers it.
set -euo pipefail

bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
if [ -z "$bin" ]; then
    bin=$(dirname "$(command -v initdb || true)")
    [ -x "$bin/initdb" ] || {
        echo "PostgreSQL is missing: run scripts/bootstrap.sh test" >&2
        exit 1
    }
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/latchkey-postgres.XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then
    # PostgreSQL refuses to run as root; `nobody` owns nothing else.
    chown nobody "$folder"
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi

stop() {
    "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT

port=$(python3 - 2>/dev/null <<'PY' || true
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])
PY
)
[ -n "$port" ] || port=$((20000 + RANDOM % 20000))

cd "$folder"
"${as[@]}" "$bin/initdb" -D "$folder/data" -U latchkey -A trust -E UTF8 --no-locale --no-sync >/dev/null

start() {
    "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -s -w -l "$folder/log" \
        -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c fsync=off -c max_connections=300" \
        start >/dev/null
}

start
echo "postgres://latchkey@127.0.0.1:$port"
while read -r command; do
    case $command in
    stop) "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m fast -s -w stop >/dev/null ;;
    start) start ;;
    esac
    echo "done"
done
