/* SPDX-License-Identifier: MIT */
/*
 * What belongs to a network in a file: a readout of each rule, with its samples and what its rule knows, a critic and a
 * predictor. A life of all of them that is split by saving and loading is the straight life, bit for bit, wherever it
 * is split and whoever goes on with it: by what comes out in each tick, and by the bytes of the file that both end in.
 */
#include "lively.h"

#define NEURONS  49
#define REPLICAS 3
#define CHANNELS 3
#define OUTPUTS  2
#define SEEN     4 /* numbers in an observation */
#define TICKS    12

struct life {
    praxis_context *context;
    praxis_network *network;
    praxis_readout *readout;
    praxis_critic *critic;
    praxis_predictor *predictor;
    uint64_t heard; /* a hash of all that came out */
};

/* ---- A life ---- */

/* The network is that of test_checkpoint: its programs are compiled once for both. */
static praxis_parameters parameters_of_life(void)
{
    praxis_parameters parameters = lively(NEURONS, 2, REPLICAS, CHANNELS);
    parameters.trace_window = 4;
    parameters.factor = PRAXIS_FACTOR_CENTRED;
    parameters.consolidation = 3;
    parameters.gate_share = 0.5;
    parameters.metaplasticity = 0.3;
    return parameters;
}

static struct life begin_life(praxis_context *context, praxis_readout_rule rule)
{
    static const uint32_t neurons[] = {40, 3, 17, 8};
    const praxis_parameters parameters = parameters_of_life();
    struct life life = {.context = context, .network = unit_network(context, &parameters)};
    praxis_readout_options readout;
    praxis_critic_options critic;
    praxis_predictor_options predictor;
    praxis_readout_options_default(&readout);
    readout.neurons = neurons;
    readout.neuron_count = UNIT_LENGTH(neurons);
    readout.outputs = OUTPUTS;
    readout.lags = 3;
    readout.squares = 1;
    readout.rule = rule;
    readout.rate_decay = 0.1; /* steps count */
    readout.forgetting = 0.97;
    unit_success(context, praxis_readout_create(life.network, &readout, &life.readout));
    praxis_critic_options_default(&critic);
    critic.replicas = REPLICAS;
    critic.observations = SEEN;
    critic.quadratic = rule == PRAXIS_READOUT_RLS;
    ck_assert_int_eq(praxis_critic_create(&critic, &life.critic), PRAXIS_SUCCESS);
    praxis_predictor_options_default(&predictor);
    predictor.replicas = REPLICAS;
    predictor.observations = SEEN;
    predictor.order = 3;
    predictor.normalised = rule == PRAXIS_READOUT_NLMS;
    ck_assert_int_eq(praxis_predictor_create(&predictor, &life.predictor), PRAXIS_SUCCESS);
    return life;
}

static void end_life(struct life *life)
{
    praxis_predictor_destroy(life->predictor);
    praxis_critic_destroy(life->critic);
    praxis_readout_destroy(life->readout);
    praxis_network_destroy(life->network);
}

static void hear(struct life *life, const void *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        life->heard = (life->heard ^ ((const unsigned char *)data)[i]) * UINT64_C(0x100000001b3);
}

static void fill(uint64_t *state, float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = (float)(2 * unit_uniform(state) - 1);
}

/* Samples, a fit, and learning that reaches into the network. */
static void live_readout(struct life *life, int t, praxis_readout_rule rule, uint64_t *state)
{
    const double ridges[] = {1e-3, 1e-2, 1e-1};
    float input[REPLICAS * CHANNELS], target[REPLICAS * OUTPUTS], prediction[REPLICAS * OUTPUTS];
    double error[REPLICAS * OUTPUTS];
    praxis_readout_span span;
    fill(state, input, UNIT_LENGTH(input));
    fill(state, target, UNIT_LENGTH(target));
    praxis_readout_span_default(&span);
    span.ticks = 1;
    span.flags = EVERYTHING;
    span.input = input;
    span.target = target;
    span.prediction = prediction;
    span.modulator_scale = 0.1f;
    span.what = t < 5                           ? PRAXIS_READOUT_TRAINING
                : t < 8                         ? PRAXIS_READOUT_VALIDATION
                : t % 3 == 0                    ? 0
                : rule == PRAXIS_READOUT_FITTED ? PRAXIS_READOUT_MODULATE
                                                : PRAXIS_READOUT_MODULATE | PRAXIS_READOUT_LEARN;
    if (rule != PRAXIS_READOUT_FITTED && t > 1)
        span.what |= PRAXIS_READOUT_LEARN;
    if (rule == PRAXIS_READOUT_FITTED && t == 8)
        unit_success(life->context, praxis_readout_fit(life->readout, PRAXIS_READOUT_TRAINING, ridges));
    if (t > 8) {
        unit_success(life->context, praxis_readout_error(life->readout, PRAXIS_READOUT_VALIDATION, error));
        hear(life, error, sizeof error);
    }
    unit_success(life->context, praxis_readout_run(life->readout, &span));
    hear(life, prediction, sizeof prediction);
}

/* Episodes that begin and end, replicas that rest. */
static void live_modulators(struct life *life, int t, uint64_t *state)
{
    const praxis_episode episode[REPLICAS] = {PRAXIS_EPISODE_GOES_ON,
                                              t % 4 == 3 ? PRAXIS_EPISODE_TERMINATED : PRAXIS_EPISODE_GOES_ON,
                                              t == 6 ? PRAXIS_EPISODE_TRUNCATED : PRAXIS_EPISODE_GOES_ON};
    const uint8_t active[REPLICAS] = {1, t != 2, t != 5}, mask[REPLICAS] = {0, 1, 0};
    float observation[REPLICAS * SEEN], reward[REPLICAS], error[REPLICAS], errors[REPLICAS * SEEN];
    fill(state, observation, UNIT_LENGTH(observation));
    fill(state, reward, UNIT_LENGTH(reward));
    ck_assert_int_eq(praxis_critic_step(life->critic, observation, reward, episode, active, error), PRAXIS_SUCCESS);
    hear(life, error, sizeof error);
    if (t == 7)
        ck_assert_int_eq(praxis_predictor_forget(life->predictor, mask), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_predictor_step(life->predictor, observation, active, errors, error), PRAXIS_SUCCESS);
    hear(life, errors, sizeof errors);
}

static void live(struct life *life, int t, praxis_readout_rule rule)
{
    uint64_t state = (uint64_t)t * 77 + 5;
    live_readout(life, t, rule, &state);
    live_modulators(life, t, &state);
}

/* ---- In a file ---- */

struct bytes {
    unsigned char *data;
    size_t size, room;
};

static int write_bytes(void *user, const void *data, size_t size)
{
    struct bytes *bytes = user;
    if (size > bytes->room - bytes->size)
        return 1;
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    return 0;
}

static int read_bytes(void *user, uint64_t offset, void *data, size_t size)
{
    const struct bytes *bytes = user;
    memcpy(data, bytes->data + offset, size);
    return 0;
}

static struct bytes save_life(const struct life *life)
{
    struct bytes bytes = {.data = unit_allocate(1 << 20, 1), .room = 1 << 20};
    const praxis_checkpoint_sink sink = {write_bytes, &bytes};
    praxis_checkpoint_writer *writer = NULL;
    ck_assert_int_eq(praxis_checkpoint_writer_create(NULL, &writer), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_network(writer, "network", life->network), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_readout(writer, "readout", life->readout), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_critic(writer, "critic", life->critic), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_predictor(writer, "predictor", life->predictor), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_write_to(writer, &sink), PRAXIS_SUCCESS);
    praxis_checkpoint_writer_destroy(writer);
    return bytes;
}

static struct life load_life(praxis_context *context, struct bytes *bytes, uint64_t heard)
{
    const praxis_checkpoint_source source = {read_bytes, bytes, bytes->size};
    struct life life = {.context = context, .heard = heard};
    praxis_checkpoint *checkpoint = NULL;
    ck_assert_int_eq(praxis_checkpoint_open_from(&source, NULL, &checkpoint), PRAXIS_SUCCESS);
    unit_success(context, praxis_checkpoint_load_network(checkpoint, "network", context, &life.network));
    unit_success(context, praxis_checkpoint_load_readout(checkpoint, "readout", life.network, &life.readout));
    ck_assert_int_eq(praxis_checkpoint_load_critic(checkpoint, "critic", NULL, &life.critic), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_load_predictor(checkpoint, "predictor", NULL, &life.predictor), PRAXIS_SUCCESS);
    praxis_checkpoint_close(checkpoint);
    return life;
}

/* The file that a life ends in, settled: what is pending is a matter of who stores it. */
static struct bytes finish_life(struct life *life)
{
    unit_success(life->context, praxis_network_settle(life->network));
    struct bytes bytes = save_life(life);
    end_life(life);
    return bytes;
}

static void split_life(praxis_context *context, praxis_context *other, praxis_readout_rule rule)
{
    struct life straight = begin_life(context, rule), saved = begin_life(context, rule);
    for (int t = 0; t < TICKS; t++)
        live(&straight, t, rule);
    uint64_t heard = straight.heard;
    struct bytes expected = finish_life(&straight);
    for (int split = 0; split <= TICKS; split++) {
        struct bytes between = save_life(&saved);
        struct life loaded = load_life(other, &between, saved.heard);
        for (int t = split; t < TICKS; t++)
            live(&loaded, t, rule);
        unit_require(loaded.heard == heard, "rule %d: split at tick %d, something else came out", (int)rule, split);
        struct bytes found = finish_life(&loaded);
        unit_require(found.size == expected.size && memcmp(found.data, expected.data, found.size) == 0,
                     "rule %d: split at tick %d, it ends in another file", (int)rule, split);
        free(found.data);
        free(between.data);
        if (split < TICKS)
            live(&saved, split, rule);
    }
    unit_require(saved.heard == heard, "rule %d: saving changed what came out", (int)rule);
    end_life(&saved);
    free(expected.data);
}

/* ---- Tests ---- */

START_TEST(a_split_life_is_the_straight_one)
{
    praxis_context *context = unit_context("reference");
    split_life(context, context, (praxis_readout_rule)_i);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(another_device_goes_on_with_it)
{
    praxis_context_options options;
    praxis_context *reference = unit_context("reference"), *device = unit_context(NULL), *slabs = NULL;
    praxis_context_options_default(&options);
    options.max_allocation_bytes = 4000;
    options.dot_product = "c";
    options.tuning = "resident=0";
    ck_assert_int_eq(praxis_context_create(&options, &slabs), PRAXIS_SUCCESS);
    split_life(reference, device, PRAXIS_READOUT_RLS);
    split_life(device, slabs, PRAXIS_READOUT_NLMS);
    split_life(slabs, reference, PRAXIS_READOUT_FITTED);
    praxis_context_destroy(reference);
    praxis_context_destroy(device);
    praxis_context_destroy(slabs);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("belongings");
    TCase *tests = unit_case(suite, "lives");
    tcase_add_loop_test(tests, a_split_life_is_the_straight_one, PRAXIS_READOUT_FITTED, PRAXIS_READOUT_RLS + 1);
    if (devices == 2)
        tcase_add_test(tests, another_device_goes_on_with_it);
    return unit_main_on_devices(suite, devices);
}
