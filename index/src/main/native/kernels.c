/*
 * Distances between 8-bit codes, for io.forebay.index.vector.CodeKernels, which says what they mean and has the
 * same in Java. Called through the foreign function interface; no state, no allocation, no system calls.
 *
 * A row of codes lies at chunks[id >> 12] + (id & 4095) * length; its two floats (add, scale) lie in front of the
 * chunk's first row, going down: at chunks[id >> 12] - 8 * ((id & 4095) + 1). Codes are 1 .. 127 and stand for
 * code - 64. `length` is a multiple of 64.
 */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define CHUNK_BITS 12
#define CHUNK_MASK 4095
#define EXPORT __attribute__((visibility("default")))
#define LINE 64
#define LENGTH_MAX 65536
/* How many rows ahead the memory is asked for: enough to cover a miss, few enough for the line fill buffers. */
#define AHEAD 6

static inline const uint8_t *row(const int64_t *chunks, int32_t id, int32_t length) {
    return (const uint8_t *)(uintptr_t)chunks[id >> CHUNK_BITS] + (int64_t)(id & CHUNK_MASK) * length;
}

static inline const float *scalars(const int64_t *chunks, int32_t id) {
    return (const float *)(uintptr_t)(chunks[id >> CHUNK_BITS] - 8 * (int64_t)((id & CHUNK_MASK) + 1));
}

static inline void prefetch(const int64_t *chunks, int32_t id, int32_t length) {
    const char *from = (const char *)row(chunks, id, length);
    __builtin_prefetch(scalars(chunks, id));
    for (int32_t i = 0; i < length; i += LINE) {
        __builtin_prefetch(from + i);
    }
}

static inline float distance(const int64_t *chunks, int32_t id, int32_t dot, float add, float scale) {
    const float *own = scalars(chunks, id);
    return (add + own[0]) - (scale * own[1]) * (float)dot;
}

/* A table of the nodes visited, open addressing, -1 is free; as GraphScratch.visit. Returns 1 for a new one. */
static inline int32_t visit(int32_t *table, int32_t mask, int32_t node) {
    int32_t slot = (int32_t)(((uint32_t)node * 0x9e3779b1u) >> 7) & mask;
    while (table[slot] != -1) {
        if (table[slot] == node) {
            return 0;
        }
        slot = (slot + 1) & mask;
    }
    table[slot] = node;
    return 1;
}

/* The linked nodes below `limit` that were not visited; asks the memory for their codes at once. */
static inline int32_t gather(const int32_t *links, int32_t max, int32_t limit, int32_t *visited, int32_t mask,
                             const int64_t *chunks, int32_t length, int32_t *out) {
    int32_t found = 0;
    for (int32_t i = 0; i < max && links[i] != -1; i++) {
        int32_t node = links[i] & 0x7fffffff;
        if (node < limit && visit(visited, mask, node)) {
            prefetch(chunks, node, length);
            out[found++] = node;
        }
    }
    return found;
}

/* One body for every instruction set: DOT is its dot product of a row with the query. */
#define DISTANCES(NAME, TARGET, DOT)                                                                                   \
    TARGET static void NAME(const int8_t *query, float add, float scale, int32_t bias, const int64_t *chunks,         \
                            const int32_t *ids, int32_t count, int32_t length, float *out) {                         \
        for (int32_t i = 0; i < count && i < AHEAD; i++) {                                                            \
            prefetch(chunks, ids[i], length);                                                                        \
        }                                                                                                            \
        for (int32_t i = 0; i < count; i++) {                                                                        \
            if (i + AHEAD < count) {                                                                                 \
                prefetch(chunks, ids[i + AHEAD], length);                                                            \
            }                                                                                                        \
            int32_t dot = DOT(row(chunks, ids[i], length), query, length) - bias;                                    \
            out[i] = distance(chunks, ids[i], dot, add, scale);                                                      \
        }                                                                                                            \
    }

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define AVX2 __attribute__((target("avx2")))

AVX512 static inline int32_t dot512(const uint8_t *codes, const int8_t *query, int32_t length) {
    __m512i a = _mm512_setzero_si512(), b = a;
    const uint8_t *end = codes + (length & -128);
    for (; codes < end; codes += 128, query += 128) {
        a = _mm512_dpbusd_epi32(a, _mm512_loadu_si512(codes), _mm512_loadu_si512(query));
        b = _mm512_dpbusd_epi32(b, _mm512_loadu_si512(codes + 64), _mm512_loadu_si512(query + 64));
    }
    if (length & 64) {
        a = _mm512_dpbusd_epi32(a, _mm512_loadu_si512(codes), _mm512_loadu_si512(query));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(a, b));
}

/* Pairs of products are at most 2 * 127 * 63 and do not saturate. */
AVX2 static inline int32_t dot256(const uint8_t *codes, const int8_t *query, int32_t length) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i a = _mm256_setzero_si256(), b = a;
    for (int32_t i = 0; i < length; i += 64) {
        __m256i x = _mm256_maddubs_epi16(_mm256_loadu_si256((const __m256i *)(codes + i)),
                                         _mm256_loadu_si256((const __m256i *)(query + i)));
        __m256i y = _mm256_maddubs_epi16(_mm256_loadu_si256((const __m256i *)(codes + i + 32)),
                                         _mm256_loadu_si256((const __m256i *)(query + i + 32)));
        a = _mm256_add_epi32(a, _mm256_madd_epi16(x, ones));
        b = _mm256_add_epi32(b, _mm256_madd_epi16(y, ones));
    }
    a = _mm256_add_epi32(a, b);
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return _mm_cvtsi128_si32(s);
}

DISTANCES(distances512, AVX512, dot512)
DISTANCES(distances256, AVX2, dot256)

#define EXPAND(NAME, TARGET, DOT)                                                                                    \
    TARGET static int32_t NAME(const int8_t *query, float add, float scale, int32_t bias, const int64_t *chunks,     \
                               int32_t length, const int32_t *links, int32_t max, int32_t limit, int32_t *visited,   \
                               int32_t mask, int32_t *ids, float *out) {                                             \
        int32_t count = gather(links, max, limit, visited, mask, chunks, length, ids);                               \
        for (int32_t i = 0; i < count; i++) {                                                                        \
            int32_t dot = DOT(row(chunks, ids[i], length), query, length) - bias;                                    \
            out[i] = distance(chunks, ids[i], dot, add, scale);                                                      \
        }                                                                                                            \
        return count;                                                                                                \
    }

EXPAND(expand512, AVX512, dot512)
EXPAND(expand256, AVX2, dot256)

/*
 * The nodes linked from a row that were not visited, and their distances. `next` is the row that will probably be
 * asked for after this one.
 */
EXPORT int32_t forebay_expand(int32_t level, const int8_t *query, float add, float scale, int32_t bias,
                              const int64_t *chunks, int32_t length, int64_t links, int64_t next, int32_t max,
                              int32_t limit, int32_t *visited, int32_t mask, int32_t *ids, float *out) {
    const int32_t *from = (const int32_t *)(uintptr_t)links;
    for (int32_t i = 0; next != 0 && i < max; i += LINE / 4) {
        __builtin_prefetch((const int32_t *)(uintptr_t)next + i);
    }
    return level == 2
        ? expand512(query, add, scale, bias, chunks, length, from, max, limit, visited, mask, ids, out)
        : expand256(query, add, scale, bias, chunks, length, from, max, limit, visited, mask, ids, out);
}

/* 2: AVX-512 with VNNI, 1: AVX2, 0: neither, and then nothing else here may be called. */
EXPORT int32_t forebay_kernel_level(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl")) {
        return 2;
    }
    return __builtin_cpu_supports("avx2") ? 1 : 0;
}

EXPORT void forebay_distances(int32_t level, const int8_t *query, float add, float scale, int32_t bias,
                              const int64_t *chunks, const int32_t *ids, int32_t count, int32_t length, float *out) {
    if (level == 2) {
        distances512(query, add, scale, bias, chunks, ids, count, length, out);
    } else {
        distances256(query, add, scale, bias, chunks, ids, count, length, out);
    }
}

/* The query of a row: its codes without the offset; returns the bias that this query gives to every dot product. */
static inline int32_t unbias(const uint8_t *codes, int8_t *query, int32_t length) {
    int32_t sum = 0;
    for (int32_t i = 0; i < length; i++) {
        int8_t value = (int8_t)(codes[i] - 64);
        query[i] = value;
        sum += value;
    }
    return 64 * sum;
}

#define ROW_DISTANCES(NAME, TARGET, INNER)                                                                           \
    TARGET static void NAME(int32_t from, const int64_t *chunks, const int32_t *ids, int32_t count, int32_t length,  \
                            float *out) {                                                                            \
        _Alignas(64) int8_t query[LENGTH_MAX];                                                                       \
        int32_t bias = unbias(row(chunks, from, length), query, length);                                             \
        const float *own = scalars(chunks, from);                                                                    \
        INNER(query, own[0], own[1], bias, chunks, ids, count, length, out);                                         \
    }

ROW_DISTANCES(row_distances512, AVX512, distances512)
ROW_DISTANCES(row_distances256, AVX2, distances256)

EXPORT void forebay_row_distances(int32_t level, int32_t from, const int64_t *chunks, const int32_t *ids,
                                  int32_t count, int32_t length, float *out) {
    if (level == 2) {
        row_distances512(from, chunks, ids, count, length, out);
    } else {
        row_distances256(from, chunks, ids, count, length, out);
    }
}

/* Level 0 of the graph as IntRows keeps it: the row of `node`, or 0. */
static inline const int32_t *links_of(const int64_t *origins, int32_t count, int32_t width, int32_t node) {
    int32_t chunk = node >= 4096 ? 8 + (node >> 12) : node < 16 ? 0 : 32 - __builtin_clz((uint32_t)node >> 4);
    if (chunk >= count || origins[chunk] == 0) {
        return 0;
    }
    return (const int32_t *)(uintptr_t)(origins[chunk] + (((int64_t)node * width) << 2));
}

static inline int32_t has_bit(const int64_t *words, int32_t end, int32_t node) {
    return node < end && ((uint64_t)words[node >> 6] >> (node & 63) & 1);
}

/*
 * The nodes that a walk comes to from `node`, for io.forebay.index.vector.FilteredWalk, which says the rules: those
 * linked and allowed, and, while there are fewer than `enough`, those allowed that are linked from one that is not.
 * Returns how many below, and how many were entered into `visited` above.
 */
static inline int64_t gather_allowed(int32_t node, const int64_t *origins, int32_t origin_count, int32_t width,
                                     const int64_t *words, int32_t end, int32_t enough, const int64_t *chunks,
                                     int32_t length, int32_t *visited, int32_t mask, int32_t *ids, int32_t *through) {
    const int32_t *links = links_of(origins, origin_count, width, node);
    int32_t found = 0, others = 0;
    for (int32_t i = 0; links != 0 && i < width && links[i] != -1; i++) {
        int32_t next = links[i] & 0x7fffffff;
        if (!has_bit(words, end, next)) {
            through[others++] = next;
        } else if (visit(visited, mask, next)) {
            prefetch(chunks, next, length);
            ids[found++] = next;
        }
    }
    int64_t visits = found;
    if (found < enough) {
        for (int32_t i = 0; i < others; i++) {
            const char *row = (const char *)links_of(origins, origin_count, width, through[i]);
            for (int32_t at = 0; row != 0 && at < 4 * width; at += LINE) {
                __builtin_prefetch(row + at);
            }
        }
    }
    for (int32_t i = 0; i < others && found < enough; i++) {
        if (!visit(visited, mask, through[i])) {
            continue;
        }
        visits++;
        links = links_of(origins, origin_count, width, through[i]);
        for (int32_t j = 0; links != 0 && j < width && links[j] != -1; j++) {
            int32_t next = links[j] & 0x7fffffff;
            if (has_bit(words, end, next) && visit(visited, mask, next)) {
                prefetch(chunks, next, length);
                ids[found++] = next;
                visits++;
            }
        }
    }
    return visits << 32 | found;
}

#define SCORE(NAME, TARGET, DOT)                                                                                     \
    TARGET static void NAME(const int8_t *query, float add, float scale, int32_t bias, const int64_t *chunks,        \
                            const int32_t *ids, int32_t count, int32_t length, float *out) {                         \
        for (int32_t i = 0; i < count; i++) {                                                                        \
            int32_t dot = DOT(row(chunks, ids[i], length), query, length) - bias;                                    \
            out[i] = distance(chunks, ids[i], dot, add, scale);                                                      \
        }                                                                                                            \
    }

SCORE(score512, AVX512, dot512)
SCORE(score256, AVX2, dot256)

/* `next` is the node that will probably be asked for after this one, or -1. */
EXPORT int64_t forebay_expand_allowed(int32_t level, const int8_t *query, float add, float scale, int32_t bias,
                                      const int64_t *chunks, int32_t length, int32_t node, int32_t next,
                                      const int64_t *origins, int32_t origin_count, int32_t width,
                                      const int64_t *words, int32_t end, int32_t enough, int32_t *visited,
                                      int32_t mask, int32_t *ids, int32_t *through, float *out) {
    const int32_t *ahead = next < 0 ? 0 : links_of(origins, origin_count, width, next);
    for (int32_t i = 0; ahead != 0 && i < width; i += LINE / 4) {
        __builtin_prefetch(ahead + i);
    }
    int64_t gathered = gather_allowed(node, origins, origin_count, width, words, end, enough, chunks, length, visited,
                                      mask, ids, through);
    /* Their codes were asked for when they were found. */
    if (level == 2) {
        score512(query, add, scale, bias, chunks, ids, (int32_t)gathered, length, out);
    } else {
        score256(query, add, scale, bias, chunks, ids, (int32_t)gathered, length, out);
    }
    return gathered;
}
