/* SPDX-License-Identifier: MIT */
/* Random numbers, and the bits made of them that round traces. Uses internals of the library. */
#include "unit.h"

#include "base/philox.h"

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

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *philox = unit_case(suite, "philox");
    tcase_add_test(philox, philox_known_answers);
    tcase_add_test(philox, philox_counter_layout);
    tcase_add_test(philox, philox_purposes_are_frozen);
    TCase *rounding = unit_case(suite, "rounding");
    tcase_add_test(rounding, rounding_is_uniform);
    tcase_add_test(rounding, rounding_is_independent_in_pairs);
    tcase_add_test(rounding, rounding_in_rectangles);
    return unit_main(suite);
}
