/* SPDX-License-Identifier: MIT */
/* Tables, and the codes that they give: of activations, of normal samples, of traces. Uses internals of the library. */
#include "unit.h"

#include <limits.h>

#include "base/fixed.h"
#include "base/lookup.h"
#include "base/tables.h"

#define RANDOM_ROUNDS 50000

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
        check_tanh_code((int32_t)unit_integer(&state, -PX_MEMBRANE_MAX, PX_MEMBRANE_MAX));
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

int main(void)
{
    Suite *suite = suite_create("codes");
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
    return unit_main(suite);
}
