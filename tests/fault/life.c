/* SPDX-License-Identifier: MIT */
#include "life.h"

#include "../unit/unit.h"

#define TICKS 6
#define SEEN  3 /* numbers in an observation */

int told;

static void note_failure(void *user, praxis_log_level level, const char *message)
{
    if (level == PRAXIS_LOG_ERROR && message[0])
        ++*(int *)user;
}

const praxis_log telling = {note_failure, &told};

void mix(struct life *life, const void *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        life->given = (life->given ^ ((const unsigned char *)data)[i]) * UINT64_C(0x100000001b3);
}

const float *numbers(void)
{
    static float made[8192];
    static bool filled;
    uint64_t state = 5;
    for (size_t i = 0; i < UNIT_LENGTH(made) && !filled; i++)
        made[i] = (float)(2 * unit_uniform(&state) - 1);
    filled = true;
    return made;
}

static praxis_status add_group(struct life *life, const char *name, uint32_t first)
{
    const uint32_t members[] = {first, first + 3, first + 11};
    uint32_t group = 0;
    praxis_status status = praxis_network_add_group(life->network, name, members, UNIT_LENGTH(members), &group);
    mix(life, &group, status ? 0 : sizeof group);
    return status;
}

static praxis_status add_first_group(struct life *life)
{
    return add_group(life, "one", 0);
}

static praxis_status add_second_group(struct life *life)
{
    return add_group(life, "two", 20);
}

/* The network was made without noise: from here on it has some. */
static praxis_status write_noise(struct life *life)
{
    static float noise[REPLICAS * NEURONS];
    for (size_t i = 0; i < UNIT_LENGTH(noise); i++)
        noise[i] = 0.25f;
    return praxis_network_write(life->network, PRAXIS_FIELD_NOISE, NULL, noise, UNIT_LENGTH(noise));
}

static const uint32_t both_groups[] = {0, 1};

static praxis_status run_freely(struct life *life)
{
    float output[REPLICAS * TICKS * 2];
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = TICKS;
    run.input = numbers();
    run.groups = both_groups;
    run.group_count = 2;
    run.output = output;
    praxis_status status = praxis_network_run(life->network, &run);
    mix(life, output, status ? 0 : sizeof output);
    return status;
}

praxis_status run_learning(struct life *life)
{
    static float record[3 * NEURONS * 12];
    const praxis_range range = {1, 1, 0, NEURONS};
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = TICKS;
    run.flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    run.input = numbers();
    run.input_shared = 1;
    run.modulator = numbers() + 100;
    run.record = record;
    run.record_every = 2;
    run.record_field = PRAXIS_FIELD_TRACE;
    run.record_range = &range;
    run.record_count = UNIT_LENGTH(record);
    praxis_status status = praxis_network_run(life->network, &run);
    mix(life, record, status ? 0 : sizeof record);
    return status;
}

/* One waits (see consolidation) that changes no weight. */
static praxis_status run_for_nothing(struct life *life)
{
    const float none[REPLICAS] = {0};
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = PRAXIS_RUN_TRACE;
    run.modulator = none;
    return praxis_network_run(life->network, &run);
}

static praxis_status run_plainly(struct life *life)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    return praxis_network_run(life->network, &run);
}

static praxis_status step_everything(struct life *life)
{
    const uint8_t reset[] = {0, 1}, active[] = {1, 1};
    const uint32_t contexts[] = {3, 4};
    float output[REPLICAS * 2];
    praxis_step step;
    praxis_step_default(&step);
    step.factor = numbers() + 200;
    step.factor_scope = PRAXIS_SCOPE_GROUP;
    step.modulator = numbers() + 300;
    step.modulator_scope = PRAXIS_SCOPE_NEURON;
    step.targets = both_groups;
    step.target_count = 2;
    step.reset = reset;
    step.context = contexts;
    step.active = active;
    step.ticks = 3;
    step.flags = PRAXIS_RUN_TRACE;
    step.input = numbers() + 400;
    step.input_count = REPLICAS * CHANNELS;
    step.groups = both_groups;
    step.group_count = 2;
    step.output = output;
    praxis_status status = praxis_network_step(life->network, &step);
    mix(life, output, status ? 0 : sizeof output);
    return status;
}

static praxis_status modulate_neurons(struct life *life)
{
    return praxis_network_modulate(life->network, numbers() + 500, REPLICAS * NEURONS);
}

static praxis_status modulate_replicas(struct life *life)
{
    return praxis_network_modulate(life->network, numbers() + 600, REPLICAS);
}

static praxis_status set_rate(struct life *life)
{
    return praxis_network_set_parameter(life->network, PRAXIS_PARAMETER_LEARNING_RATE, 0.02);
}

static praxis_status set_factor(struct life *life)
{
    return praxis_network_set(life->network, "factor", "slope");
}

static praxis_status set_plastic(struct life *life)
{
    return praxis_network_set_plastic_groups(life->network, both_groups, 2);
}

static praxis_status share_noise(struct life *life)
{
    return praxis_network_share_noise(life->network, 1);
}

static praxis_status settle(struct life *life)
{
    return praxis_network_settle(life->network);
}

static praxis_status reset(struct life *life)
{
    const uint8_t mask[] = {1, 0};
    return praxis_network_reset(life->network, PRAXIS_RESET_EPISODE, mask);
}

static praxis_status write_weights(struct life *life)
{
    const praxis_range range = {0, REPLICAS, 5, 9};
    return praxis_network_write(life->network, PRAXIS_FIELD_WEIGHT, &range, numbers() + 700, REPLICAS * 9 * 12);
}

static praxis_status write_activations(struct life *life)
{
    const praxis_range range = {1, 1, 3, 30};
    return praxis_network_write(life->network, PRAXIS_FIELD_ACTIVATION, &range, numbers() + 800, 30);
}

static praxis_status write_traces(struct life *life)
{
    const praxis_range range = {0, 1, 0, NEURONS};
    return praxis_network_write(life->network, PRAXIS_FIELD_TRACE, &range, numbers() + 900, NEURONS * 12);
}

static praxis_status copy_within(struct life *life)
{
    return praxis_network_copy_replica(life->network, 0, life->network, 1);
}

static praxis_status copy_across(struct life *life)
{
    return praxis_network_copy_replica(life->network, 1, life->other, 0);
}

static praxis_status run_readout(struct life *life, uint32_t what, uint32_t flags)
{
    float prediction[REPLICAS * TICKS * OUTPUTS];
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = TICKS;
    span.flags = flags;
    span.what = what;
    span.input = what & PRAXIS_READOUT_FEED_BACK ? NULL : numbers() + 1000;
    span.target = numbers() + 1100;
    span.prediction = prediction;
    praxis_status status = praxis_readout_run(life->readout, &span);
    mix(life, prediction, status ? 0 : sizeof prediction);
    return status;
}

static praxis_status readout_samples(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_TRAINING, 0);
}

static praxis_status readout_more_samples(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_VALIDATION, 0);
}

static praxis_status readout_learns(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_LEARN | PRAXIS_READOUT_MODULATE, PRAXIS_RUN_TRACE);
}

static praxis_status readout_feeds_back(struct life *life)
{
    return run_readout(life, PRAXIS_READOUT_FEED_BACK | PRAXIS_READOUT_REHEARSE, 0);
}

static praxis_status readout_fit(struct life *life)
{
    const double ridges[] = {1e-3, 1e-2};
    return praxis_readout_fit(life->readout, PRAXIS_READOUT_TRAINING, ridges);
}

static praxis_status readout_fit_each(struct life *life)
{
    const double ridges[] = {1e-3, 1e-2};
    static double weights[UNIT_LENGTH(ridges) * REPLICAS * OUTPUTS * FEATURES];
    praxis_status status = praxis_readout_fit_each(life->readout, PRAXIS_READOUT_TRAINING, ridges, UNIT_LENGTH(ridges),
                                                   weights, UNIT_LENGTH(weights));
    mix(life, weights, status ? 0 : sizeof weights);
    return status;
}

static praxis_status readout_choose(struct life *life)
{
    const double ridges[] = {1e-3, 1e-1};
    double chosen[REPLICAS], error[REPLICAS];
    praxis_status status = praxis_readout_choose(life->readout, ridges, 2, chosen, error);
    mix(life, chosen, status ? 0 : sizeof chosen);
    mix(life, error, status ? 0 : sizeof error);
    return status;
}

static praxis_status readout_error(struct life *life)
{
    double error[REPLICAS * OUTPUTS];
    praxis_status status = praxis_readout_error(life->readout, PRAXIS_READOUT_VALIDATION, error);
    mix(life, error, status ? 0 : sizeof error);
    return status;
}

static praxis_status statistics(struct life *life)
{
    praxis_statistics found[REPLICAS] = {{.struct_size = sizeof *found}};
    praxis_status status = praxis_network_statistics(life->network, PRAXIS_FIELD_WEIGHT, found);
    mix(life, found, status ? 0 : sizeof found);
    return status;
}

static praxis_status read_traces(struct life *life)
{
    static float traces[REPLICAS * NEURONS * 12];
    praxis_status status = praxis_network_read(life->network, PRAXIS_FIELD_TRACE, NULL, traces, UNIT_LENGTH(traces));
    mix(life, traces, status ? 0 : sizeof traces);
    return status;
}

static praxis_status read_codes(struct life *life)
{
    static int8_t codes[REPLICAS * NEURONS];
    praxis_status status = praxis_network_read_codes(life->network, PRAXIS_FIELD_ACTIVATION, NULL, codes, sizeof codes);
    mix(life, codes, status ? 0 : sizeof codes);
    return status;
}

static praxis_status hash(struct life *life)
{
    uint64_t hashes[REPLICAS];
    praxis_status status = praxis_network_hash(life->network, hashes);
    mix(life, hashes, status ? 0 : sizeof hashes);
    return status;
}

static praxis_status finish(struct life *life)
{
    return praxis_network_finish(life->network);
}

static praxis_status exchange(struct life *life)
{
    return praxis_network_exchange(life->network, 2);
}

static praxis_status step_critic(struct life *life)
{
    float error[REPLICAS];
    praxis_status status = praxis_critic_step(life->critic, numbers() + 1200, numbers() + 1210, NULL, NULL, error);
    mix(life, error, status ? 0 : sizeof error);
    return status;
}

static praxis_status step_predictor(struct life *life)
{
    float error[REPLICAS];
    praxis_status status = praxis_predictor_step(life->predictor, numbers() + 1220, NULL, NULL, error);
    mix(life, error, status ? 0 : sizeof error);
    return status;
}

const struct action actions[] = {
    {"add a group", add_first_group},
    {"add another", add_second_group},
    {"write noise", write_noise},
    {"run", run_freely},
    {"read traces", read_traces},
    {"run and learn", run_learning},
    {"finish", finish},
    {"exchange", exchange},
    {"step", step_everything},
    {"modulate neurons", modulate_neurons},
    {"read codes", read_codes},
    {"modulate replicas", modulate_replicas},
    {"run with modulators of nothing", run_for_nothing},
    {"step after them", step_everything},
    {"set a rate", set_rate},
    {"run and learn on", run_learning},
    {"set the factor", set_factor},
    {"step again", step_everything},
    {"statistics", statistics},
    {"run untraced", run_plainly},
    {"let groups learn", set_plastic},
    {"share noise", share_noise},
    {"run and learn in groups", run_learning},
    {"settle", settle},
    {"copy across", copy_across},
    {"reset", reset},
    {"write weights", write_weights},
    {"write activations", write_activations},
    {"copy within", copy_within},
    {"readout: samples", readout_samples},
    {"readout: more samples", readout_more_samples},
    {"readout: fit", readout_fit},
    {"readout: error", readout_error},
    {"readout: fit each", readout_fit_each},
    {"readout: choose", readout_choose},
    {"readout: learn", readout_learns},
    {"readout: feed back", readout_feeds_back},
    {"write traces", write_traces},
    {"hash", hash},
    {"critic", step_critic},
    {"predictor", step_predictor},
    {"save", save},
    {"load", load},
    {"save in a file for each part", save_parts},
    {"load from them", load_parts},
    {"write a checkpoint", write_checkpoint},
    {"read a checkpoint", read_checkpoint},
    {"copy", copy},
    {"copy elsewhere", copy_elsewhere},
};
const size_t action_count = UNIT_LENGTH(actions);

praxis_status be_born(struct life *life)
{
    praxis_parameters parameters;
    praxis_readout_options options;
    praxis_critic_options critic;
    praxis_predictor_options predictor;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.replicas = REPLICAS;
    parameters.channels = CHANNELS;
    parameters.trace_window = 4;
    parameters.gate_share = 0.5;
    parameters.consolidation = 2;
    praxis_readout_options_default(&options);
    options.outputs = OUTPUTS;
    options.lags = 2;
    options.rule = PRAXIS_READOUT_NLMS;
    praxis_critic_options_default(&critic);
    critic.replicas = REPLICAS;
    critic.observations = SEEN;
    critic.log = telling;
    praxis_predictor_options_default(&predictor);
    predictor.replicas = REPLICAS;
    predictor.observations = SEEN;
    predictor.log = telling;
    praxis_status status = praxis_network_create(life->context, &parameters, &life->network);
    if (!status)
        status = praxis_network_create(life->context, &parameters, &life->other);
    if (!status)
        status = praxis_readout_create(life->network, &options, &life->readout);
    if (!status)
        status = praxis_critic_create(&critic, &life->critic);
    return status ? status : praxis_predictor_create(&predictor, &life->predictor);
}

void die(struct life *life)
{
    praxis_predictor_destroy(life->predictor);
    praxis_critic_destroy(life->critic);
    praxis_readout_destroy(life->readout);
    praxis_network_destroy(life->network);
    praxis_network_destroy(life->other);
    life->predictor = NULL;
    life->critic = NULL;
    life->readout = NULL;
    life->network = life->other = NULL;
}
