/* SPDX-License-Identifier: MIT */
/* The base room: random numbers, fixed point, tables, codes, hash, sizes, log. Uses internals of the library. */
#include "unit.h"

#include <limits.h>

#include "base/fixed.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/lookup.h"
#include "base/philox.h"
#include "base/size.h"
#include "base/tables.h"

#define RANDOM_ROUNDS 50000

/* ---- Philox ---- */

/* Random123 1.14, tests/kat_vectors, the three lines "philox4x32 10": counter, key, result. */
START_TEST(philox_known_answers)
{
    static const uint32_t vectors[][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6,
         0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
         0x24126ea1},
    };
    for (size_t v = 0; v < UNIT_LENGTH(vectors); v++) {
        const uint32_t *vector = vectors[v];
        struct px_philox_block block = px_philox(vector, vector[4] | (uint64_t)vector[5] << 32);
        for (size_t i = 0; i < 4; i++)
            ck_assert_uint_eq(block.word[i], vector[6 + i]);
    }
}
END_TEST

/* The high half of a product, in pieces of 16 bits: not as the library multiplies. */
static uint32_t high_product(uint32_t a, uint32_t b)
{
    uint32_t low = (a & 0xffff) * (b & 0xffff), left = (a >> 16) * (b & 0xffff), right = (a & 0xffff) * (b >> 16);
    uint32_t carry = (low >> 16) + (left & 0xffff) + (right & 0xffff);
    return (a >> 16) * (b >> 16) + (left >> 16) + (right >> 16) + (carry >> 16);
}

/* Philox4x32-10 written from the paper (section 3.3): two multiplications, a permutation, a Weyl sequence of keys. */
static void philox_by_the_paper(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4])
{
    memcpy(result, counter, 4 * sizeof *result);
    for (uint32_t round = 0; round < 10; round++) {
        const uint32_t keys[2] = {key[0] + round * 0x9E3779B9u, key[1] + round * 0xBB67AE85u};
        const uint32_t next[4] = {high_product(0xCD9E8D57u, result[2]) ^ result[1] ^ keys[0], 0xCD9E8D57u * result[2],
                                  high_product(0xD2511F53u, result[0]) ^ result[3] ^ keys[1], 0xD2511F53u * result[0]};
        memcpy(result, next, sizeof next);
    }
}

START_TEST(philox_counter_layout)
{
    uint64_t state = 1;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        uint64_t seed = unit_bits(&state), time = unit_bits(&state) >> unit_integer(&state, 8, 63);
        uint32_t neuron = (uint32_t)unit_bits(&state), group = (uint32_t)unit_bits(&state);
        uint32_t purpose = (uint32_t)unit_integer(&state, PX_PURPOSE_WEIGHT, PX_PURPOSE_FEEDBACK);
        const uint32_t counter[4] = {neuron, group, (uint32_t)(time & 0xffffffff),
                                     (uint32_t)(time >> 32) + purpose * 0x1000000u};
        const uint32_t key[2] = {(uint32_t)(seed & 0xffffffff), (uint32_t)(seed >> 32)};
        uint32_t expected[4];
        philox_by_the_paper(counter, key, expected);
        struct px_philox_block block = px_random(seed, (enum px_purpose)purpose, time, neuron, group);
        unit_require(memcmp(block.word, expected, sizeof expected) == 0, "seed %llx, purpose %u",
                     (unsigned long long)seed, purpose);
    }
}
END_TEST

START_TEST(philox_purposes_are_frozen)
{
    static const int purposes[] = {PX_PURPOSE_WEIGHT, PX_PURPOSE_INPUT_WEIGHT, PX_PURPOSE_FAN_OUT,
                                   PX_PURPOSE_LEAK,   PX_PURPOSE_BIAS,         PX_PURPOSE_NOISE,
                                   PX_PURPOSE_TRACE,  PX_PURPOSE_MODULATION,   PX_PURPOSE_FEEDBACK};
    for (int i = 0; i < (int)UNIT_LENGTH(purposes); i++)
        ck_assert_int_eq(purposes[i], i + 1);
}
END_TEST

/* ---- Rounding bits: of a neuron and of a tap, put together ---- */

/* As docs/numerics.md says it; that the library does so is tested in test_rounding.c. */
static uint32_t rounding_bits(uint64_t time, uint32_t neuron, uint32_t tap)
{
    uint32_t of_neuron = px_random(77, PX_PURPOSE_TRACE, time, neuron, PX_GROUP_NEURON).word[0] >> 16;
    uint32_t of_tap = px_random(77, PX_PURPOSE_TRACE, time, tap, PX_GROUP_TAP).word[0] >> 16;
    return (of_neuron ^ of_tap) * PX_ROUNDING_FACTOR % 65536;
}

/* What chi-square of so many cells exceeds by chance once in a million (Wilson and Hilferty 1931). */
static double chi_square_limit(int cells)
{
    double freedom = cells - 1, spread = 2 / (9 * freedom);
    return freedom * pow(1 - spread + 4.7534 * sqrt(spread), 3);
}

static double chi_square(const uint64_t *counts, int cells)
{
    double total = 0, sum = 0;
    for (int c = 0; c < cells; c++)
        total += (double)counts[c];
    for (int c = 0; c < cells; c++)
        sum += pow((double)counts[c] - total / cells, 2) / (total / cells);
    return sum;
}

/* Samples follow each other in time, so that they are independent as Philox is. Either byte of the sixteen bits. */
START_TEST(rounding_is_uniform)
{
    static const uint32_t synapses[][2] = {{0, 0}, {1, 0}, {0, 1}, {960, 59}, {16383, 4095}};
    for (size_t s = 0; s < UNIT_LENGTH(synapses); s++)
        for (int shift = 0; shift <= 8; shift += 8) {
            uint64_t counts[256] = {0};
            for (uint64_t time = 0; time < 60000; time++)
                counts[rounding_bits(time, synapses[s][0], synapses[s][1]) >> shift & 255]++;
            ck_assert_double_lt(chi_square(counts, 256), chi_square_limit(256));
        }
}
END_TEST

/* Two synapses of one neuron, of one tap, and with nothing in common: all 256 pairs of four bits are as frequent. */
START_TEST(rounding_is_independent_in_pairs)
{
    static const uint32_t pairs[][4] = {{3, 5, 3, 6}, {3, 5, 4, 5}, {3, 5, 4, 6}, {3, 5, 5, 3}, {0, 0, 960, 0}};
    for (size_t p = 0; p < UNIT_LENGTH(pairs); p++)
        for (int shift = 0; shift <= 12; shift += 4) {
            uint64_t counts[256] = {0};
            for (uint64_t time = 0; time < 60000; time++) {
                uint32_t first = rounding_bits(time, pairs[p][0], pairs[p][1]) >> shift & 15;
                uint32_t second = rounding_bits(time, pairs[p][2], pairs[p][3]) >> shift & 15;
                counts[first * 16 + second]++;
            }
            ck_assert_double_lt(chi_square(counts, 256), chi_square_limit(256));
        }
}
END_TEST

/*
 * The four synapses of two neurons and two taps share four blocks: without the multiplication the product of their
 * upper bits, as +-1, would always be 1. With it the correlation is near zero, as it is for rounding at any fraction.
 */
START_TEST(rounding_in_rectangles)
{
    enum { SAMPLES = 200000 };
    static const uint32_t fractions[] = {32768, 16384, 6554};
    for (size_t f = 0; f < UNIT_LENGTH(fractions); f++) {
        double up = fractions[f] / 65536.0, sum = 0;
        for (uint64_t time = 0; time < SAMPLES; time++) {
            double product = 1;
            for (uint32_t corner = 0; corner < 4; corner++)
                product *= (rounding_bits(time, 7 + corner / 2, 11 + corner % 2) < fractions[f]) - up;
            sum += product;
        }
        double correlation = sum / (double)SAMPLES / pow(up * (1 - up), 2);
        printf("rectangles, up with %.2f: correlation %.4f\n", up, correlation);
        ck_assert_double_lt(fabs(correlation), 0.01 + 5 / sqrt(SAMPLES)); /* a product of four has variance 1 */
    }
}
END_TEST

/* ---- Fixed point ---- */

/* x / 2^n rounded down, by division alone. */
static int64_t floor_quotient(int64_t x, int n)
{
    int64_t divisor = INT64_C(1) << n, quotient = x / divisor;
    return x % divisor < 0 ? quotient - 1 : quotient;
}

/* A number of random length and sign. */
static int64_t random_number(uint64_t *state, int longest)
{
    int64_t number = (int64_t)(unit_bits(state) >> unit_integer(state, 64 - longest, 63));
    return unit_bits(state) & 1 ? number : -number;
}

START_TEST(shift_floor)
{
    static const int64_t corners[] = {
        0, 1, -1, 2, -2, INT64_C(1) << 31, INT32_MIN, INT32_MAX, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1};
    for (size_t i = 0; i < UNIT_LENGTH(corners); i++)
        for (int n = 0; n <= 62; n++)
            ck_assert_int_eq(px_shift_floor(corners[i], n), floor_quotient(corners[i], n));
    uint64_t state = 2;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        int64_t x = random_number(&state, 63);
        int n = (int)unit_integer(&state, 0, 62);
        unit_require(px_shift_floor(x, n) == floor_quotient(x, n), "%lld / 2^%d", (long long)x, n);
    }
    ck_assert_int_eq(px_shift_floor(-1, 1), -1);
    ck_assert_int_eq(px_shift_floor(-5, 1), -3);
}
END_TEST

/* To nearest, halves up: the quotient rounded down, and one more when the rest is at least half. */
static int64_t nearest_quotient(int64_t x, int n)
{
    int64_t quotient = floor_quotient(x, n), rest = x - quotient * (INT64_C(1) << n);
    return quotient + (rest >= INT64_C(1) << (n - 1));
}

START_TEST(shift_round)
{
    uint64_t state = 3;
    for (int n = 1; n <= 62; n++) {
        int64_t half = INT64_C(1) << (n - 1), limit = INT64_MAX - half;
        const int64_t corners[] = {0, 1, -1, half, -half, half - 1, -half - 1, 3 * (half / 2), limit, -limit};
        for (size_t i = 0; i < UNIT_LENGTH(corners); i++)
            if (corners[i] <= limit && corners[i] >= -limit)
                ck_assert_int_eq(px_shift_round(corners[i], n), nearest_quotient(corners[i], n));
        for (int i = 0; i < RANDOM_ROUNDS / 62; i++) {
            int64_t x = random_number(&state, 62) % limit;
            unit_require(px_shift_round(x, n) == nearest_quotient(x, n), "%lld / 2^%d", (long long)x, n);
        }
    }
    /* Ties, both signs: 1/2 to 1, -1/2 to 0, -3/2 to -1. */
    ck_assert_int_eq(px_shift_round(1, 1), 1);
    ck_assert_int_eq(px_shift_round(-1, 1), 0);
    ck_assert_int_eq(px_shift_round(-3, 1), -1);
    ck_assert_int_eq(px_shift_round(5, 1), 3);
}
END_TEST

START_TEST(square_root)
{
    static const uint64_t corners[] = {0,
                                       1,
                                       2,
                                       3,
                                       4,
                                       8,
                                       9,
                                       UINT32_MAX,
                                       UINT64_C(1) << 32,
                                       UINT64_MAX,
                                       UINT64_MAX - 1,
                                       UINT64_C(0xfffffffe00000001),
                                       UINT64_C(0xfffffffe00000000)};
    uint64_t state = 4;
    for (size_t i = 0; i < UNIT_LENGTH(corners) + RANDOM_ROUNDS; i++) {
        uint64_t x = i < UNIT_LENGTH(corners) ? corners[i] : unit_bits(&state) >> unit_integer(&state, 0, 63);
        uint64_t root = px_square_root(x);
        bool next_too_large = root == UINT32_MAX || (root + 1) * (root + 1) > x;
        unit_require(root * root <= x && next_too_large, "root of %llu", (unsigned long long)x);
    }
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        uint64_t root = unit_bits(&state) >> 32 | 2;
        unit_require(px_square_root(root * root) == root, "%llu squared", (unsigned long long)root);
        unit_require(px_square_root(root * root - 1) == root - 1, "%llu squared less 1", (unsigned long long)root);
        unit_require(px_square_root(root * root + 2 * root) == root, "%llu squared", (unsigned long long)root);
    }
}
END_TEST

START_TEST(to_fixed)
{
    ck_assert_int_eq(px_to_fixed(0, 28), 0);
    ck_assert_int_eq(px_to_fixed(1, 28), PX_Q28_ONE);
    ck_assert_int_eq(px_to_fixed(-1, 28), -PX_Q28_ONE);
    ck_assert_int_eq(px_to_fixed(7.5, 28), PX_GAIN_MAX);
    ck_assert_int_eq(px_to_fixed(4, 28), PX_BIAS_MAX);
    ck_assert_int_eq(px_to_fixed(-8, 28), INT32_MIN);
    /* Halves away from zero. */
    ck_assert_int_eq(px_to_fixed(ldexp(0.5, -28), 28), 1);
    ck_assert_int_eq(px_to_fixed(-ldexp(0.5, -28), 28), -1);
    ck_assert_int_eq(px_to_fixed(ldexp(2.5, -16), 16), 3);
    ck_assert_int_eq(px_to_fixed(-ldexp(2.5, -16), 16), -3);
    ck_assert_int_eq(px_to_fixed(ldexp(0.4999, -28), 28), 0);
    uint64_t state = 5;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        int bits = (int)unit_integer(&state, 0, 28);
        double value = (2 * unit_uniform(&state) - 1) * 7.9;
        double error = (double)px_to_fixed(value, bits) - value * (double)(INT64_C(1) << bits);
        unit_require(fabs(error) <= 0.5, "%g with %d bits", value, bits);
    }
}
END_TEST

START_TEST(clamp_and_constants)
{
    ck_assert_int_eq(px_clamp(5, -3, 3), 3);
    ck_assert_int_eq(px_clamp(-5, -3, 3), -3);
    ck_assert_int_eq(px_clamp(2, -3, 3), 2);
    ck_assert_int_eq(px_clamp(INT64_MIN, INT32_MIN, INT32_MAX), INT32_MIN);
    ck_assert_int_eq(px_clamp(INT64_MAX, INT32_MIN, INT32_MAX), INT32_MAX);
    ck_assert_int_eq(PX_ACTIVATION_STEP_Q28, llroundl(2.0L / 127 * 268435456));
    ck_assert_int_eq(PX_NORMAL_STEP_Q28, llroundl(3.0L / 127 * 268435456));
    ck_assert_int_eq(PX_MULAW_MAX, unit_mulaw(127));
    ck_assert_int_lt(PX_MEMBRANE_MAX, INT32_MAX);
}
END_TEST

/* ---- Tables and codes ---- */

/* Entry i of both tables stands for this border between codes, in code steps. */
static long double border(int i)
{
    return i - 126.5L;
}

START_TEST(tanh_table)
{
    for (int i = 0; i < 254; i++) {
        long double potential = ldexpl(2 * atanhl(border(i) / 127), 28);
        /* Rounded up; the tolerance is for a long double of 53 bits. */
        ck_assert(px_tanh_thresholds[i] >= potential - 1e-5L);
        ck_assert(px_tanh_thresholds[i] < potential + 1 + 1e-5L);
        ck_assert_int_eq(px_tanh_thresholds[i] + px_tanh_thresholds[253 - i], 1);
        if (i > 0)
            ck_assert_int_gt(px_tanh_thresholds[i], px_tanh_thresholds[i - 1]);
    }
    ck_assert_int_eq(px_tanh_thresholds[254], INT32_MAX);
    ck_assert_int_eq(px_tanh_thresholds[255], INT32_MAX);
    ck_assert_int_lt(px_tanh_thresholds[253], PX_MEMBRANE_MAX);
}
END_TEST

START_TEST(normal_table)
{
    for (int i = 0; i < 254; i++) {
        long double share = ldexpl(erfcl(-border(i) * 3 / 127 / sqrtl(2)) / 2, 32);
        ck_assert(fabsl(px_normal_thresholds[i] - share) <= 0.5L + 1e-4L);
        ck_assert_uint_eq((uint64_t)px_normal_thresholds[i] + px_normal_thresholds[253 - i], UINT64_C(1) << 32);
        if (i > 0)
            ck_assert_uint_gt(px_normal_thresholds[i], px_normal_thresholds[i - 1]);
    }
    ck_assert_uint_eq(px_normal_thresholds[254], UINT32_MAX);
    ck_assert_uint_eq(px_normal_thresholds[255], UINT32_MAX);
}
END_TEST

static void check_tanh_code(int32_t potential)
{
    int32_t code = px_tanh_code(potential);
    long double exact = 127 * tanhl(ldexpl(potential, -29));
    unit_require(fabsl(code - exact) <= 0.5L + 1e-9L, "potential %d: code %d, exactly %Lg", potential, code, exact);
    unit_require(px_tanh_code(-potential) == -code, "potential %d: not odd", potential);
}

START_TEST(tanh_code)
{
    for (int i = 0; i < 254; i++)
        for (int32_t step = -2; step <= 2; step++)
            check_tanh_code(px_tanh_thresholds[i] + step);
    check_tanh_code(0);
    check_tanh_code(PX_MEMBRANE_MAX);
    ck_assert_int_eq(px_tanh_code(PX_MEMBRANE_MAX), 127);
    ck_assert_int_eq(px_tanh_code(-PX_MEMBRANE_MAX), -127);
    uint64_t state = 6;
    for (int i = 0; i < RANDOM_ROUNDS / 2; i++)
        check_tanh_code((int32_t)random_number(&state, 31) % PX_MEMBRANE_MAX);
}
END_TEST

START_TEST(normal_code)
{
    ck_assert_int_eq(px_normal_code(0), -127);
    ck_assert_int_eq(px_normal_code(UINT32_MAX), 127);
    for (int i = 0; i < 254; i++) {
        ck_assert_int_eq(px_normal_code(px_normal_thresholds[i]), i - 126);
        ck_assert_int_eq(px_normal_code(px_normal_thresholds[i] - 1), i - 127);
    }
    uint64_t state = 7;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        uint32_t bits = (uint32_t)unit_bits(&state);
        int32_t reached = -127;
        for (int t = 0; t < 254; t++)
            reached += px_normal_thresholds[t] <= bits;
        unit_require(px_normal_code(bits) == reached, "%u", bits);
    }
}
END_TEST

/* What a kernel makes of an entry: the magnitude at the start of the bin, and whether the threshold is reached. */
static int32_t entry_magnitude(uint32_t entry)
{
    return (int32_t)(entry >> PX_ENTRY_BITS);
}

static bool entry_reached(uint32_t entry, uint32_t place)
{
    return place >= (entry & ((UINT32_C(1) << PX_ENTRY_BITS) - 1));
}

static int32_t looked_up_tanh(int32_t potential)
{
    uint32_t magnitude = (uint32_t)abs(potential), entry = px_tanh_entry(magnitude >> PX_TANH_BIN_BITS);
    uint32_t place = magnitude % (UINT32_C(1) << PX_TANH_BIN_BITS);
    int32_t code = entry_magnitude(entry) + entry_reached(entry, place);
    return potential < 0 ? -code : code;
}

static int32_t looked_up_normal(uint32_t bits)
{
    uint32_t word = bits >> 31 ? ~bits : bits;
    bool fine = word >> PX_NORMAL_FINE_BITS == 0;
    int shift = fine ? PX_NORMAL_FINE_SHIFT : PX_NORMAL_SHIFT;
    uint32_t entry = px_normal_entry((word >> shift) + (fine ? 0 : PX_NORMAL_FINE_BINS));
    int32_t magnitude = entry_magnitude(entry) - entry_reached(entry, word % (UINT32_C(1) << shift));
    return bits >> 31 ? magnitude : -magnitude;
}

/* The maps change at thresholds only, and bins meet at multiples of a power of two. */
START_TEST(lookups)
{
    for (int i = 0; i < 254; i++)
        for (int step = -2; step <= 2; step++) {
            int32_t potential = px_tanh_thresholds[i] + step;
            uint32_t bits = px_normal_thresholds[i] + (uint32_t)step;
            ck_assert_int_eq(looked_up_tanh(potential), px_tanh_code(potential));
            ck_assert_int_eq(looked_up_normal(bits), px_normal_code(bits));
        }
    for (int64_t start = 0; start < INT64_C(1) << 32; start += 1 << PX_NORMAL_FINE_SHIFT)
        for (int64_t bits = start ? start - 1 : 0; bits <= start; bits++) {
            int64_t potential = bits - (INT64_C(1) << 31);
            unit_require(looked_up_normal((uint32_t)bits) == px_normal_code((uint32_t)bits), "%lld", (long long)bits);
            if (potential >= -PX_MEMBRANE_MAX && potential <= PX_MEMBRANE_MAX)
                unit_require(looked_up_tanh((int32_t)potential) == px_tanh_code((int32_t)potential), "%lld",
                             (long long)potential);
        }
    ck_assert_int_eq(looked_up_normal(UINT32_MAX), 127);
    ck_assert_int_eq(looked_up_tanh(PX_MEMBRANE_MAX), 127);
}
END_TEST

/* How many of the 2^32 words give a code, from the borders that px_normal_code itself shows. */
static uint64_t words_below(int32_t code)
{
    uint64_t low = 0, high = UINT64_C(1) << 32; /* the first word whose code is at least `code` */
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (px_normal_code((uint32_t)middle) >= code)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

START_TEST(normal_distribution)
{
    long double moments[5] = {0};
    for (int32_t code = -127; code <= 127; code++) {
        uint64_t words = (code < 127 ? words_below(code + 1) : UINT64_C(1) << 32) - words_below(code);
        long double below = code > -127 ? erfcl(-(code - 0.5L) * 3 / 127 / sqrtl(2)) / 2 : 0;
        long double above = code < 127 ? erfcl((code + 0.5L) * 3 / 127 / sqrtl(2)) / 2 : 0;
        long double share = ldexpl(words, -32);
        ck_assert(fabsl(share - (1 - below - above)) <= ldexpl(1.01L, -32));
        for (int m = 0; m < 5; m++)
            moments[m] += share * powl(code * 3.0L / 127, m);
    }
    ck_assert(fabsl(moments[0] - 1) < 1e-15L);
    ck_assert(fabsl(moments[1]) < 1e-15L && fabsl(moments[3]) < 1e-15L);
    /* Clipped at +-3 the variance is 1 - 2 (10 (1 - Phi(3)) - 3 phi(3))... = .99501, and .00005 comes from rounding. */
    long double tail = erfcl(3 / sqrtl(2)) / 2, density = expl(-4.5L) / sqrtl(2 * acosl(-1));
    long double clipped = 1 - 2 * tail - 6 * density + 18 * tail;
    ck_assert(fabsl(moments[2] - clipped - 9.0L / 127 / 127 / 12) < 1e-5L);
    ck_assert(fabsl(moments[2] - 0.995L) < 2e-4L);
}
END_TEST

/* Knots at 16..31 times a power of two, less 128: what the exponent and four fraction bits of a number say. */
START_TEST(mulaw_decode)
{
    static const int known[][2] = {{0, 0},       {1, 8},       {2, 16},      {15, 120},   {16, 128},    {17, 144},
                                   {31, 368},    {32, 384},    {47, 864},    {48, 896},   {63, 1856},   {64, 1920},
                                   {79, 3840},   {80, 3968},   {95, 7808},   {96, 8064},  {111, 15744}, {112, 16256},
                                   {113, 17280}, {125, 29568}, {126, 30592}, {127, 31616}};
    for (size_t i = 0; i < UNIT_LENGTH(known); i++)
        ck_assert_int_eq(px_mulaw_decode(known[i][0]), known[i][1]);
    for (int code = 0; code <= 127; code++) {
        int exponent;
        double fraction = frexp(px_mulaw_decode(code) + 128, &exponent); /* 1/2 .. 1 */
        ck_assert_int_eq((exponent - 8) * 16 + (int)((2 * fraction - 1) * 16), code);
        ck_assert_double_eq(fraction * 32, floor(fraction * 32));
        ck_assert_int_eq(px_mulaw_decode(code), unit_mulaw(code));
        ck_assert_int_eq(px_mulaw_decode(-code), -unit_mulaw(code));
        if (code > 0)
            ck_assert_int_eq(px_mulaw_decode(code) - px_mulaw_decode(code - 1), 8 << (code - 1) / 16);
    }
}
END_TEST

START_TEST(mulaw_floor)
{
    for (uint32_t magnitude = 0; magnitude <= 40000; magnitude++) {
        int32_t expected = 0;
        while (expected < 127 && (uint32_t)unit_mulaw(expected + 1) <= magnitude)
            expected++;
        unit_require(px_mulaw_floor(magnitude) == expected, "%u", magnitude);
    }
    ck_assert_int_eq(px_mulaw_floor(UINT32_MAX), 127);
}
END_TEST

static void check_mulaw_nearest(double value)
{
    int best = 0;
    for (int code = 1; code <= 127; code++)
        if (fabs(fabs(value) - unit_mulaw(code)) < fabs(fabs(value) - unit_mulaw(best)))
            best = code;
    unit_require(px_mulaw_nearest(value) == (value < 0 ? -best : best), "%g", value);
}

START_TEST(mulaw_nearest)
{
    for (int code = -127; code <= 127; code++)
        ck_assert_int_eq(px_mulaw_nearest(px_mulaw_decode(code)), code);
    for (int code = 0; code < 127; code++) { /* halves to the smaller magnitude */
        double middle = (unit_mulaw(code) + unit_mulaw(code + 1)) / 2.0;
        ck_assert_int_eq(px_mulaw_nearest(middle), code);
        ck_assert_int_eq(px_mulaw_nearest(-middle), -code);
        ck_assert_int_eq(px_mulaw_nearest(nextafter(middle, 1e9)), code + 1);
        ck_assert_int_eq(px_mulaw_nearest(nextafter(-middle, -1e9)), -code - 1);
    }
    uint64_t state = 8;
    for (int i = 0; i < RANDOM_ROUNDS / 2; i++)
        check_mulaw_nearest((2 * unit_uniform(&state) - 1) * ldexp(PX_MULAW_MAX, -(int)unit_integer(&state, 0, 14)));
}
END_TEST

/* ---- Hash, sizes, log ---- */

START_TEST(hash)
{
    /* From the FNV reference's test vectors, FNV-1a of 64 bits. */
    ck_assert_uint_eq(px_hash_bytes(PX_HASH_START, "", 0), UINT64_C(0xcbf29ce484222325));
    ck_assert_uint_eq(px_hash_bytes(PX_HASH_START, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
    ck_assert_uint_eq(px_hash_bytes(PX_HASH_START, "foobar", 6), UINT64_C(0x85944171f73967e8));
    const unsigned char bytes[8] = {0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01};
    for (int n = 1; n <= 8; n++)
        ck_assert_uint_eq(px_hash_integer(PX_HASH_START, UINT64_C(0x0123456789abcdef), n),
                          px_hash_bytes(PX_HASH_START, bytes, (size_t)n));
}
END_TEST

START_TEST(sizes)
{
    ck_assert_uint_eq(px_multiply(0, UINT64_MAX), 0);
    ck_assert_uint_eq(px_multiply(UINT64_MAX, 0), 0);
    ck_assert_uint_eq(px_multiply(UINT64_MAX, 1), UINT64_MAX);
    ck_assert_uint_eq(px_multiply(UINT32_MAX, UINT32_MAX), UINT64_C(0xfffffffe00000001));
    ck_assert_uint_eq(px_multiply(UINT64_C(1) << 32, UINT64_C(1) << 32), UINT64_MAX);
    ck_assert_uint_eq(px_multiply(3, UINT64_MAX / 3 + 1), UINT64_MAX);
    ck_assert_uint_eq(px_add(UINT64_MAX, 1), UINT64_MAX);
    ck_assert_uint_eq(px_add(UINT64_MAX - 1, 1), UINT64_MAX);
    ck_assert_uint_eq(px_add(2, 3), 5);
    ck_assert_uint_eq(px_divide_up(0, 7), 0);
    ck_assert_uint_eq(px_divide_up(14, 7), 2);
    ck_assert_uint_eq(px_divide_up(15, 7), 3);
    ck_assert_uint_eq(px_divide_up(UINT64_MAX, 2), UINT64_C(1) << 63);
    ck_assert_uint_eq(px_round_up(65, 64), 128);
    ck_assert_uint_eq(px_round_up(64, 64), 64);
    ck_assert_uint_eq(px_to_size(5), 5);
    ck_assert_uint_eq(px_to_size(SIZE_MAX), SIZE_MAX);
    ck_assert_uint_eq(px_to_size(UINT64_MAX), SIZE_MAX);
    ck_assert_uint_eq(px_to_size((UINT64_C(1) << 32) + 5), SIZE_MAX > UINT32_MAX ? (UINT64_C(1) << 32) + 5 : SIZE_MAX);
}
END_TEST

START_TEST(zeros)
{
    /* Products that would be a few bytes if they wrapped around in 64 bits, or in 32. */
    ck_assert_ptr_null(px_zeros(UINT64_C(1) << 32, UINT64_C(1) << 32));
    ck_assert_ptr_null(px_zeros((UINT64_C(1) << 63) + 2, 2));
    ck_assert_ptr_null(px_zeros(UINT64_MAX, 1));
    if (SIZE_MAX == UINT32_MAX)
        ck_assert_ptr_null(px_zeros((UINT64_C(1) << 31) + 2, 2));
    const uint64_t counts[] = {0, 1, 4099}, each[] = {3, 0, 8};
    for (int i = 0; i < 3; i++) {
        unsigned char *memory = px_zeros(counts[i], each[i]);
        ck_assert_ptr_nonnull(memory);
        for (uint64_t b = 0; b < counts[i] * each[i]; b++)
            ck_assert_uint_eq(memory[b], 0);
        free(memory);
    }
}
END_TEST

struct heard {
    int count;
    praxis_log_level level;
    char text[64];
};

static void hear(void *user, praxis_log_level level, const char *message)
{
    struct heard *heard = user;
    heard->count++;
    heard->level = level;
    snprintf(heard->text, sizeof heard->text, "%s", message);
}

START_TEST(log_keeps_the_last_failure)
{
    struct heard heard = {0};
    const praxis_log sink = {hear, &heard};
    struct px_log log;
    char text[32];
    px_log_open(&log, &sink);
    memset(text, '#', sizeof text);
    ck_assert_uint_eq(px_log_last_error(&log, text, sizeof text), 0);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(px_fail(&log, PRAXIS_ERROR_IO, "no %s %d", "file", 7), PRAXIS_ERROR_IO);
    ck_assert_int_eq((int)heard.level, PRAXIS_LOG_ERROR);
    px_message(&log, PRAXIS_LOG_INFO, "%s", "chatter");
    ck_assert_str_eq(heard.text, "chatter");
    ck_assert_int_eq((int)heard.level, PRAXIS_LOG_INFO);
    ck_assert_int_eq(heard.count, 2);
    ck_assert_uint_eq(px_log_last_error(&log, text, sizeof text), 9);
    ck_assert_str_eq(text, "no file 7");
    memset(text, '#', sizeof text);
    ck_assert_uint_eq(px_log_last_error(&log, text, 4), 9); /* cut, and the length is the whole one's */
    ck_assert_str_eq(text, "no ");
    ck_assert_int_eq(text[4], '#');
    ck_assert_uint_eq(px_log_last_error(&log, NULL, 0), 9);
    px_log_close(&log);
    ck_assert_int_eq(px_fail(NULL, PRAXIS_ERROR_DEVICE, "nobody hears"), PRAXIS_ERROR_DEVICE);
    px_message(NULL, PRAXIS_LOG_ERROR, "nobody hears");
}
END_TEST

static Suite *base_suite(void)
{
    Suite *suite = suite_create("base");
    TCase *philox = unit_case(suite, "philox");
    tcase_add_test(philox, philox_known_answers);
    tcase_add_test(philox, philox_counter_layout);
    tcase_add_test(philox, philox_purposes_are_frozen);
    TCase *rounding = unit_case(suite, "rounding");
    tcase_add_test(rounding, rounding_is_uniform);
    tcase_add_test(rounding, rounding_is_independent_in_pairs);
    tcase_add_test(rounding, rounding_in_rectangles);
    TCase *fixed = unit_case(suite, "fixed point");
    tcase_add_test(fixed, shift_floor);
    tcase_add_test(fixed, shift_round);
    tcase_add_test(fixed, square_root);
    tcase_add_test(fixed, to_fixed);
    tcase_add_test(fixed, clamp_and_constants);
    TCase *tables = unit_case(suite, "tables");
    tcase_add_test(tables, tanh_table);
    tcase_add_test(tables, normal_table);
    tcase_add_test(tables, tanh_code);
    tcase_add_test(tables, normal_code);
    tcase_add_test(tables, lookups);
    tcase_add_test(tables, normal_distribution);
    tcase_add_test(tables, mulaw_decode);
    tcase_add_test(tables, mulaw_floor);
    tcase_add_test(tables, mulaw_nearest);
    TCase *rest = unit_case(suite, "hash, sizes, log");
    tcase_add_test(rest, hash);
    tcase_add_test(rest, sizes);
    tcase_add_test(rest, zeros);
    tcase_add_test(rest, log_keeps_the_last_failure);
    return suite;
}

int main(void)
{
    return unit_main(base_suite());
}
