#!/bin/sh
# Builds the commit that is checked out twice, in two new directories of different length, and compares what is handed out.
# Minutes, and 2 GB in the temporary folder. Exit code 0 when all bytes are the same. Options go to Maven: with
# -Dimage.base=/absolute/folder of base-layer.sh the image is compared too.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for place in a another/place; do
    mkdir -p "$work/$place"
    git -C "$here" archive HEAD | tar -x -C "$work/$place"
    (cd "$work/$place" && umask "${umask:-022}" && mvn -q -Pdist -DskipTests package -pl dist -am "$@")
    umask=077
done
for file in "$work"/a/dist/target/forebay[-_]*.tar.gz "$work"/a/dist/target/forebay_*.deb \
    "$work"/a/dist/target/forebay-*-oci.tar; do
    [ -f "$file" ] || continue # no base, no image
    name=$(basename "$file")
    sha256sum "$file" "$work/another/place/dist/target/$name" | sed "s|$work/||"
    cmp "$file" "$work/another/place/dist/target/$name"
done
echo "the same bytes"
