// Attention on 8-bit integers for CPUs with AVX-512 VNNI: float queries, keys, values in, float outputs out.
//
// Scores: signed 8-bit queries (a scale a row) times unsigned 8-bit keys (128 added, a scale a token, the mean key taken off
// first: a softmax does not notice). Probabilities: exp2 to unsigned 8 bits against the row's largest score. Output:
// probabilities times signed 8-bit values (a scale a channel), divided by the sum of the very integers that were used.
//
// qkv is (n, 3, heads, dim) float32, out (n, heads, dim) float32; sample s owns tokens offsets[s] .. offsets[s + 1].
// Any number of threads call `prepare` and then `attend`; work items are handed out by the atomic counter *next.

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 6
#define BLOCK 12
#define UP(x, m) (((x) + (m) - 1) / (m) * (m))

static inline float larger(float a, float b) { return a > b ? a : b; }  // fmaxf minds NaN, which costs its vector form

// sum[i] += dot of the 4 unsigned bytes u[i] with the 4 signed bytes s[i]. As assembly because GCC 12 copies and spills
// the accumulators of the intrinsic, which halves the speed.
static inline void dot4(__m512i *sum, __m512i u, __m512i s) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(*sum) : "v"(u), "v"(s));
}

typedef struct {
    const float *qkv;
    float *out;
    const int64_t *offsets;
    int64_t samples, heads, dim;
    uint8_t *keys;        // a head: [token / 16][dim / 4][16][4]
    int8_t *values;       // a head: [token / 4][padded dim][4]
    float *key_scales;    // a head: [token]
    float *value_scales;  // a head: [padded dim]
    int64_t longest;      // tokens of the longest sample, rounded up to 64
} Job;

static inline int64_t width_of(const Job *j) { return UP(j->dim, 16); }

void prepare(const Job *j, int64_t *next) {
    const int64_t dim = j->dim, wide = width_of(j), stride = 3 * j->heads * dim;
    float *mean = aligned_alloc(64, UP(wide * 4, 64));
    for (;;) {
        const int64_t item = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
        if (item >= j->samples * j->heads) break;
        const int64_t head = item % j->heads, start = j->offsets[item / j->heads];
        const int64_t n = j->offsets[item / j->heads + 1] - start, padded = UP(n, 64);
        const float *k = j->qkv + start * stride + (j->heads + head) * dim, *v = k + j->heads * dim;
        uint8_t *keys = j->keys + item * j->longest * wide;
        int8_t *values = j->values + item * j->longest * wide;
        float *ks = j->key_scales + item * j->longest, *vs = j->value_scales + item * wide;
        memset(keys, 128, padded * wide);
        memset(values, 0, padded * wide);
        memset(mean, 0, wide * 4);
        memset(vs, 0, wide * 4);
        for (int64_t t = 0; t < n; t++)
            for (int64_t d = 0; d < dim; d++) {
                mean[d] += k[t * stride + d];
                vs[d] = larger(vs[d], fabsf(v[t * stride + d]));
            }
        for (int64_t d = 0; d < dim; d++) mean[d] /= n, vs[d] = larger(vs[d], 1e-20f) / 127.0f;
        for (int64_t t = 0; t < padded; t++) {
            ks[t] = 0;
            if (t >= n) continue;
            float peak = 1e-20f;
            for (int64_t d = 0; d < dim; d++) peak = larger(peak, fabsf(k[t * stride + d] - mean[d]));
            ks[t] = peak / 127.0f;
            const float inverse = 127.0f / peak;
            uint8_t *tile = keys + (t / 16) * 16 * wide + (t % 16) * 4;
            int8_t *row = values + (t / 4) * 4 * wide + t % 4;
            for (int64_t d = 0; d < dim; d++) {
                tile[(d / 4) * 64 + d % 4] = (uint8_t)(int)((k[t * stride + d] - mean[d]) * inverse + 128.5f);
                row[d * 4] = (int8_t)((int)(v[t * stride + d] / vs[d] + 128.5f) - 128);
            }
        }
    }
    free(mean);
}

// 2 ** x for x <= 8, to 2e-4: the 8-bit rounding that follows is ten times coarser.
static inline __m512 exp2_fast(__m512 x) {
    x = _mm512_max_ps(x, _mm512_set1_ps(-40.0f));
    const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 part = _mm512_sub_ps(x, whole);
    __m512 p = _mm512_set1_ps(0.0558016f);
    p = _mm512_fmadd_ps(p, part, _mm512_set1_ps(0.2401397f));
    p = _mm512_fmadd_ps(p, part, _mm512_set1_ps(0.6931472f));
    p = _mm512_fmadd_ps(p, part, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(p, whole);
}

// scores[row][16 i ..] of ROWS queries against the four 16-key tiles at `keys`.
static inline void score_tile(const int8_t *q, const int32_t *sums, const float *scales, const uint8_t *keys,
                              const float *ks, int64_t wide, float *scores, int64_t pitch) {
    __m512i acc[ROWS][4];
#pragma GCC unroll 6
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++) acc[r][c] = _mm512_set1_epi32(-128 * sums[r]);
    for (int64_t d = 0; d < wide; d += 4) {
        __m512i key[4];
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++) key[c] = _mm512_load_si512(keys + c * 16 * wide + d * 16);
#pragma GCC unroll 6
        for (int r = 0; r < ROWS; r++) {
            const __m512i query = _mm512_set1_epi32(*(const int32_t *)(q + r * wide + d));
#pragma GCC unroll 4
            for (int c = 0; c < 4; c++) dot4(&acc[r][c], key[c], query);
        }
    }
#pragma GCC unroll 6
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++)
            _mm512_store_ps(scores + r * pitch + c * 16,
                            _mm512_mul_ps(_mm512_cvtepi32_ps(acc[r][c]),
                                          _mm512_mul_ps(_mm512_load_ps(ks + c * 16), _mm512_set1_ps(scales[r]))));
}

// Scores of one row to 8-bit probabilities; returns the sum of those integers.
static inline float probabilities(float *scores, uint8_t *p, int64_t n, int64_t padded) {
    for (int64_t t = n; t < padded; t++) scores[t] = -1e30f;
    __m512 a = _mm512_load_ps(scores), b = a, c = a, d = a;
    for (int64_t t = 0; t < padded; t += 64) {
        a = _mm512_max_ps(a, _mm512_load_ps(scores + t));
        b = _mm512_max_ps(b, _mm512_load_ps(scores + t + 16));
        c = _mm512_max_ps(c, _mm512_load_ps(scores + t + 32));
        d = _mm512_max_ps(d, _mm512_load_ps(scores + t + 48));
    }
    const float top = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(a, b), _mm512_max_ps(c, d)));
    const __m512 shift = _mm512_set1_ps(top - 7.9943534f);  // log2(255)
    __m512i sum = _mm512_setzero_si512();
    for (int64_t t = 0; t < padded; t += 16) {
        const __m512i q = _mm512_cvtps_epi32(exp2_fast(_mm512_sub_ps(_mm512_load_ps(scores + t), shift)));
        sum = _mm512_add_epi32(sum, q);
        _mm_store_si128((__m128i *)(p + t), _mm512_cvtusepi32_epi8(q));
    }
    return (float)_mm512_reduce_add_epi32(sum);
}

// ROWS outputs of `columns` (1 or 4) times 16 channels: the sum over tokens of probability times value.
static inline __attribute__((always_inline)) void output_tile(const uint8_t *p, int64_t pitch, const int8_t *values,
                                                              int64_t padded, int64_t wide, const int columns,
                                                              int32_t *out) {
    __m512i acc[ROWS][4];
#pragma GCC unroll 6
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int c = 0; c < columns; c++) acc[r][c] = _mm512_setzero_si512();
    for (int64_t t = 0; t < padded; t += 4) {
        __m512i value[4];
#pragma GCC unroll 4
        for (int c = 0; c < columns; c++) value[c] = _mm512_load_si512(values + t * wide + c * 64);
#pragma GCC unroll 6
        for (int r = 0; r < ROWS; r++) {
            const __m512i weight = _mm512_set1_epi32(*(const int32_t *)(p + r * pitch + t));
#pragma GCC unroll 4
            for (int c = 0; c < columns; c++) dot4(&acc[r][c], weight, value[c]);
        }
    }
#pragma GCC unroll 6
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int c = 0; c < columns; c++) _mm512_storeu_si512(out + r * wide + c * 16, acc[r][c]);
}

static void quantise_queries(const float *q, int64_t stride, int64_t rows, int64_t dim, int64_t wide, int8_t *out,
                             int32_t *sums, float *scales) {
    const float to_log2 = 1.4426950409f / sqrtf((float)dim);
    memset(out, 0, BLOCK * wide);
    for (int64_t r = 0; r < BLOCK; r++) {
        sums[r] = 0, scales[r] = 0;
        if (r >= rows) continue;
        float peak = 1e-20f;
        for (int64_t d = 0; d < dim; d++) peak = larger(peak, fabsf(q[r * stride + d]));
        scales[r] = peak / 127.0f * to_log2;
        const float inverse = 127.0f / peak;
        for (int64_t d = 0; d < dim; d++) {
            const int value = (int)(q[r * stride + d] * inverse + 128.5f) - 128;
            out[r * wide + d] = (int8_t)value;
            sums[r] += value;
        }
    }
}

void attend(const Job *j, int64_t *next) {
    const int64_t dim = j->dim, wide = width_of(j), stride = 3 * j->heads * dim, blocks = UP(j->longest, BLOCK) / BLOCK;
    int8_t *q = aligned_alloc(64, UP(BLOCK * wide, 64));
    float *scores = aligned_alloc(64, BLOCK * j->longest * 4);
    uint8_t *p = aligned_alloc(64, UP(BLOCK * j->longest, 64));
    int32_t *sum = aligned_alloc(64, UP(ROWS * wide * 4, 64)), sums[BLOCK];
    float scales[BLOCK], totals[BLOCK];
    for (;;) {
        const int64_t item = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
        if (item >= j->samples * j->heads * blocks) break;
        const int64_t pair = item / blocks, head = pair % j->heads, first = item % blocks * BLOCK;
        const int64_t start = j->offsets[pair / j->heads], n = j->offsets[pair / j->heads + 1] - start;
        const int64_t padded = UP(n, 64), rows = n - first < BLOCK ? n - first : BLOCK;
        if (rows <= 0) continue;
        const uint8_t *keys = j->keys + pair * j->longest * wide;
        const int8_t *values = j->values + pair * j->longest * wide;
        const float *ks = j->key_scales + pair * j->longest, *vs = j->value_scales + pair * wide;
        quantise_queries(j->qkv + (start + first) * stride + head * dim, stride, rows, dim, wide, q, sums, scales);
        for (int64_t t = 0; t < padded; t += 64)
            for (int64_t r = 0; r < BLOCK; r += ROWS)
                score_tile(q + r * wide, sums + r, scales + r, keys + t * wide, ks + t, wide,
                           scores + r * j->longest + t, j->longest);
        for (int64_t r = 0; r < BLOCK; r++)
            totals[r] = probabilities(scores + r * j->longest, p + r * j->longest, n, padded);
        for (int64_t r = 0; r < rows; r += ROWS) {
            int64_t c = 0;
            for (; c + 64 <= wide; c += 64)
                output_tile(p + r * j->longest, j->longest, values + c * 4, padded, wide, 4, sum + c);
            for (; c < wide; c += 16)
                output_tile(p + r * j->longest, j->longest, values + c * 4, padded, wide, 1, sum + c);
            for (int64_t i = 0; i < ROWS && r + i < rows; i++) {
                float *out = j->out + ((start + first + r + i) * j->heads + head) * dim;
                const float inverse = 1.0f / totals[r + i];
                for (int64_t d = 0; d < dim; d++) out[d] = (float)sum[i * wide + d] * vs[d] * inverse;
            }
        }
    }
    free(q), free(scores), free(p), free(sum);
}
