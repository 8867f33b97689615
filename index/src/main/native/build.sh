#!/bin/sh
# Makes the native kernels anew; needed only after a change of kernels.c. Java goes on without them where they do not load.
set -e
cd "$(dirname "$0")"
out=../resources/io/forebay/index/vector/linux-x86_64
mkdir -p "$out"
gcc -O3 -std=c11 -fPIC -shared -fvisibility=hidden -fno-ident -nostartfiles -Wall -Wextra -Werror \
    -Wl,--build-id=none -Wl,-s -Wl,-z,noexecstack -o "$out/libforebaykernels.so" kernels.c
ls -l "$out/libforebaykernels.so"
