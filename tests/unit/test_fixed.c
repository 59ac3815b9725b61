/* SPDX-License-Identifier: MIT */
/* Fixed point. Uses internals of the library. */
#include "unit.h"

#include "base/fixed.h"
#include "base/tables.h"

#define RANDOM_ROUNDS 50000

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

int main(void)
{
    Suite *suite = suite_create("fixed");
    TCase *fixed = unit_case(suite, "fixed point");
    tcase_add_test(fixed, shift_floor);
    tcase_add_test(fixed, shift_round);
    tcase_add_test(fixed, square_root);
    tcase_add_test(fixed, to_fixed);
    tcase_add_test(fixed, clamp_and_constants);
    return unit_main(suite);
}
