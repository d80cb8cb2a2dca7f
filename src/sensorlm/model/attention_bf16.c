// Attention on bfloat16 for CPUs with AVX512-BF16, forward and backward: each sample of a packed batch by itself.
//
// Scores never leave the cache: blocks of queries meet blocks of keys, the softmax runs along (Milakov and Gimelshein
// 2018; Dao et al. 2022), and the backward pass makes the probabilities again from the saved log-sum-exp. Products take
// bfloat16 and sum in float32; exponents are of base 2.
//
// qkv and dqkv are (n, 3, heads, DIM) bfloat16; out and dout (n, heads, DIM); lse (heads, n) float32, of base 2.
// Sample s owns tokens offsets[s] .. offsets[s + 1]. Any number of threads call a function; work items are handed out
// by the atomic counter *next, and what an item computes does not depend on who computes it.

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS (DIM / 16)
#define TILE 48      // keys of a product of scores: 8 queries x 48 keys fill 24 registers
#define KEYS 240     // keys of a block, a multiple of TILE
#define ROWS 24      // queries of a forward block, a multiple of 8 and 6
#define CHUNK 480    // queries of a forward work item, which packs all keys and values of its sample
#define QUERIES 96   // queries of a backward block, a multiple of 8 and 6
#define UP(x, m) (((x) + (m) - 1) / (m) * (m))
#define INLINE static inline __attribute__((always_inline))

typedef uint16_t bf16;
typedef int32_t __attribute__((may_alias)) pair_t;  // two bfloat16 of neighbouring indices of a sum

typedef struct {
    const bf16 *qkv;
    bf16 *out;
    float *lse;
    const int64_t *offsets;
    int64_t samples, heads, longest;  // longest: tokens of the longest sample
    const bf16 *dout;
    bf16 *dqkv;
    float *dq;      // (ranges, n, heads, DIM): each range of keys adds up its own
    int64_t range;  // keys of a backward work item, a multiple of KEYS
} Job;

// As assembly because GCC 12 copies and spills the accumulators of the intrinsic.
INLINE void dot2(__m512 *sum, __m512i a, __m512i b) { __asm__("vdpbf16ps %2, %1, %0" : "+v"(*sum) : "v"(a), "v"(b)); }

INLINE void store_bf16(bf16 *to, __m512 x) { _mm256_storeu_si256((__m256i *)to, (__m256i)_mm512_cvtneps_pbh(x)); }

// 2 ** x for x <= 0 to 1e-4, a twentieth of the rounding to bfloat16 that follows; 0 where `kept` has no bit.
INLINE __m512 exp2_fast(__m512 x, __mmask16 kept) {
    const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 part = _mm512_sub_ps(x, whole);
    __m512 p = _mm512_set1_ps(0.0558016f);
    p = _mm512_fmadd_ps(p, part, _mm512_set1_ps(0.2401397f));
    p = _mm512_fmadd_ps(p, part, _mm512_set1_ps(0.6931472f));
    p = _mm512_fmadd_ps(p, part, _mm512_set1_ps(1.0f));
    return _mm512_maskz_scalef_ps(kept, p, whole);
}

// `rows` rows of DIM, `stride` apart, to neighbouring ones; zeros up to `padded` rows.
static void copy_rows(const bf16 *from, int64_t stride, int64_t rows, int64_t padded, bf16 *to) {
    for (int64_t r = 0; r < rows; r++) memcpy(to + r * DIM, from + r * stride, 2 * DIM);
    memset(to + rows * DIM, 0, 2 * DIM * (padded - rows));
}

// The same rows in pairs: [padded / 2][DIM][2], for sums over rows.
static void pack_pairs(const bf16 *from, int64_t stride, int64_t rows, int64_t padded, bf16 *to) {
    const __m512i low = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8,
                                         39, 7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    const __m512i high = _mm512_add_epi16(low, _mm512_set1_epi16(16));
    for (int64_t r = 0; r < padded; r += 2)
        for (int64_t d = 0; d < DIM; d += 32) {
            const __m512i zero = _mm512_setzero_si512();
            const __m512i a = r < rows ? _mm512_loadu_si512(from + r * stride + d) : zero;
            const __m512i b = r + 1 < rows ? _mm512_loadu_si512(from + (r + 1) * stride + d) : zero;
            _mm512_store_si512(to + r * DIM + d * 2, _mm512_permutex2var_epi16(a, low, b));
            _mm512_store_si512(to + r * DIM + d * 2 + 32, _mm512_permutex2var_epi16(a, high, b));
        }
}

// The same rows as tiles for sums over DIM: [padded / TILE][DIM / 2][TILE][2].
static void pack_tiles(const bf16 *from, int64_t stride, int64_t rows, int64_t padded, bf16 *to) {
    for (int64_t first = 0; first < padded; first += 16)
        for (int64_t d = 0; d < DIM; d += 32) {
            __m512i x[16], y[16];
            for (int64_t i = 0; i < 16; i++)
                x[i] = first + i < rows ? _mm512_loadu_si512(from + (first + i) * stride + d) : _mm512_setzero_si512();
            // A 16 x 16 transposition of pairs: four rounds, each exchanging blocks twice as large.
            for (int i = 0; i < 16; i += 2) {
                y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
                y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
            }
            for (int i = 0; i < 16; i += 4)
                for (int k = 0; k < 2; k++) {
                    x[i + 2 * k] = _mm512_unpacklo_epi64(y[i + k], y[i + k + 2]);
                    x[i + 2 * k + 1] = _mm512_unpackhi_epi64(y[i + k], y[i + k + 2]);
                }
            for (int i = 0; i < 16; i += 8)
                for (int k = 0; k < 4; k++) {
                    y[i + k] = _mm512_shuffle_i32x4(x[i + k], x[i + k + 4], 0x88);
                    y[i + k + 4] = _mm512_shuffle_i32x4(x[i + k], x[i + k + 4], 0xdd);
                }
            for (int k = 0; k < 8; k++) {
                x[k] = _mm512_shuffle_i32x4(y[k], y[k + 8], 0x88);
                x[k + 8] = _mm512_shuffle_i32x4(y[k], y[k + 8], 0xdd);
            }
            bf16 *tile = to + first / TILE * TILE * DIM + d * TILE + first % TILE * 2;
            for (int i = 0; i < 16; i++) _mm512_store_si512(tile + i * 2 * TILE, x[i]);
        }
}

// sums[r][c]: 8 rows of DIM times the TILE columns of a tile.
INLINE void score_tile(const bf16 *rows, const bf16 *tile, __m512 sums[8][3]) {
#pragma GCC unroll 8
    for (int r = 0; r < 8; r++)
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) sums[r][c] = _mm512_setzero_ps();
    for (int64_t d = 0; d < DIM; d += 2) {
        __m512i column[3];
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) column[c] = _mm512_load_si512(tile + d * TILE + c * 32);
#pragma GCC unroll 8
        for (int r = 0; r < 8; r++) {
            const __m512i row = _mm512_set1_epi32(*(const pair_t *)(rows + r * DIM + d));
#pragma GCC unroll 3
            for (int c = 0; c < 3; c++) dot2(&sums[r][c], row, column[c]);
        }
    }
}

// out[r] = factor[r] * out[r] + the sum over pairs p of weights[r * row + p * step] times packed[p], for 6 rows r.
INLINE void sum_tile(const pair_t *weights, int64_t row, int64_t step, int64_t pairs, const bf16 *packed,
                     const float *factors, float *out) {
    __m512 sums[6][COLUMNS];
#pragma GCC unroll 6
    for (int r = 0; r < 6; r++)
#pragma GCC unroll 4
        for (int c = 0; c < COLUMNS; c++) {
            sums[r][c] = _mm512_load_ps(out + r * DIM + c * 16);
            if (factors) sums[r][c] = _mm512_mul_ps(sums[r][c], _mm512_set1_ps(factors[r]));
        }
    for (int64_t p = 0; p < pairs; p++) {
        __m512i column[COLUMNS];
#pragma GCC unroll 4
        for (int c = 0; c < COLUMNS; c++) column[c] = _mm512_load_si512(packed + p * 2 * DIM + c * 32);
#pragma GCC unroll 6
        for (int r = 0; r < 6; r++) {
            const __m512i weight = _mm512_set1_epi32(weights[r * row + p * step]);
#pragma GCC unroll 4
            for (int c = 0; c < COLUMNS; c++) dot2(&sums[r][c], weight, column[c]);
        }
    }
#pragma GCC unroll 6
    for (int r = 0; r < 6; r++)
#pragma GCC unroll 4
        for (int c = 0; c < COLUMNS; c++) _mm512_store_ps(out + r * DIM + c * 16, sums[r][c]);
}

// `width` scores of one query to probabilities against the largest score so far, of base 2; only `last` scores count.
// Returns what the sums so far must be multiplied with. `totals` stays 16 sums: adding them up takes as long as the rest.
INLINE float softmax_row(float *scores, int64_t width, int64_t last, float to_log2, float *top, float *totals,
                         bf16 *p) {
    for (int64_t t = last; t < width; t++) scores[t] = -1e30f;
    __m512 largest = _mm512_load_ps(scores);
    for (int64_t t = 16; t < width; t += 16) largest = _mm512_max_ps(largest, _mm512_load_ps(scores + t));
    const float here = _mm512_reduce_max_ps(largest) * to_log2;
    float factor = 1.0f;
    if (here > *top) factor = exp2f(*top - here), *top = here;
    const __m512 shift = _mm512_set1_ps(*top), scale = _mm512_set1_ps(to_log2);
    __m512 sum = _mm512_mul_ps(_mm512_load_ps(totals), _mm512_set1_ps(factor));
    for (int64_t t = 0; t < width; t += 16) {
        const __m512 e = exp2_fast(_mm512_fmsub_ps(_mm512_load_ps(scores + t), scale, shift), 0xffff);
        sum = _mm512_add_ps(sum, e);
        store_bf16(p + t, e);
    }
    _mm512_store_ps(totals, sum);
    return factor;
}

typedef struct {
    float scores[ROWS * KEYS], out[ROWS * DIM], totals[ROWS * 16], tops[ROWS], factors[ROWS];
    bf16 p[ROWS * KEYS], q[ROWS * DIM];
} Forward;

// ROWS queries (fewer at the end) against all n keys of their sample.
static void forward_block(Forward *f, const bf16 *tiles, const bf16 *values, int64_t n, int64_t rows) {
    const float to_log2 = 1.4426950409f / sqrtf((float)DIM);
    memset(f->out, 0, sizeof f->out);
    memset(f->totals, 0, sizeof f->totals);
    for (int r = 0; r < ROWS; r++) f->tops[r] = -1e30f;
    for (int64_t k = 0; k < n; k += KEYS) {
        const int64_t last = n - k < KEYS ? n - k : KEYS, width = UP(last, TILE);
        for (int64_t t = 0; t < width; t += TILE)
            for (int64_t r = 0; r < rows; r += 8) {
                __m512 sums[8][3];
                score_tile(f->q + r * DIM, tiles + (k + t) * DIM, sums);
#pragma GCC unroll 8
                for (int i = 0; i < 8; i++)
#pragma GCC unroll 3
                    for (int c = 0; c < 3; c++) _mm512_store_ps(f->scores + (r + i) * KEYS + t + c * 16, sums[i][c]);
            }
        for (int64_t r = 0; r < UP(rows, 6); r++)
            f->factors[r] = softmax_row(f->scores + r * KEYS, width, last, to_log2, f->tops + r,
                                        f->totals + r * 16, f->p + r * KEYS);
        for (int64_t r = 0; r < rows; r += 6)
            sum_tile((const pair_t *)(f->p + r * KEYS), KEYS / 2, 1, width / 2, values + k * DIM, f->factors + r,
                     f->out + r * DIM);
    }
}

void forward(const Job *j, int64_t *next) {
    const int64_t stride = 3 * j->heads * DIM, n_all = j->offsets[j->samples], chunks = UP(j->longest, CHUNK) / CHUNK;
    const int64_t bytes = UP(j->longest, TILE) * DIM * 2;
    bf16 *tiles = aligned_alloc(64, bytes), *values = aligned_alloc(64, bytes);
    Forward *f = aligned_alloc(64, UP(sizeof *f, 64));
    memset(f, 0, sizeof *f);
    int64_t packed = -1;
    for (;;) {
        const int64_t item = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
        if (item >= j->samples * j->heads * chunks) break;
        const int64_t owner = item / chunks, head = owner % j->heads, first = item % chunks * CHUNK;
        const int64_t start = j->offsets[owner / j->heads], n = j->offsets[owner / j->heads + 1] - start;
        if (first >= n) continue;
        const bf16 *q = j->qkv + start * stride + head * DIM, *k = q + j->heads * DIM, *v = k + j->heads * DIM;
        if (packed != owner) {
            pack_tiles(k, stride, n, UP(n, TILE), tiles);
            pack_pairs(v, stride, n, UP(n, TILE), values);
            packed = owner;
        }
        for (int64_t i = first; i < n && i < first + CHUNK; i += ROWS) {
            const int64_t rows = n - i < ROWS ? n - i : ROWS;
            copy_rows(q + i * stride, stride, rows, ROWS, f->q);
            forward_block(f, tiles, values, n, rows);
            for (int64_t r = 0; r < rows; r++) {
                const float total = _mm512_reduce_add_ps(_mm512_load_ps(f->totals + r * 16));
                const __m512 inverse = _mm512_set1_ps(1.0f / total);
                bf16 *out = j->out + ((start + i + r) * j->heads + head) * DIM;
                for (int64_t d = 0; d < DIM; d += 16)
                    store_bf16(out + d, _mm512_mul_ps(_mm512_load_ps(f->out + r * DIM + d), inverse));
                j->lse[head * n_all + start + i + r] = f->tops[r] + log2f(total);
            }
        }
    }
    free(tiles), free(values), free(f);
}

typedef struct {
    // Of a block of keys: k and v as tiles, k in pairs, their gradients.
    bf16 keys[KEYS * DIM], values[KEYS * DIM], key_pairs[KEYS * DIM];
    float dk[KEYS * DIM], dv[KEYS * DIM];
    // Of a block of queries: rows and pairs of q and of the gradient of the output.
    bf16 q[QUERIES * DIM], dout[QUERIES * DIM], q_pairs[QUERIES * DIM], dout_pairs[QUERIES * DIM];
    float lse[QUERIES], delta[QUERIES], dq[QUERIES * DIM];
    // Of both: pairs of queries of a tile (probabilities, gradients of scores), rows of a block (gradients of scores).
    bf16 p_pairs[QUERIES * TILE], ds_pairs[QUERIES * TILE], ds[QUERIES * KEYS];
    float p[8 * TILE];
} Backward;

static void load_queries(Backward *b, const Job *j, int64_t token, int64_t head, int64_t rows) {
    const int64_t stride = 3 * j->heads * DIM, narrow = j->heads * DIM, n_all = j->offsets[j->samples];
    const bf16 *q = j->qkv + token * stride + head * DIM, *dout = j->dout + token * narrow + head * DIM;
    const bf16 *out = j->out + token * narrow + head * DIM;
    copy_rows(q, stride, rows, QUERIES, b->q);
    copy_rows(dout, narrow, rows, QUERIES, b->dout);
    pack_pairs(q, stride, rows, QUERIES, b->q_pairs);
    pack_pairs(dout, narrow, rows, QUERIES, b->dout_pairs);
    for (int64_t r = 0; r < QUERIES; r++) {
        b->lse[r] = r < rows ? j->lse[head * n_all + token + r] : 1e30f;
        __m512 sum = _mm512_setzero_ps();
        for (int64_t d = 0; d < DIM && r < rows; d += 32)
            dot2(&sum, _mm512_loadu_si512(out + r * narrow + d), _mm512_loadu_si512(dout + r * narrow + d));
        b->delta[r] = _mm512_reduce_add_ps(sum);
    }
}

// 16 numbers each of two neighbouring rows, interleaved: pairs for sums over rows.
INLINE void store_pairs(bf16 *to, __m512 even, __m512 odd) {
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,
                                           23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    _mm512_store_si512(to, _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(odd, even)));
}

// Probabilities of 8 queries and a tile of keys, and the gradients of their scores, into the buffers of `b`.
INLINE void score_gradients(Backward *b, int64_t r, int64_t t, const __mmask16 *kept) {
    const __m512 to_log2 = _mm512_set1_ps(1.4426950409f / sqrtf((float)DIM));
    __m512 x[8][3];
    score_tile(b->q + r * DIM, b->keys + t * DIM, x);
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) {
            x[i][c] = exp2_fast(_mm512_fmsub_ps(x[i][c], to_log2, _mm512_set1_ps(b->lse[r + i])), kept[c]);
            _mm512_store_ps(b->p + i * TILE + c * 16, x[i][c]);
        }
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2)
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) store_pairs(b->p_pairs + (r + i) * TILE + c * 32, x[i][c], x[i + 1][c]);
    score_tile(b->dout + r * DIM, b->values + t * DIM, x);
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) {
            const __m512 dp = _mm512_sub_ps(x[i][c], _mm512_set1_ps(b->delta[r + i]));
            x[i][c] = _mm512_mul_ps(dp, _mm512_load_ps(b->p + i * TILE + c * 16));
            store_bf16(b->ds + (r + i) * KEYS + t + c * 16, x[i][c]);
        }
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2)
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) store_pairs(b->ds_pairs + (r + i) * TILE + c * 32, x[i][c], x[i + 1][c]);
}

// One block of queries against one block of keys: adds to dk, dv and (of these queries) dq.
static void backward_block(Backward *b, int64_t rows, int64_t last) {
    const int64_t pairs = UP(rows, 8) / 2;
    for (int64_t t = 0; t < last; t += TILE) {
        __mmask16 kept[3];
        for (int c = 0; c < 3; c++) {
            const int64_t left = last - t - c * 16;
            kept[c] = left >= 16 ? 0xffff : left > 0 ? (__mmask16)((1 << left) - 1) : 0;
        }
        for (int64_t r = 0; r < rows; r += 8) score_gradients(b, r, t, kept);
        for (int64_t i = 0; i < TILE; i += 6) {
            sum_tile((const pair_t *)b->p_pairs + i, 1, TILE, pairs, b->dout_pairs, NULL, b->dv + (t + i) * DIM);
            sum_tile((const pair_t *)b->ds_pairs + i, 1, TILE, pairs, b->q_pairs, NULL, b->dk + (t + i) * DIM);
        }
    }
    for (int64_t r = 0; r < rows; r += 6)
        sum_tile((const pair_t *)(b->ds + r * KEYS), KEYS / 2, 1, UP(last, TILE) / 2, b->key_pairs, NULL,
                 b->dq + r * DIM);
}

void backward(const Job *j, int64_t *next) {
    const int64_t stride = 3 * j->heads * DIM, narrow = j->heads * DIM, n_all = j->offsets[j->samples];
    const int64_t ranges = UP(j->longest, j->range) / j->range;
    const __m512 scale = _mm512_set1_ps(1.0f / sqrtf((float)DIM));
    Backward *b = aligned_alloc(64, UP(sizeof *b, 64));
    memset(b, 0, sizeof *b);
    for (;;) {
        const int64_t item = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
        if (item >= j->samples * j->heads * ranges) break;
        const int64_t owner = item / ranges, head = owner % j->heads, from = item % ranges * j->range;
        const int64_t start = j->offsets[owner / j->heads], n = j->offsets[owner / j->heads + 1] - start;
        float *dq = j->dq + (item % ranges * n_all + start) * narrow + head * DIM;
        for (int64_t key = from; key < n && key < from + j->range; key += KEYS) {
            const int64_t last = n - key < KEYS ? n - key : KEYS, width = UP(last, TILE);
            const int64_t at = (start + key) * stride + (j->heads + head) * DIM;
            pack_tiles(j->qkv + at, stride, last, width, b->keys);
            pack_pairs(j->qkv + at, stride, last, width, b->key_pairs);
            pack_tiles(j->qkv + at + narrow, stride, last, width, b->values);
            memset(b->dk, 0, sizeof b->dk);
            memset(b->dv, 0, sizeof b->dv);
            for (int64_t i = 0; i < n; i += QUERIES) {
                const int64_t rows = n - i < QUERIES ? n - i : QUERIES;
                load_queries(b, j, start + i, head, rows);
                memset(b->dq, 0, sizeof b->dq);
                for (int64_t r = 0; r < rows && key > from; r++)
                    memcpy(b->dq + r * DIM, dq + (i + r) * narrow, 4 * DIM);
                backward_block(b, rows, last);
                for (int64_t r = 0; r < rows; r++) memcpy(dq + (i + r) * narrow, b->dq + r * DIM, 4 * DIM);
            }
            for (int64_t t = 0; t < last; t++)
                for (int64_t d = 0; d < DIM; d += 16) {
                    bf16 *dk = j->dqkv + at + t * stride + d;
                    store_bf16(dk, _mm512_mul_ps(_mm512_load_ps(b->dk + t * DIM + d), scale));
                    store_bf16(dk + narrow, _mm512_load_ps(b->dv + t * DIM + d));
                }
        }
    }
    free(b);
}

// After `backward`: the ranges' gradients of the queries, summed and scaled.
void finish(const Job *j, int64_t *next) {
    const int64_t narrow = j->heads * DIM, n_all = j->offsets[j->samples];
    const __m512 scale = _mm512_set1_ps(1.0f / sqrtf((float)DIM));
    for (;;) {
        const int64_t s = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
        if (s >= j->samples) break;
        const int64_t ranges = UP(j->offsets[s + 1] - j->offsets[s], j->range) / j->range;
        for (int64_t token = j->offsets[s]; token < j->offsets[s + 1]; token++)
            for (int64_t d = 0; d < narrow; d += 16) {
                __m512 sum = _mm512_setzero_ps();
                for (int64_t r = 0; r < ranges; r++)
                    sum = _mm512_add_ps(sum, _mm512_loadu_ps(j->dq + (r * n_all + token) * narrow + d));
                store_bf16(j->dqkv + token * 3 * narrow + d, _mm512_mul_ps(sum, scale));
            }
    }
}
