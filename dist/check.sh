#!/bin/sh
# Runs what mvn -Pdist package made, as somebody would who has no Java: unpacks the archive, and uses the runtime in it for
# what loads natives and modules by name: RocksDB, both logs, Netty's epoll, ONNX Runtime, zstd, XML, TLS, jcmd.
# With bwrap and the folder that base-layer.sh made it does so in a sandbox with nothing but these; else with an empty
# environment. A minute; exit code 0 when all of it worked.
#
#   dist/check.sh dist/target/forebay-*-linux-x86_64.tar.gz [dist/target/base]
set -eu

archive=$1
base=${2:-}
here=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT
mkdir "$work/opt" "$work/data"
tar -xzf "$archive" -C "$work/opt" --strip-components 1
cp "$here/dist/src/test/files/articles.csv" "$work/data/articles.csv"

clean() {
    if [ -n "$base" ]; then
        bwrap --unshare-all --share-net --die-with-parent --clearenv --setenv PATH /opt/bin:/usr/bin:/bin --setenv HOME /tmp \
            --setenv FOREBAY_AUTH__MODE off --ro-bind "$base" / --proc /proc --dev /dev --tmpfs /tmp \
            --ro-bind "$work/opt" /opt --bind "$work/data" /home --chdir /home "$@"
    else
        (cd "$work/data" && exec env -i HOME="$work" FOREBAY_AUTH__MODE=off PATH="$work/opt/bin:/usr/bin:/bin" "$@")
    fi
}

failed() {
    cat "$1" >&2
    exit 1
}

has() {
    if ! grep -q "$1" "$2"; then
        echo "check: '$1' is missing in:" >&2
        cat "$2" >&2
        exit 1
    fi
}

clean forebay version
for wal in file chronicle; do
    echo "== server with wal.implementation $wal"
    # It stops when its input ends: a signal would reach the sandbox and not the server.
    rm -f "$work/in"
    mkfifo "$work/in"
    clean forebay run --path "store-$wal" --port 0 --set "wal.implementation=$wal" --stop-at-eof \
        <"$work/in" >"$work/out" 2>"$work/err" &
    server=$!
    exec 3>"$work/in"
    tries=0
    until grep -q listening "$work/out"; do
        tries=$((tries + 1))
        if [ $tries -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
            cat "$work/err" >&2
            exit 1
        fi
        sleep 0.2
    done
    port=$(sed -n 's/.*http:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/out")
    clean forebay health --port "$port" >"$work/health"
    has green "$work/health"
    clean forebay import articles.csv --port "$port" --collection articles --id-field id --text-field title --text-field body \
        >"$work/import" 2>&1 || failed "$work/import"
    clean forebay query articles --port "$port" --id 2 -k 2 --json >"$work/query"
    has "basin in front" "$work/query"
    clean forebay export articles --port "$port" -o "$wal.jsonl.gz" >"$work/export" 2>&1 || failed "$work/export"
    clean forebay lag --port "$port"
    exec 3>&-
    wait "$server" || failed "$work/err"
    server=
    has stopped "$work/err"
done
echo "== demo"
clean forebay demo >"$work/demo" 2>&1 || failed "$work/demo"
has recall "$work/demo"
grep -E 'acked  |recall|query  ' "$work/demo"
echo "fine"
