/* SPDX-License-Identifier: MIT */
/*
 * The network and the formulas (model.h) side by side from one start, never brought together again: what rounding adds
 * up to. docs/numerics.md quotes the figures that these tests print.
 */
#include "model.h"

#define DEVIATIONS 5.0

/* The largest factor by which leak I + gain W / sqrt(d) stretches a vector: power iteration on its square. */
static double largest_stretch(const struct model *model)
{
    size_t n = model->neurons, d = model->degree;
    double *v = unit_allocate(n, sizeof *v), *forth = unit_allocate(n, sizeof *forth), norm = 0;
    for (size_t j = 0; j < n; j++)
        v[j] = j % 3 ? 1 : -1;
    for (int round = 0; round < 100; round++) {
        double square = 0;
        for (size_t j = 0; j < n; j++)
            forth[j] =
                model->field[PRAXIS_FIELD_LEAK][j] * v[j] + model->field[PRAXIS_FIELD_GAIN][j] * recurrent(model, j, v);
        for (size_t j = 0; j < n; j++)
            v[j] = model->field[PRAXIS_FIELD_LEAK][j] * forth[j];
        for (size_t i = 0; i < n * d; i++)
            v[partner(model, i / d, i % d)] += model->field[PRAXIS_FIELD_GAIN][i / d] *
                                               model->field[PRAXIS_FIELD_WEIGHT][i] / sqrt((double)d) * forth[i / d];
        for (size_t j = 0; j < n; j++)
            square += v[j] * v[j];
        norm = sqrt(square);
        for (size_t j = 0; j < n; j++)
            v[j] /= norm;
    }
    free(v);
    free(forth);
    return sqrt(norm);
}

/*
 * Activations alone, model and network side by side for thirty ticks. Since 2 tanh(u / 2) is nowhere steeper than 1, a
 * tick stretches the difference at most by the norm of the linear part and adds half a code per neuron. That bound
 * holds always and is wide; independent errors grow as in a random walk with decay, which is what is expected.
 */
START_TEST(free_running_activations)
{
    praxis_parameters parameters = parameters_of(&settings[5]);
    praxis_context *context = unit_context("reference");
    praxis_network *network = unit_network(context, &parameters);
    struct model model = make_model(network, &parameters), now = make_model(network, &parameters);
    size_t n = model.neurons;
    double *x = unit_allocate(n, sizeof *x), *next = unit_allocate(n, sizeof *next);
    double stretch = 1.02 * largest_stretch(&model), bound = 0, root_mean_square = 0;
    uint64_t state = 300;
    for (int tick = 0; tick < 30; tick++) {
        float input[2] = {(float)(4 * unit_uniform(&state) - 2), (float)(4 * unit_uniform(&state) - 2)};
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 1;
        run.input = input;
        unit_success(context, praxis_network_run(network, &run));
        load(&now, network);
        make_activations(&model, x, input, next);
        double square = 0;
        for (size_t j = 0; j < n; j++) {
            double error = now.field[PRAXIS_FIELD_ACTIVATION][j] - next[j];
            square += error * error;
            x[j] = next[j];
        }
        bound = stretch * bound + sqrt((double)n) * (HALF_CODE + 1e-6);
        ck_assert_double_le(sqrt(square), bound);
        root_mean_square = sqrt(square / (double)n);
    }
    double walk = UNIT_ACTIVATION / sqrt(12) / sqrt(1 - 0.9 * 0.9 - 0.25 * 0.25);
    printf("30 ticks free: error %.3g of an activation (random walk: %.3g, bound %.3g)\n", root_mean_square, walk,
           bound / sqrt((double)n));
    ck_assert_double_le(root_mean_square, walk);
    free(x);
    free(next);
    free_model(&model);
    free_model(&now);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* One tick of the model by itself, weights and traces included, factor POST. */
static void advance_model(struct model *model, const float *input, double modulator, double *next)
{
    double *x = model->field[PRAXIS_FIELD_ACTIVATION];
    make_activations(model, x, input, next);
    for (size_t i = 0; i < model->neurons * model->degree; i++) {
        size_t j = i / model->degree;
        double *e = &model->field[PRAXIS_FIELD_TRACE][i], *w = &model->field[PRAXIS_FIELD_WEIGHT][i];
        *e = model->decay * *e + x[partner(model, j, i % model->degree)] * next[j];
        *w = clip(*w + model->parameters.learning_rate * modulator * *e, 3);
    }
    memcpy(x, next, model->neurons * sizeof *x);
}

/*
 * Learning, model and network side by side and never brought together again. Each modulation changes a weight by a
 * fraction of a code; after 300 the network's changes must be the model's, on average over synapses: the slope of the
 * one on the other is 1. Rounding to nearest would lose most of them. The gain is 0, so that the noise that rounding
 * leaves in the weights does not move the activations, and through them the weights again.
 */
START_TEST(free_running_learning)
{
    praxis_parameters parameters = parameters_of(&settings[1]);
    parameters.neurons = 361;
    parameters.weight_decay = parameters.gain = 0;
    parameters.learning_rate = 0.0003;
    praxis_context *context = unit_context("reference");
    praxis_network *network = unit_network(context, &parameters);
    struct model model = make_model(network, &parameters), born = make_model(network, &parameters);
    double *next = unit_allocate(model.neurons, sizeof *next), steps = 0;
    uint64_t state = 400;
    for (int tick = 0; tick < 300; tick++) {
        float input[2] = {(float)(2 * unit_uniform(&state)), (float)(2 * unit_uniform(&state) - 1)};
        float modulator = sinf((float)tick / 25) > 0 ? 1.0f : -0.5f;
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 1;
        run.flags = PRAXIS_RUN_TRACE;
        run.input = input;
        run.modulator = &modulator;
        unit_success(context, praxis_network_run(network, &run));
        advance_model(&model, input, (double)modulator, next);
        for (size_t i = 0; i < model.neurons * model.degree; i++)
            steps += fabs(parameters.learning_rate * (double)modulator * model.field[PRAXIS_FIELD_TRACE][i]);
    }
    struct model now = make_model(network, &parameters);
    double both = 0, square = 0, residue = 0, spread = 0, count = (double)(model.neurons * model.degree);
    for (size_t i = 0; i < (size_t)count; i++) {
        double wanted = model.field[PRAXIS_FIELD_WEIGHT][i] - born.field[PRAXIS_FIELD_WEIGHT][i];
        double made = now.field[PRAXIS_FIELD_WEIGHT][i] - born.field[PRAXIS_FIELD_WEIGHT][i];
        both += wanted * made;
        square += wanted * wanted;
        residue += (made - wanted) * (made - wanted);
        spread += wanted * wanted * (made - wanted) * (made - wanted);
    }
    double slope = both / square, sigma = sqrt(spread) / square; /* larger changes have more noise */
    printf("300 modulations of %.3g codes free: changes of %.3g codes, slope %.4f +- %.4f, residue %.3g codes\n",
           steps / count / 300 / UNIT_WEIGHT, sqrt(square / count) / UNIT_WEIGHT, slope, sigma,
           sqrt(residue / count) / UNIT_WEIGHT);
    /* Beyond chance, differing activations change the slope by about their relative error. */
    ck_assert_double_eq_tol(slope, 1, DEVIATIONS * sigma + 0.01);
    /* A modulation that rounds a change of c codes has a variance of at most c. */
    ck_assert_double_le(residue / count / (UNIT_WEIGHT * UNIT_WEIGHT), 1.2 * steps / count / UNIT_WEIGHT);
    free(next);
    free_model(&model);
    free_model(&born);
    free_model(&now);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

static Suite *free_suite(void)
{
    Suite *suite = suite_create("free");
    TCase *running = unit_case(suite, "running free");
    tcase_add_test(running, free_running_activations);
    tcase_add_test(running, free_running_learning);
    return suite;
}

int main(void)
{
    return unit_main(free_suite());
}
