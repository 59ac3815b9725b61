/* SPDX-License-Identifier: MIT */
/* Contexts of steps: which neurons they open, and what closed ones are left out of. */
#include "steps.h"
#include "together.h"

/* Some learned ticks in a context; whether each neuron's weights changed. */
static void learn_in(praxis_context *context, praxis_network *network, uint32_t of, int8_t *changed)
{
    const uint32_t contexts[REPLICAS] = {of, of, of, of};
    const float modulator[REPLICAS] = {5, 5, 5, 5};
    praxis_step step;
    size_t degree = unit_graph(network).degree;
    unit_fill_code(network, PRAXIS_FIELD_WEIGHT, 9); /* far from where a weight can go no further */
    praxis_step_default(&step);
    step.ticks = 4;
    step.flags = PRAXIS_RUN_TRACE;
    step.context = contexts;
    unit_success(context, praxis_network_step(network, &step));
    int8_t *before = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    praxis_step_default(&step);
    step.modulator = modulator;
    unit_success(context, praxis_network_step(network, &step));
    int8_t *after = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    for (size_t j = 0; j < REPLICAS * NEURONS; j++)
        changed[j] = memcmp(before + j * degree, after + j * degree, degree) != 0;
    free(before);
    free(after);
}

/* A share of the neurons learns in each context, others in another, and the same when it comes again. */
START_TEST(contexts_open_their_neurons)
{
    enum { CONTEXTS = 8 };
    praxis_context *context = together_context(unit_device(_i));
    praxis_parameters parameters = lively(REPLICAS, PRAXIS_FACTOR_POST, PRAXIS_TRACE_STORED);
    parameters.gate_share = 0.25;
    praxis_network *network = make(context, &parameters);
    static int8_t open[CONTEXTS][REPLICAS * NEURONS], again[REPLICAS * NEURONS];
    double all = 0, both = 0, count = (double)CONTEXTS * REPLICAS * NEURONS;
    for (uint32_t c = 0; c < CONTEXTS; c++)
        learn_in(context, network, c * 1000003, open[c]);
    for (uint32_t c = 0; c < CONTEXTS; c++) {
        learn_in(context, network, c * 1000003, again);
        ck_assert_mem_eq(again, open[c], sizeof again);
        for (size_t j = 0; j < UNIT_LENGTH(again); j++) {
            all += open[c][j];
            both += open[c][j] && open[(c + 1) % CONTEXTS][j];
        }
    }
    /* binomial, within five standard deviations: a quarter, and of pairs a sixteenth */
    ck_assert_double_eq_tol(all / count, 0.25, 5 * sqrt(0.25 * 0.75 / count));
    ck_assert_double_eq_tol(both / count, 0.0625, 5 * sqrt(0.0625 * 0.9375 / count));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* Outputs are sums over open neurons, over the size of the group; weights of runs and modulations know no gates. */
START_TEST(contexts_shut_their_outputs)
{
    praxis_context *context = together_context(unit_device(_i));
    const praxis_parameters parameters = lively(REPLICAS, PRAXIS_FACTOR_POST, PRAXIS_TRACE_STORED);
    praxis_network *network = make(context, &parameters);
    static int8_t open[REPLICAS * NEURONS], every[REPLICAS * NEURONS];
    const uint32_t groups[] = {0, 1, 2}, contexts[REPLICAS] = {7, 7, 7, 7};
    float output[REPLICAS * GROUPS];
    learn_in(context, network, 7, open);
    praxis_step step;
    praxis_step_default(&step);
    step.ticks = 1;
    step.flags = PRAXIS_RUN_TRACE;
    step.groups = groups;
    step.group_count = GROUPS;
    step.output = output;
    step.context = contexts;
    unit_success(context, praxis_network_step(network, &step));
    int8_t *codes = unit_codes(network, PRAXIS_FIELD_ACTIVATION);
    for (size_t r = 0; r < REPLICAS; r++)
        for (size_t g = 0; g < GROUPS; g++) {
            int sum = 0, size = 7 + 2 * (int)g;
            for (int i = 0; i < size; i++) {
                size_t neuron = r * NEURONS + (5 * (size_t)i + g) % NEURONS;
                sum += open[neuron] ? codes[neuron] : 0;
            }
            ck_assert_double_eq_tol((double)output[r * GROUPS + g], sum * UNIT_ACTIVATION / size, 1e-6);
        }
    free(codes);
    const float modulator[REPLICAS] = {5, 5, 5, 5};
    size_t degree = unit_graph(network).degree;
    int8_t *before = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    unit_success(context, praxis_network_modulate(network, modulator, REPLICAS));
    int8_t *after = unit_codes(network, PRAXIS_FIELD_WEIGHT);
    for (size_t j = 0; j < REPLICAS * NEURONS; j++)
        every[j] = memcmp(before + j * degree, after + j * degree, degree) != 0;
    ck_assert(memchr(every, 0, sizeof every) == NULL && memchr(open, 0, sizeof open) != NULL);
    free(before);
    free(after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("gates");
    TCase *tests = unit_case(suite, "contexts");
    tcase_add_loop_test(tests, contexts_open_their_neurons, 0, devices);
    tcase_add_loop_test(tests, contexts_shut_their_outputs, 0, devices);
    return unit_main_on_devices(suite, devices);
}
