/* SPDX-License-Identifier: MIT */
/*
 * The graph against brute force: an adjacency matrix built from the neighbour function, eigenvalues by summing
 * characters over the connection set and by power iteration, the diameter by breadth-first search.
 */
#include <check.h>
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "graph/graph.h"
#include "graph/modular.h"

static const uint32_t primes[] = {7, 11, 19, 23, 31, 43};
#define PRIME_COUNT ((int)(sizeof primes / sizeof *primes))

static struct px_graph plan(uint64_t neurons, uint32_t curves)
{
    struct px_graph graph;
    ck_assert_int_eq(px_graph_plan(NULL, neurons, curves, &graph), PRAXIS_SUCCESS);
    return graph;
}

/* counts[post][pre]: how many synapses lead from pre to post. */
static uint8_t *adjacency(const struct px_graph *graph)
{
    uint8_t *counts = px_zeros(graph->neurons, graph->neurons);
    uint64_t outside = 0;
    ck_assert_ptr_nonnull(counts);
    for (uint32_t post = 0; post < graph->neurons; post++)
        for (uint32_t tap = 0; tap < graph->degree; tap++) {
            uint32_t pre = px_graph_presynaptic(graph, post, tap);
            outside += pre >= graph->neurons;
            counts[post * graph->neurons + (pre < graph->neurons ? pre : 0)]++;
        }
    ck_assert_uint_eq(outside, 0);
    return counts;
}

START_TEST(test_simple_and_regular)
{
    for (uint32_t curves = 1; curves <= 4; curves++) {
        struct px_graph graph = plan((uint64_t)primes[_i] * primes[_i], curves);
        uint64_t n = graph.neurons;
        ck_assert_uint_eq(graph.prime, primes[_i]);
        ck_assert_uint_eq(graph.degree, curves * (graph.prime - 1));
        uint8_t *counts = adjacency(&graph);
        for (uint64_t i = 0; i < n; i++) {
            uint64_t in = 0, out = 0, duplicates = 0, asymmetries = 0;
            ck_assert_uint_eq(counts[i * n + i], 0);
            for (uint64_t j = 0; j < n; j++) {
                duplicates += counts[i * n + j] > 1;
                asymmetries += counts[i * n + j] != counts[j * n + i];
                in += counts[i * n + j];
                out += counts[j * n + i];
            }
            ck_assert_uint_eq(in, graph.degree);
            ck_assert_uint_eq(out, graph.degree);
            ck_assert_uint_eq(duplicates, 0);
            if (curves % 2 == 0)
                ck_assert_uint_eq(asymmetries, 0);
        }
        free(counts);
    }
}
END_TEST

/* The eigenvalue at (u, v) is the sum of its character over the partners of neuron 0. */
static double brute_eigenvalue(const struct px_graph *graph)
{
    uint32_t p = graph->prime;
    double complex *powers = calloc(p, sizeof *powers);
    double largest = 0;
    for (uint32_t i = 0; i < p; i++)
        powers[i] = cexp(2 * acos(-1) * I * i / p);
    for (uint32_t u = 0; u < p; u++)
        for (uint32_t v = 0; v < p; v++) {
            double complex sum = 0;
            for (uint32_t tap = 0; tap < graph->degree; tap++) {
                uint32_t partner = px_graph_presynaptic(graph, 0, tap);
                sum += powers[(u * (partner / p) + v * (partner % p)) % p];
            }
            if (u || v)
                largest = fmax(largest, cabs(sum));
        }
    free(powers);
    return largest;
}

START_TEST(test_certificate_against_characters)
{
    for (uint32_t curves = 1; curves <= 4; curves++) {
        struct px_graph graph = plan((uint64_t)primes[_i] * primes[_i], curves);
        struct px_certificate certificate;
        px_graph_certify(&graph, &certificate);
        ck_assert_double_eq_tol(certificate.second_eigenvalue, brute_eigenvalue(&graph), 1e-8);
        ck_assert_double_eq_tol(certificate.ramanujan_bound, 2 * sqrt(graph.degree - 1.0), 1e-12);
        ck_assert_double_le(certificate.second_eigenvalue, certificate.ramanujan_bound);
    }
}
END_TEST

/* One application of A^T A to a vector whose mean is taken out; returns its length. */
static double apply_twice(const uint8_t *counts, uint64_t n, double *x, double *scratch)
{
    double mean = 0, length = 0;
    for (uint64_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (uint64_t i = 0; i < n; i++) {
        scratch[i] = 0;
        for (uint64_t j = 0; j < n; j++)
            scratch[i] += counts[i * n + j] * (x[j] - mean);
    }
    memset(x, 0, px_to_size(n * sizeof *x));
    for (uint64_t i = 0; i < n; i++)
        for (uint64_t j = 0; j < n; j++)
            x[j] += counts[i * n + j] * scratch[i];
    for (uint64_t j = 0; j < n; j++)
        length += x[j] * x[j];
    length = sqrt(length);
    for (uint64_t j = 0; j < n; j++)
        x[j] /= length;
    return length;
}

/* The adjacency matrix is normal, so its second largest singular value is its second largest |eigenvalue|. */
START_TEST(test_certificate_against_power_iteration)
{
    for (uint32_t curves = 1; curves <= 4; curves++) {
        struct px_graph graph = plan(361, curves);
        struct px_certificate certificate;
        uint8_t *counts = adjacency(&graph);
        double *x = px_zeros(graph.neurons, sizeof *x), *scratch = px_zeros(graph.neurons, sizeof *scratch);
        double square = 0;
        for (uint64_t i = 0; i < graph.neurons; i++)
            x[i] = sin((double)(i * i) + 1);
        for (int round = 0; round < 400; round++)
            square = apply_twice(counts, graph.neurons, x, scratch);
        px_graph_certify(&graph, &certificate);
        ck_assert_double_eq_tol(sqrt(square), certificate.second_eigenvalue, 1e-3);
        free(counts);
        free(x);
        free(scratch);
    }
}
END_TEST

static uint32_t brute_diameter(const struct px_graph *graph)
{
    uint32_t *queue = px_zeros(graph->neurons, sizeof *queue);
    uint32_t *distance = px_zeros(graph->neurons, sizeof *distance);
    uint64_t reached = 1;
    for (uint64_t at = 0; at < reached; at++)
        for (uint32_t tap = 0; tap < graph->degree; tap++) {
            uint32_t next = px_graph_presynaptic(graph, queue[at], tap);
            if (next != 0 && distance[next] == 0) {
                distance[next] = distance[queue[at]] + 1;
                queue[reached++] = next;
            }
        }
    ck_assert_uint_eq(reached, graph->neurons);
    uint32_t diameter = distance[queue[reached - 1]];
    free(queue);
    free(distance);
    return diameter;
}

START_TEST(test_diameter)
{
    static const uint32_t larger[] = {7, 11, 19, 23, 31, 43, 47, 59, 67, 71, 79, 83, 103, 107, 127, 131};
    for (int i = 0; i < (int)(sizeof larger / sizeof *larger); i++)
        for (uint32_t curves = 1; curves <= 4; curves++) {
            struct px_graph graph = plan((uint64_t)larger[i] * larger[i], curves);
            struct px_certificate certificate;
            px_graph_certify(&graph, &certificate);
            ck_assert_uint_eq(certificate.diameter, brute_diameter(&graph));
        }
}
END_TEST

/* Ratios of second eigenvalue to bound that were measured once by a Fourier transform of the connection set. */
START_TEST(test_known_ratios)
{
    static const struct {
        uint32_t prime, curves;
        double ratio;
    } known[] = {{31, 2, 0.810},   {103, 2, 0.780},  {211, 2, 0.756}, {499, 2, 0.739},
                 {1019, 2, 0.730}, {31, 3, 0.729},   {103, 3, 0.897}, {211, 3, 0.873},
                 {499, 3, 0.882},  {1019, 3, 0.839}, {211, 4, 0.952}, {1019, 4, 0.912}};
    for (int i = 0; i < (int)(sizeof known / sizeof *known); i++) {
        struct px_graph graph = plan((uint64_t)known[i].prime * known[i].prime, known[i].curves);
        struct px_certificate certificate;
        px_graph_certify(&graph, &certificate);
        ck_assert_double_eq_tol(certificate.second_eigenvalue / certificate.ramanujan_bound, known[i].ratio, 6e-4);
    }
}
END_TEST

START_TEST(test_inverse_at_every_size)
{
    static const uint64_t sizes[] = {49, 10000, 1000000, 1000000000, PX_GRAPH_MAX_NEURONS};
    uint64_t state = 1;
    for (int i = 0; i < 5; i++)
        for (uint32_t curves = 1; curves <= 4; curves++) {
            struct px_graph graph = plan(sizes[i], curves);
            for (int draw = 0; draw < 2000; draw++) {
                state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
                uint32_t neuron = (uint32_t)((state >> 33) % graph.neurons);
                uint32_t tap = (uint32_t)((state >> 20) % graph.degree);
                uint32_t pre = px_graph_presynaptic(&graph, neuron, tap);
                ck_assert_uint_lt(pre, graph.neurons);
                ck_assert_uint_eq(px_graph_postsynaptic(&graph, pre, tap), neuron);
                /* The definition, with nothing shared: row b + s t^2 of column a + t. */
                uint64_t p = graph.prime, t = tap / curves + 1, s = graph.slope[tap % curves];
                uint64_t column = (neuron / p + t) % p, row = (neuron % p + s * (t * t % p)) % p;
                ck_assert_uint_eq(pre, column * p + row);
            }
        }
}
END_TEST

static bool prime_by_definition(uint32_t n)
{
    for (uint32_t i = 2; i < n; i++)
        if (n % i == 0)
            return false;
    return n > 1;
}

/* The plan is the smallest admissible one, and slopes are what they claim to be. */
START_TEST(test_plan)
{
    for (uint64_t asked = 49; asked < 20000; asked += 97) {
        struct px_graph graph = plan(asked, 2);
        uint32_t p = 7;
        while ((uint64_t)p * p < asked || p % 4 != 3 || !prime_by_definition(p))
            p++;
        ck_assert_uint_eq(graph.prime, p);
    }
    for (uint32_t curves = 1; curves <= 4; curves++) {
        struct px_graph graph = plan(5000, curves);
        uint64_t power = 1;
        for (uint32_t e = 0; e < graph.exponent; e++)
            power = power * graph.primitive_root % graph.prime;
        ck_assert_uint_eq(graph.slope[0], 1);
        if (curves > 1)
            ck_assert_uint_eq(graph.slope[1], graph.prime - 1);
        if (curves > 2)
            ck_assert_uint_eq(graph.slope[2], power);
        if (curves > 3)
            ck_assert_uint_eq(graph.slope[3], graph.prime - power);
    }
}
END_TEST

START_TEST(test_primitive_root_is_the_smallest)
{
    for (int i = 0; i < PRIME_COUNT; i++)
        for (uint32_t g = 2; g <= px_primitive_root(primes[i]); g++) {
            uint32_t order = 1;
            for (uint64_t power = g; power != 1; power = power * g % primes[i])
                order++;
            if (g < px_primitive_root(primes[i]))
                ck_assert_uint_lt(order, primes[i] - 1);
            else
                ck_assert_uint_eq(order, primes[i] - 1);
        }
}
END_TEST

static void remember(void *user, praxis_log_level level, const char *message)
{
    (void)level;
    strncpy(user, message, 255);
}

START_TEST(test_bounds)
{
    static const struct {
        uint64_t neurons;
        uint32_t curves;
        const char *words;
    } wrong[] = {{48, 2, "48, must be from 49"},
                 {(UINT64_C(1) << 30) + 1, 2, "to 1073741824"},
                 {UINT64_MAX, 1, "to 1073741824"},
                 {0, 2, "neurons is 0"},
                 {1000, 0, "degree_factor is 0, must be from 1 to 4"},
                 {1000, 5, "degree_factor is 5"}};
    for (int i = 0; i < (int)(sizeof wrong / sizeof *wrong); i++) {
        char message[256] = "";
        praxis_log sink = {remember, message};
        struct px_log log;
        struct px_graph graph;
        px_log_open(&log, &sink);
        ck_assert_int_eq(px_graph_plan(&log, wrong[i].neurons, wrong[i].curves, &graph), PRAXIS_ERROR_OUT_OF_RANGE);
        ck_assert_msg(strstr(message, wrong[i].words) != NULL, "message: %s", message);
        px_log_close(&log);
    }
    for (uint32_t curves = 1; curves <= 4; curves++) {
        struct px_graph graph = plan(PX_GRAPH_MAX_NEURONS, curves);
        ck_assert_uint_lt(graph.neurons, UINT64_C(1) << 32);
        ck_assert_uint_lt((uint64_t)graph.degree * 127 * 127, UINT64_C(1) << 31);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("graph");
    TCase *cases = tcase_create("graph");
    tcase_set_timeout(cases, 0);
    tcase_add_loop_test(cases, test_simple_and_regular, 0, PRIME_COUNT);
    tcase_add_loop_test(cases, test_certificate_against_characters, 0, PRIME_COUNT);
    tcase_add_test(cases, test_certificate_against_power_iteration);
    tcase_add_test(cases, test_diameter);
    tcase_add_test(cases, test_known_ratios);
    tcase_add_test(cases, test_inverse_at_every_size);
    tcase_add_test(cases, test_plan);
    tcase_add_test(cases, test_primitive_root_is_the_smallest);
    tcase_add_test(cases, test_bounds);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
