/*
 * Distances between 8-bit codes, for io.forebay.index.vector.CodeKernels, which says what they mean and has the
 * same in Java; and the walks through level 0 of a graph that are made of them (NativeWalk, FilteredWalk). Called through the foreign function interface; no state, no allocation, no system calls.
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

AVX512 static inline void dots512(const uint8_t *r0, const uint8_t *r1, const uint8_t *r2, const uint8_t *r3,
                                  const int8_t *query, int32_t length, int32_t *out) {
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
    for (int32_t i = 0; i < length; i += 64) {
        __m512i q = _mm512_loadu_si512(query + i);
        a = _mm512_dpbusd_epi32(a, _mm512_loadu_si512(r0 + i), q);
        b = _mm512_dpbusd_epi32(b, _mm512_loadu_si512(r1 + i), q);
        c = _mm512_dpbusd_epi32(c, _mm512_loadu_si512(r2 + i), q);
        d = _mm512_dpbusd_epi32(d, _mm512_loadu_si512(r3 + i), q);
    }
    /* Transposes while it adds: pairs, then fours, then the four quarters. */
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    _mm_storeu_si128((__m128i *)out, _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1)));
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

AVX2 static inline void dots256(const uint8_t *r0, const uint8_t *r1, const uint8_t *r2, const uint8_t *r3,
                                const int8_t *query, int32_t length, int32_t *out) {
    out[0] = dot256(r0, query, length);
    out[1] = dot256(r1, query, length);
    out[2] = dot256(r2, query, length);
    out[3] = dot256(r3, query, length);
}

/*
 * One body for every instruction set: DOTS is its dot products of four rows with the query, DOT that of one. Four at a time
 * share the loads of the query and most of the work of adding up.
 */
#define DISTANCES(NAME, TARGET, DOTS, DOT)                                                                            \
    TARGET static void NAME(const int8_t *query, float add, float scale, int32_t bias, const int64_t *chunks,         \
                            const int32_t *ids, int32_t count, int32_t length, float *out) {                         \
        for (int32_t i = 0; i < count && i < AHEAD; i++) {                                                            \
            prefetch(chunks, ids[i], length);                                                                        \
        }                                                                                                            \
        int32_t i = 0;                                                                                               \
        for (; i + 4 <= count; i += 4) {                                                                             \
            for (int32_t j = i + AHEAD; j < i + AHEAD + 4 && j < count; j++) {                                       \
                prefetch(chunks, ids[j], length);                                                                    \
            }                                                                                                        \
            int32_t dots[4];                                                                                         \
            DOTS(row(chunks, ids[i], length), row(chunks, ids[i + 1], length), row(chunks, ids[i + 2], length),      \
                 row(chunks, ids[i + 3], length), query, length, dots);                                              \
            for (int32_t j = 0; j < 4; j++) {                                                                        \
                out[i + j] = distance(chunks, ids[i + j], dots[j] - bias, add, scale);                               \
            }                                                                                                        \
        }                                                                                                            \
        for (; i < count; i++) {                                                                                     \
            out[i] = distance(chunks, ids[i], DOT(row(chunks, ids[i], length), query, length) - bias, add, scale);   \
        }                                                                                                            \
    }

DISTANCES(distances512, AVX512, dots512, dot512)
DISTANCES(distances256, AVX2, dots256, dot256)

/*
 * A walk through level 0 of a graph, laid out as io.forebay.index.vector.NativeWalk writes it. All addresses are of memory
 * outside of Java's heap.
 */
typedef struct {
    int64_t query;       /* int8 * length */
    int64_t chunks;      /* of the codes */
    int64_t origins;     /* of the rows of links: address of row 0 as if its chunk began there, 0 where there is none */
    int64_t visited;     /* one bit for each node below limit */
    int64_t touched;     /* int32: the nodes whose bits are set */
    int64_t beam;        /* int64 * (width + 1): sorted keys, see GraphScratch */
    float add;
    float scale;
    int32_t bias;
    int32_t length;
    int32_t links;       /* ints in a row of links */
    int32_t limit;       /* nodes from here on have no codes */
    int32_t origin_count;
    int32_t width;       /* of the beam */
    int32_t beam_size;
    int32_t tie_mask;
    int32_t touched_count;
    int32_t touched_max; /* the walk stops when a row more might not fit */
} walk_t;

#define LINKS_MAX 1024
#define FIRST_BITS 4
#define EXPANDED 1

/* Level 0 of the graph as IntRows keeps it: the row of `node`, or 0. */
static inline const int32_t *links_of(const int64_t *origins, int32_t count, int32_t width, int32_t node) {
    int32_t chunk = node >= 4096 ? 8 + (node >> 12) : node < 16 ? 0 : 32 - __builtin_clz((uint32_t)node >> FIRST_BITS);
    if (chunk >= count || origins[chunk] == 0) {
        return 0;
    }
    return (const int32_t *)(uintptr_t)(origins[chunk] + (int64_t)node * width * 4);
}

static inline const int32_t *links_at(const walk_t *walk, int64_t key) {
    return links_of((const int64_t *)(uintptr_t)walk->origins, walk->origin_count, walk->links,
                    (int32_t)((uint32_t)key >> 1) ^ walk->tie_mask);
}

static inline int64_t key_of(float distance, int32_t node, int32_t tie_mask) {
    float positive = distance + 0.0f;
    int32_t bits;
    memcpy(&bits, &positive, 4);
    bits ^= (bits >> 31) & 0x7fffffff;
    return (int64_t)((uint64_t)(uint32_t)bits << 32 | (uint32_t)(node ^ tie_mask) << 1);
}

/* How many of the sorted keys are below this one. No branch depends on a key: none could be predicted. */
AVX2 static inline int32_t below256(const int64_t *keys, int32_t count, int64_t key) {
    const int64_t *low = keys;
    int32_t length = count;
    while (length > 1) {
        int32_t half = length >> 1;
        low += -(int32_t)(low[half - 1] < key) & half;
        length -= half;
    }
    return (int32_t)(low - keys) + (length == 1 && low[0] < key);
}

AVX512 static inline int32_t below512(const int64_t *keys, int32_t count, int64_t key) {
    const int64_t *low = keys;
    int32_t length = count;
    while (length > 128) {
        int32_t half = length >> 1;
        low += -(int32_t)(low[half - 1] < key) & half;
        length -= half;
    }
    const __m512i wanted = _mm512_set1_epi64(key);
    int32_t below = (int32_t)(low - keys);
    for (int32_t i = 0; i < length; i += 8) {
        __mmask8 there = length - i >= 8 ? 0xff : (__mmask8)((1 << (length - i)) - 1);
        below += __builtin_popcount(_mm512_mask_cmplt_epi64_mask(there, _mm512_maskz_loadu_epi64(there, low + i), wanted));
    }
    return below;
}

/* Moves up what lies behind `place` and puts the key there; the last key goes when the beam is full. */
static inline void put(int64_t *keys, int32_t count, int32_t place, int64_t key) {
    int64_t *low = keys + place;
    int64_t *to = keys + count;
    for (; to - low >= 8; to -= 8) {
        int64_t block[8];
        memcpy(block, to - 8, sizeof block);
        memcpy(to - 7, block, sizeof block);
    }
    for (; to > low; to--) {
        to[0] = to[-1];
    }
    *low = key;
}

/* The linked nodes that were not visited and have codes, without a branch on either: which it is cannot be predicted. */
AVX2 static inline int32_t gather256(const walk_t *walk, const int32_t *links, int32_t *out) {
    const uint32_t *visited = (const uint32_t *)(uintptr_t)walk->visited;
    int32_t found = 0;
    for (int32_t i = 0; i < walk->links && links[i] != -1; i++) {
        int32_t node = links[i] & 0x7fffffff;
        int32_t known = node < walk->limit;
        int32_t at = known ? node : 0;
        out[found] = node;
        found += known & ~(visited[at >> 5] >> (at & 31));
    }
    return found;
}

AVX512 static inline int32_t gather512(const walk_t *walk, const int32_t *links, int32_t *out) {
    const void *visited = (const void *)(uintptr_t)walk->visited;
    int32_t found = 0;
    for (int32_t i = 0; i < walk->links; i += 16) {
        __mmask16 there = walk->links - i >= 16 ? 0xffff : (__mmask16)((1 << (walk->links - i)) - 1);
        __m512i raw = _mm512_mask_loadu_epi32(_mm512_set1_epi32(-1), there, links + i);
        __mmask16 used = _mm512_cmpneq_epi32_mask(raw, _mm512_set1_epi32(-1));
        __m512i node = _mm512_and_si512(raw, _mm512_set1_epi32(0x7fffffff));
        __mmask16 known = used & _mm512_cmplt_epi32_mask(node, _mm512_set1_epi32(walk->limit));
        __m512i words = _mm512_mask_i32gather_epi32(_mm512_set1_epi32(-1), known, _mm512_srli_epi32(node, 5), visited, 4);
        __m512i bit = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(node, _mm512_set1_epi32(31)));
        __mmask16 fresh = known & _mm512_testn_epi32_mask(words, bit);
        /* Not compressed straight into memory: some processors take a hundred cycles for that. */
        _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi32(fresh, node));
        found += __builtin_popcount(fresh);
        if (used != 0xffff) {
            break;
        }
    }
    return found;
}

static inline void mark(walk_t *walk, const int32_t *nodes, int32_t count) {
    uint32_t *visited = (uint32_t *)(uintptr_t)walk->visited;
    int32_t *touched = (int32_t *)(uintptr_t)walk->touched + walk->touched_count;
    for (int32_t i = 0; i < count; i++) {
        visited[nodes[i] >> 5] |= 1u << (nodes[i] & 31);
        touched[i] = nodes[i];
    }
    walk->touched_count += count;
}

#define BEAM(NAME, TARGET, DISTANCES_OF, GATHER, BELOW)                                                                 \
    TARGET static int32_t NAME(walk_t *walk) {                                                                        \
        int64_t *keys = (int64_t *)(uintptr_t)walk->beam;                                                             \
        const int64_t *chunks = (const int64_t *)(uintptr_t)walk->chunks;                                             \
        const int8_t *query = (const int8_t *)(uintptr_t)walk->query;                                                 \
        int32_t ids[LINKS_MAX + 16];                                                                                  \
        float distances[LINKS_MAX + 16];                                                                              \
        int32_t at = 0;                                                                                               \
        while (at < walk->beam_size) {                                                                                \
            if (keys[at] & EXPANDED) {                                                                                \
                at++;                                                                                                 \
                continue;                                                                                             \
            }                                                                                                         \
            if (walk->touched_count + walk->links > walk->touched_max) {                                              \
                return 1;                                                                                             \
            }                                                                                                         \
            const int32_t *links = links_at(walk, keys[at]);                                                     \
            keys[at] |= EXPANDED;                                                                                     \
            int32_t next = at + 1;                                                                                    \
            if (next < walk->beam_size) {                                                                             \
                const int32_t *soon = links_at(walk, keys[next]);                                               \
                for (int32_t i = 0; soon != 0 && i < walk->links; i += LINE / 4) {                                    \
                    __builtin_prefetch(soon + i);                                                                     \
                }                                                                                                     \
            }                                                                                                         \
            int32_t count = links == 0 ? 0 : GATHER(walk, links, ids);                                                \
            mark(walk, ids, count);                                                                                   \
            DISTANCES_OF(query, walk->add, walk->scale, walk->bias, chunks, ids, count, walk->length, distances);     \
            for (int32_t i = 0; i < count; i++) {                                                                     \
                int64_t key = key_of(distances[i], ids[i], walk->tie_mask);                                           \
                if (walk->beam_size < walk->width || key < keys[walk->beam_size - 1]) {                               \
                    int32_t size = walk->beam_size < walk->width ? walk->beam_size++ : walk->beam_size - 1;           \
                    int32_t place = BELOW(keys, size, key);                                                           \
                    put(keys, size, place, key);                                                                      \
                    next = place < next ? place : next;                                                               \
                }                                                                                                     \
            }                                                                                                         \
            at = next;                                                                                                \
        }                                                                                                             \
        return 0;                                                                                                     \
    }

BEAM(beam512, AVX512, distances512, gather512, below512)
BEAM(beam256, AVX2, distances256, gather256, below256)

/*
 * Expands what is in the beam until nothing near is left: 0. Or until the list of visited nodes is full: 1, and the call is
 * to be repeated when it is longer.
 */
EXPORT int32_t forebay_beam(int32_t level, walk_t *walk) {
    return level == 2 ? beam512(walk) : beam256(walk);
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

static inline int32_t has_bit(const int64_t *words, int32_t end, int32_t node) {
    return node < end && ((uint64_t)words[node >> 6] >> (node & 63) & 1);
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
    if (level == 2) {
        distances512(query, add, scale, bias, chunks, ids, (int32_t)gathered, length, out);
    } else {
        distances256(query, add, scale, bias, chunks, ids, (int32_t)gathered, length, out);
    }
    return gathered;
}
