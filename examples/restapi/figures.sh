#!/bin/sh
# Prints the figures of the server on this machine, with a simulated cluster: requests per second and p99 of status and
# nodes by wrk, the memory under 200 connections, and what a log of 1 GB takes. It needs Go, wrk, curl and Linux.
set -eu

size=${1:-1024} # of the log in MiB
seconds=${2:-10}
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
(cd "$(dirname "$0")" && go build -o "$work/restapi" .)
"$work/restapi" -sim -listen 127.0.0.1:0 >"$work/out" 2>/dev/null &
pid=$!
while ! grep -q 'api}event' "$work/out"; do sleep 0.1; done
token=$(sed -n 's/^token=//p' "$work/out")
api=$(sed -n 's/^api=//p' "$work/out")
dir=$(sed -n 's/.*Its files are in \(.*\) until.*/\1/p' "$work/out")

memory() { awk '/^VmRSS/ { rss = $2 } /^VmHWM/ { most = $2 } END { printf "memory: %.1f MiB, at most %.1f MiB\n", rss / 1024, most / 1024 }' "/proc/$pid/status"; }
forget() { echo 5 >"/proc/$pid/clear_refs"; } # VmHWM begins anew

memory
for path in status nodes; do
	for connections in 8 200; do
		echo "== $path, $connections connections"
		wrk -t 2 -c "$connections" -d "$seconds" --latency -H "token: $token" "$api$path" | grep -E '99%|Requests/sec|Non-2xx|Socket errors' || true
		memory
	done
done

log=$dir/var/log/ctdb/log.ctdb
line=$(tail -n 1 "$log")
yes "$line" | head -c "$((size * 1048576))" >"$log"
forget
echo "== the last 100 lines of a log of $size MiB"
curl -s -o /dev/null -w '%{http_code}: %{size_download} bytes in %{time_total} s\n' -H "token: $token" "${api}log?tail=100"
memory
echo "== all of it"
curl -s -o /dev/null -w '%{http_code}: %{size_download} bytes in %{time_total} s\n' -H "token: $token" "${api}log"
memory
echo "== all of it as entries"
curl -s -o /dev/null -w '%{http_code}: %{size_download} bytes in %{time_total} s\n' -H "token: $token" "${api}log?format=entries"
memory
