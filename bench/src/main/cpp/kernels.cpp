// The reference of the distance kernels in `forebay bench index`: squared l2 of float32 rows, one query against 64 rows
// that fit into the second-level cache, 512 bits a step, four accumulators.
//
//   kernels SECONDS DIMENSION...   -> kernel DIMENSION NANOSECONDS_PER_ROW, a line each
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

typedef float Lanes __attribute__((vector_size(64)));
typedef int Places __attribute__((vector_size(64)));
static const int LANES = 16;
static const int ROWS = 64;

static double seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

__attribute__((noinline)) static float squaredL2(const float* a, const float* b, int length) {
    const Lanes* x = reinterpret_cast<const Lanes*>(a);
    const Lanes* y = reinterpret_cast<const Lanes*>(b);
    Lanes s0 = {}, s1 = {}, s2 = {}, s3 = {};
    for (int i = 0; i < length / LANES; i += 4) {
        Lanes d0 = x[i] - y[i], d1 = x[i + 1] - y[i + 1], d2 = x[i + 2] - y[i + 2], d3 = x[i + 3] - y[i + 3];
        s0 += d0 * d0;
        s1 += d1 * d1;
        s2 += d2 * d2;
        s3 += d3 * d3;
    }
    Lanes all = s0 + s1 + (s2 + s3);
    all += __builtin_shuffle(all, Places{8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7});
    all += __builtin_shuffle(all, Places{4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3});
    return all[0] + all[1] + (all[2] + all[3]);
}

int main(int count, char** arguments) {
    const double least = count > 1 ? atof(arguments[1]) : 0.2;
    std::mt19937 random(7);
    std::normal_distribution<float> gaussian;
    volatile float sink = 0;
    for (int argument = 2; argument < count; argument++) {
        const int dimension = atoi(arguments[argument]);
        const int length = (dimension + 4 * LANES - 1) / (4 * LANES) * 4 * LANES;
        float* rows = static_cast<float*>(aligned_alloc(64, sizeof(float) * length * (ROWS + 1)));
        for (int i = 0; i < length * (ROWS + 1); i++) {
            rows[i] = i % length < dimension ? gaussian(random) : 0;
        }
        double used = 0;
        long passes = 0;
        const double begin = seconds();
        while (used < least) {
            for (int pass = 0; pass < 1000; pass++) {
                float sum = 0;
                for (int row = 1; row <= ROWS; row++) {
                    sum += squaredL2(rows, rows + static_cast<long>(row) * length, length);
                }
                sink = sink + sum;
            }
            passes += 1000;
            used = seconds() - begin;
        }
        printf("kernel %d %.6f\n", dimension, used * 1e9 / (static_cast<double>(passes) * ROWS));
        free(rows);
    }
    return 0;
}
