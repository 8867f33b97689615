// Put before the C library (LD_PRELOAD), it makes every sync of a process take at least SLOW_SYNC_MICROS longer: a disk that is
// farther away than this machine's, for measurements of what is bounded by waiting for it.
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

static void wait_longer() {
    static const long micros = [] {
        const char *text = getenv("SLOW_SYNC_MICROS");
        return text == nullptr ? 0 : atol(text);
    }();
    timespec time = {micros / 1000000, (micros % 1000000) * 1000};
    while (nanosleep(&time, &time) != 0) {
    }
}

extern "C" int fsync(int file) {
    static const auto real = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"));
    wait_longer();
    return real(file);
}

extern "C" int fdatasync(int file) {
    static const auto real = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fdatasync"));
    wait_longer();
    return real(file);
}

extern "C" int msync(void *start, size_t length, int flags) {
    static const auto real = reinterpret_cast<int (*)(void *, size_t, int)>(dlsym(RTLD_NEXT, "msync"));
    if ((flags & MS_SYNC) != 0) {
        wait_longer();
    }
    return real(start, length, flags);
}
