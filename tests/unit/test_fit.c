/* SPDX-License-Identifier: MIT */
/* Fits of readouts, against normal equations solved in long double; and the linear algebra under them. */
#include "twin.h"

#include "readout/products.h"

/* The linear algebra as processors without wide vectors have it, under other names. */
#define DENSE_NARROW
#define px_dense_multiply narrow_multiply
#define px_dense_cholesky narrow_cholesky
#define px_dense_solve    narrow_solve
#define px_dense_dot      narrow_dot
#include "readout/dense.c"
#undef px_dense_multiply
#undef px_dense_cholesky
#undef px_dense_solve
#undef px_dense_dot
void px_dense_multiply(size_t rows, size_t columns, size_t depth, struct px_matrix a, struct px_matrix b, bool minus,
                       double *c, size_t stride);
bool px_dense_cholesky(size_t size, double *a);
void px_dense_solve(size_t size, const double *l, size_t columns, double *b);

/* ---- Linear algebra ---- */

static const size_t sizes[] = {1, 2, 7, 8, 9, 31, 32, 33, 65, 317};

static double *random_matrix(size_t count, uint64_t *random, int64_t most)
{
    double *matrix = unit_allocate(count, sizeof *matrix);
    for (size_t i = 0; i < count; i++)
        matrix[i] = (double)unit_integer(random, -most, most);
    return matrix;
}

START_TEST(products)
{
    uint64_t random = 41;
    for (size_t s = 0; s < 40; s++) {
        size_t m = sizes[unit_bits(&random) % 8], n = sizes[unit_bits(&random) % 8];
        size_t k = s == 0 ? 600 : sizes[unit_bits(&random) % UNIT_LENGTH(sizes)];
        bool minus = s % 2 == 1, across = s % 3 == 1;
        double *a = random_matrix(m * k, &random, 16129), *b = random_matrix(k * n, &random, 16129);
        double *c = random_matrix(m * (n + 3), &random, 1 << 20), *before = unit_allocate(m * (n + 3), sizeof *c);
        memcpy(before, c, m * (n + 3) * sizeof *c);
        const struct px_matrix left = {a, k, 1}, right = {b, across ? 1 : n, across ? k : 1};
        px_dense_multiply(m, n, k, left, right, minus, c, n + 3);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n + 3; j++) {
                int64_t sum = 0;
                for (size_t q = 0; q < k && j < n; q++)
                    sum += (int64_t)a[i * k + q] * (int64_t)b[across ? j * k + q : q * n + j];
                double expected = before[i * (n + 3) + j] + (double)(minus ? -sum : sum);
                unit_require(c[i * (n + 3) + j] == expected, "%zu x %zu x %zu: element (%zu, %zu) is %.17g, not %.17g",
                             m, n, k, i, j, c[i * (n + 3) + j], expected);
            }
        free(a);
        free(b);
        free(c);
        free(before);
    }
}
END_TEST

/* x of (b b' + n I) x = c, put back into it. Errors of a backward stable solution are below n times 2^-53 of the norms;
 * the matrix is so well conditioned that 1e-9 is far beyond them. */
START_TEST(factors)
{
    uint64_t random = 42;
    for (size_t s = 0; s < UNIT_LENGTH(sizes); s++) {
        size_t n = sizes[s];
        double *b = random_matrix(n * n, &random, 3), *a = unit_allocate(n * n, sizeof *a);
        double *whole = unit_allocate(n * n, sizeof *whole), *x = random_matrix(n * 3, &random, 100);
        double *right = unit_allocate(n * 3, sizeof *right);
        memcpy(right, x, n * 3 * sizeof *x);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = i == j ? (double)n : 0;
                for (size_t k = 0; k < n; k++)
                    sum += b[i * n + k] * b[j * n + k];
                whole[i * n + j] = sum;
                a[i * n + j] = j > i ? NAN : sum; /* what is above counts for nothing */
            }
        ck_assert(px_dense_cholesky(n, a));
        px_dense_solve(n, a, 3, x);
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < 3; c++) {
                double sum = 0;
                for (size_t k = 0; k < n; k++)
                    sum += whole[i * n + k] * x[k * 3 + c];
                unit_require(fabs(sum - right[i * 3 + c]) < 1e-9, "row %zu of %zu: %.17g for %g", i, n, sum,
                             right[i * 3 + c]);
            }
        free(b);
        free(a);
        free(whole);
        free(x);
        free(right);
    }
    double indefinite[] = {1, 0, 2, 1};
    ck_assert(!px_dense_cholesky(2, indefinite));
    double singular[] = {0};
    ck_assert(!px_dense_cholesky(1, singular));
}
END_TEST

/* Products that are no integers: whatever the width of vectors, the same bits. */
START_TEST(widths_are_equal)
{
    uint64_t random = 43;
    for (size_t s = 0; s < UNIT_LENGTH(sizes); s++) {
        size_t n = sizes[s], bytes = n * n * sizeof(double);
        double *a = random_matrix(n * n, &random, 1000), *b = random_matrix(n * n, &random, 1000);
        double *wide = unit_allocate(n * n, sizeof *wide), *narrow = unit_allocate(n * n, sizeof *narrow);
        for (size_t i = 0; i < n * n; i++) {
            a[i] /= 777;
            b[i] /= 333;
        }
        const struct px_matrix left = {a, n, 1}, right = {b, 1, n}, same = {a, 1, n};
        px_dense_multiply(n, n, n, left, right, true, wide, n);
        narrow_multiply(n, n, n, left, right, true, narrow, n);
        ck_assert_mem_eq(wide, narrow, bytes);
        memset(wide, 0, bytes);
        px_dense_multiply(n, n, n, left, same, false, wide, n);
        for (size_t i = 0; i < n; i++)
            wide[i * n + i] += 1;
        memcpy(narrow, wide, bytes);
        ck_assert(px_dense_cholesky(n, wide) && narrow_cholesky(n, narrow));
        ck_assert_mem_eq(wide, narrow, bytes);
        memcpy(wide, b, bytes);
        px_dense_solve(n, narrow, n, wide);
        narrow_solve(n, narrow, n, b);
        ck_assert_mem_eq(wide, b, bytes);
        free(a);
        free(b);
        free(wide);
        free(narrow);
    }
}
END_TEST

/* ---- Products of features ---- */

/* Features of rows of both kinds: any codes, and those whose features are largest. */
static double random_feature(enum px_feature is, int extreme, uint64_t *random)
{
    int64_t code = extreme ? (extreme == 1 ? 127 : unit_integer(random, 0, 1) * 127) : unit_integer(random, -127, 127);
    return is == PX_FEATURE_LINEAR ? (double)(127 * code) : (double)(code * code);
}

static void check_rows(size_t count, size_t depth, int extreme, uint64_t *random)
{
    struct px_rows rows;
    double *feature = unit_allocate(count * depth, sizeof *feature);
    double *c = random_matrix(count * count, random, 1 << 20), *before = unit_allocate(count * count, sizeof *c);
    memcpy(before, c, count * count * sizeof *c);
    ck_assert(px_rows_make(count, depth + (size_t)unit_integer(random, 0, 40), &rows));
    memset(rows.x, 0xa5, count * rows.stride * sizeof *rows.x); /* of a block before */
    for (size_t i = 0; i < count; i++) {
        enum px_feature is = unit_bits(random) & 1 ? PX_FEATURE_SQUARE : PX_FEATURE_LINEAR;
        for (size_t k = 0; k < depth; k++)
            feature[i * depth + k] = random_feature(is, extreme, random);
        px_rows_put(&rows, i, is, feature + i * depth, depth);
    }
    px_rows_multiply(&rows, depth, c);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++) {
            int64_t sum = 0;
            for (size_t k = 0; k < depth; k++)
                sum += (int64_t)feature[i * depth + k] * (int64_t)feature[j * depth + k];
            unit_require(c[i * count + j] == before[i * count + j] + (double)sum,
                         "rows %zu and %zu of %zu, depth %zu: %.17g, not %.17g", i, j, count, depth, c[i * count + j],
                         before[i * count + j] + (double)sum);
        }
    px_rows_free(&rows);
    free(feature);
    free(c);
    free(before);
}

START_TEST(products_of_features)
{
    static const size_t counts[] = {1, 2, 3, 4, 5, 7, 31, 32, 33, 34, 37, 70}, depths[] = {1, 31, 32, 33, 256, 700};
    uint64_t random = 44;
    for (size_t i = 0; i < UNIT_LENGTH(counts); i++)
        for (size_t d = 0; d < UNIT_LENGTH(depths); d++)
            for (int extreme = 0; extreme < 3; extreme++)
                check_rows(counts[i], depths[d], extreme, &random);
}
END_TEST

/* ---- Ridge regression ---- */

/* The ridge regression that the header describes, on some ticks. */
static void fit_ticks(const struct pair *pair, const praxis_readout_options *options, int r, int output,
                      const int *ticks, int count, double ridge, long double *weight)
{
    static long double x[MOST_TICKS][MOST_FEATURES], a[MOST_FEATURES * MOST_FEATURES];
    long double mean[MOST_FEATURES] = {0}, y[MOST_TICKS], y_mean = 0, scale = 0;
    size_t size = 0;
    for (int t = 0; t < count; t++) {
        size = features_of(pair, options, r, ticks[t], x[t]);
        y[t] = (long double)pair->target[(r * pair->ticks + ticks[t]) * OUTPUTS + output];
        y_mean += y[t] / count;
        for (size_t f = 0; f + 1 < size; f++)
            mean[f] += x[t][f] / count;
    }
    size_t features = size - 1;
    for (int t = 0; t < count; t++)
        for (size_t f = 0; f < features; f++)
            scale += (x[t][f] - mean[f]) * (x[t][f] - mean[f]) / (long double)features;
    for (size_t f = 0; f < features; f++) {
        weight[f] = 0;
        for (size_t g = 0; g < features; g++) {
            long double sum = f == g ? (long double)ridge * scale : 0;
            for (int t = 0; t < count; t++)
                sum += (x[t][f] - mean[f]) * (x[t][g] - mean[g]);
            a[f * features + g] = sum;
        }
        for (int t = 0; t < count; t++)
            weight[f] += (x[t][f] - mean[f]) * (y[t] - y_mean);
    }
    eliminate(features, a, weight);
    weight[features] = y_mean;
    for (size_t f = 0; f < features; f++)
        weight[features] -= mean[f] * weight[f];
}

/* Both ways to solve it, samples of two stretches of ticks with others between. */
START_TEST(fits)
{
    static const double ridges[REPLICAS] = {1e-3, 0.3};
    struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
    drive(pair, 100, 61);
    for (int c = 0; c < (int)UNIT_LENGTH(cases); c++) {
        unit_success(pair->context, praxis_network_reset(pair->network, PRAXIS_RESET_ACTIVATIONS, NULL));
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        int ticks[80], count = 0;
        run_part(pair, readout, 0, 5, 0, NULL);
        run_part(pair, readout, 5, 40, PRAXIS_READOUT_TRAINING, NULL);
        run_part(pair, readout, 45, 10, PRAXIS_READOUT_VALIDATION, NULL);
        run_part(pair, readout, 55, 10, 0, NULL);
        run_part(pair, readout, 65, 30, PRAXIS_READOUT_TRAINING, NULL);
        for (int t = 5; t < 95; t++)
            if (t < 45 || t >= 65)
                ticks[count++] = t;
        unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridges));
        size_t size;
        double *weights = read_weights(pair, readout, &size);
        ck_assert_int_eq(size - 1 > 70, c >= 3);
        for (int r = 0; r < REPLICAS; r++)
            for (int o = 0; o < OUTPUTS; o++) {
                long double expected[MOST_FEATURES];
                fit_ticks(pair, &options, r, o, ticks, count, ridges[r], expected);
                for (size_t f = 0; f < size; f++) {
                    double weight = weights[(size_t)(r * OUTPUTS + o) * size + f];
                    /* The condition of the matrices is below features / ridge = 2e5: 1e-10 leaves a margin of 10. */
                    unit_require(fabsl((long double)weight - expected[f]) < 1e-9L * (1 + fabsl(expected[f])),
                                 "case %d, replica %d, output %d, weight %zu: %.15g, expected %.15Lg", c, r, o, f,
                                 weight, expected[f]);
                }
            }
        free(weights);
        praxis_readout_destroy(readout);
    }
    close_pair(pair);
}
END_TEST

/* One span or several, the same samples give the same bits. */
START_TEST(fits_of_spans)
{
    const double ridges[REPLICAS] = {1e-4, 1e-2};
    for (int c = 1; c < 5; c += 3) {
        struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
        drive(pair, 60, 62);
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        size_t size;
        run_part(pair, readout, 0, 60, PRAXIS_READOUT_TRAINING, NULL);
        unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridges));
        double *once = read_weights(pair, readout, &size);
        unit_success(pair->context,
                     praxis_readout_reset(readout, PRAXIS_READOUT_RESET_SAMPLES | PRAXIS_READOUT_RESET_HISTORY, NULL));
        unit_success(pair->context, praxis_network_reset(pair->network, PRAXIS_RESET_ACTIVATIONS, NULL));
        for (int first = 0; first < 60; first += 15)
            run_part(pair, readout, first, 15, PRAXIS_READOUT_TRAINING, NULL);
        unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridges));
        double *often = read_weights(pair, readout, &size);
        ck_assert_mem_eq(once, often, REPLICAS * OUTPUTS * size * sizeof *once);
        free(once);
        free(often);
        praxis_readout_destroy(readout);
        close_pair(pair);
    }
}
END_TEST

/* Fits for several ridges are, to the bit, those for each, and leave the readout as it was. */
START_TEST(fits_for_each)
{
    static const double ridges[] = {1e-3, 10};
    struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
    drive(pair, 150, 63);
    for (int c = 1; c < 5; c += 3) {
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        run_part(pair, readout, 0, 90, PRAXIS_READOUT_TRAINING, NULL);
        size_t size;
        double *before = read_weights(pair, readout, &size);
        size_t count = REPLICAS * OUTPUTS * size;
        double *each = malloc(2 * count * sizeof *each);
        memset(each, 0xA5, 2 * count * sizeof *each);
        ck_assert_int_eq(praxis_readout_fit_each(readout, PRAXIS_READOUT_TRAINING, ridges, 2, each, count),
                         PRAXIS_ERROR_INVALID_ARGUMENT);
        unit_success(pair->context,
                     praxis_readout_fit_each(readout, PRAXIS_READOUT_TRAINING, ridges, 2, each, 2 * count));
        double *after = read_weights(pair, readout, &size);
        ck_assert_mem_eq(before, after, count * sizeof *before);
        for (size_t i = 0; i < 2; i++) {
            const double same[REPLICAS] = {ridges[i], ridges[i]};
            unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, same));
            free(after);
            after = read_weights(pair, readout, &size);
            ck_assert_mem_eq(each + i * count, after, count * sizeof *after);
        }
        free(before);
        free(after);
        free(each);
        praxis_readout_destroy(readout);
    }
    close_pair(pair);
}
END_TEST

/* The ridge that is chosen is the one that fitting and measuring each would choose, and the error what outputs say. */
START_TEST(choices)
{
    static const double ridges[] = {1e-5, 1e-3, 1e-2, 0.1, 1, 10};
    for (int c = 1; c < 5; c += 3) {
        struct pair *pair = open_pair(_i, 1, PRAXIS_FACTOR_POST);
        drive(pair, 150, 63);
        praxis_readout_options options = case_options(c);
        praxis_readout *readout = make_readout(pair, &options);
        float prediction[REPLICAS * 60 * OUTPUTS];
        run_part(pair, readout, 0, 90, PRAXIS_READOUT_TRAINING, NULL);
        run_part(pair, readout, 90, 60, PRAXIS_READOUT_VALIDATION, NULL);
        double least[REPLICAS] = {INFINITY, INFINITY}, best[REPLICAS], chosen[REPLICAS], error[REPLICAS];
        for (size_t i = 0; i < UNIT_LENGTH(ridges); i++) {
            const double same[REPLICAS] = {ridges[i], ridges[i]};
            double each[REPLICAS * OUTPUTS] = {0};
            unit_success(pair->context, praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, same));
            unit_success(pair->context, praxis_readout_error(readout, PRAXIS_READOUT_VALIDATION, each));
            for (int r = 0; r < REPLICAS; r++) {
                double mean = sqrt((each[r * 2] * each[r * 2] + each[r * 2 + 1] * each[r * 2 + 1]) / 2);
                best[r] = mean < least[r] ? ridges[i] : best[r];
                least[r] = fmin(mean, least[r]);
            }
        }
        unit_success(pair->context, praxis_readout_choose(readout, ridges, UNIT_LENGTH(ridges), chosen, error));
        size_t size;
        double *both = read_weights(pair, readout, &size);
        for (int r = 0; r < REPLICAS; r++) {
            ck_assert(chosen[r] == best[r]);
            unit_require(fabs(error[r] - least[r]) < 1e-12, "%.17g, expected %.17g", error[r], least[r]);
        }
        unit_success(pair->context,
                     praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION, best));
        double *again = read_weights(pair, readout, &size);
        ck_assert_mem_eq(both, again, REPLICAS * OUTPUTS * size * sizeof *both);
        free(again);
        free(both);
        /* Errors of the samples are those of the outputs while they were taken: only replays show them. */
        unit_success(pair->context,
                     praxis_readout_reset(readout, PRAXIS_READOUT_RESET_SAMPLES | PRAXIS_READOUT_RESET_HISTORY, NULL));
        unit_success(pair->context, praxis_network_reset(pair->network, PRAXIS_RESET_ACTIVATIONS, NULL));
        run_part(pair, readout, 0, 90, 0, NULL);
        run_part(pair, readout, 90, 60, PRAXIS_READOUT_VALIDATION, prediction);
        double measured[REPLICAS * OUTPUTS];
        unit_success(pair->context, praxis_readout_error(readout, PRAXIS_READOUT_VALIDATION, measured));
        for (int i = 0; i < REPLICAS * OUTPUTS; i++) {
            double mean = 0, squares = 0, deviations = 0;
            for (int t = 0; t < 60; t++)
                mean += (double)pair->target[(i / 2 * 150 + 90 + t) * 2 + i % 2] / 60;
            for (int t = 0; t < 60; t++) {
                double y = (double)pair->target[(i / 2 * 150 + 90 + t) * 2 + i % 2];
                squares += pow(y - (double)prediction[(i / 2 * 60 + t) * 2 + i % 2], 2);
                deviations += pow(y - mean, 2);
            }
            unit_require(fabs(measured[i] - sqrt(squares / deviations)) < 1e-5, "%g, expected %g", measured[i],
                         sqrt(squares / deviations));
        }
        praxis_readout_destroy(readout);
        close_pair(pair);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fit");
    TCase *algebra = unit_case(suite, "algebra"), *fitted = unit_case(suite, "fits");
    tcase_add_test(algebra, products);
    tcase_add_test(algebra, factors);
    tcase_add_test(algebra, widths_are_equal);
    tcase_add_test(algebra, products_of_features);
    int devices = unit_devices();
    tcase_add_loop_test(fitted, fits, 0, devices);
    tcase_add_loop_test(fitted, fits_of_spans, 0, devices);
    tcase_add_loop_test(fitted, fits_for_each, 0, devices);
    tcase_add_loop_test(fitted, choices, 0, devices);
    return unit_main_on_devices(suite, devices);
}
