#!/bin/sh
# Makes the base of the container image: a folder with the C library, the C++ library and a shell, unpacked from Debian's
# packages, without a registry and without root. Needs apt and dpkg-deb (Debian or Ubuntu); apt checks signatures.
#
#   dist/base-layer.sh dist/target/base && mvn -Pdist package -Dimage.base=dist/target/base
set -eu

[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
mkdir -p "$1" "$1.packages"
base=$(cd "$1" && pwd -P)
packages=$(cd "$1.packages" && pwd -P)
# The library's own folders, made links as Debian has them, before packages put files below them.
for folder in bin lib lib64 sbin; do
    mkdir -p "$base/usr/$folder"
    [ -h "$base/$folder" ] || ln -s "usr/$folder" "$base/$folder"
done
cd "$packages"
rm -f ./*.deb
apt-get download -qq libc6 libgcc-s1 libstdc++6 dash base-files
for package in *.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$base" --keep-directory-symlink --no-same-owner --exclude ./usr/share/man \
        --exclude ./usr/share/locale --exclude ./usr/lib/x86_64-linux-gnu/gconv --exclude ./usr/share/lintian
done
ln -sf dash "$base/usr/bin/sh"
# What the image is made of, for whoever looks for old packages in it.
for package in *.deb; do
    dpkg-deb -f "$package" Package Version | tr '\n' ' '
    echo
done >"$base/etc/base-packages"
rm -rf "$base/var/lock" "$base/var/run" "$base/run"
mkdir -p "$base/opt" "$base/tmp"
