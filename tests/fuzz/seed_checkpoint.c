/* SPDX-License-Identifier: MIT */
/*
 * seed_checkpoint FOLDER: checkpoints that fuzzing begins with, small ones in which everything is that can be: networks
 * of both trace forms, readouts of every rule with samples of both parts, critics and predictors that have learned.
 */
#include <praxis/praxis.h>
#include <stdio.h>
#include <stdlib.h>

#define REPLICAS 2
#define TICKS    3
#define SEEN     3 /* observations */

static void require(praxis_status status)
{
    if (status) {
        fprintf(stderr, "seed_checkpoint: %s\n", praxis_status_string(status));
        exit(EXIT_FAILURE);
    }
}

static praxis_network *make_network(praxis_context *context, int form)
{
    praxis_parameters parameters;
    praxis_network *network = NULL;
    const uint32_t members[] = {0, 7};
    uint32_t group;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.replicas = REPLICAS;
    parameters.channels = 1;
    parameters.trace_window = 2;
    parameters.trace_form = form ? PRAXIS_TRACE_WINDOW : PRAXIS_TRACE_STORED;
    parameters.consolidation = 2;
    parameters.gate_share = 0.5;
    parameters.noise = 0.2;
    require(praxis_network_create(context, &parameters, &network));
    require(praxis_network_add_group(network, "group", members, 2, &group));
    return network;
}

static praxis_readout *make_readout(praxis_network *network, praxis_readout_rule rule)
{
    static const uint32_t neurons[] = {3, 8, 40};
    static const float numbers[REPLICAS * TICKS] = {0.1f, 0.5f, -0.25f, 0, 1, -1};
    praxis_readout_options options;
    praxis_readout *readout = NULL;
    praxis_readout_span span;
    praxis_readout_options_default(&options);
    options.neurons = neurons;
    options.neuron_count = sizeof neurons / sizeof *neurons;
    options.lags = 2;
    options.squares = 1;
    options.rule = rule;
    require(praxis_readout_create(network, &options, &readout));
    praxis_readout_span_default(&span);
    span.ticks = TICKS;
    span.input = span.target = numbers;
    const uint32_t whats[] = {PRAXIS_READOUT_TRAINING, PRAXIS_READOUT_VALIDATION, PRAXIS_READOUT_LEARN};
    for (int i = 0; i < (rule == PRAXIS_READOUT_FITTED ? 2 : 3); i++) {
        span.what = whats[i];
        require(praxis_readout_run(readout, &span));
    }
    return readout;
}

static praxis_critic *make_critic(int quadratic)
{
    static const float seen[REPLICAS * SEEN] = {0.5f, 0.25f, -1, 1, 2, 3}, reward[REPLICAS] = {1, -1};
    float error[REPLICAS];
    praxis_critic_options options;
    praxis_critic *critic = NULL;
    praxis_critic_options_default(&options);
    options.replicas = REPLICAS;
    options.observations = SEEN;
    options.quadratic = quadratic;
    require(praxis_critic_create(&options, &critic));
    for (int i = 0; i < 2; i++)
        require(praxis_critic_step(critic, seen, reward, NULL, NULL, error));
    return critic;
}

static praxis_predictor *make_predictor(int normalised)
{
    static const float seen[REPLICAS * SEEN] = {0.5f, 0.25f, -1, 1, 2, 3};
    float error[REPLICAS];
    praxis_predictor_options options;
    praxis_predictor *predictor = NULL;
    praxis_predictor_options_default(&options);
    options.replicas = REPLICAS;
    options.observations = SEEN;
    options.order = 2;
    options.normalised = normalised;
    require(praxis_predictor_create(&options, &predictor));
    for (int i = 0; i < 3; i++)
        require(praxis_predictor_step(predictor, seen, NULL, NULL, error));
    return predictor;
}

static void make_seed(praxis_context *context, praxis_readout_rule rule, const char *folder)
{
    char path[4096];
    praxis_checkpoint_writer *writer = NULL;
    praxis_network *network = make_network(context, rule == PRAXIS_READOUT_RLS);
    praxis_readout *readout = make_readout(network, rule);
    praxis_critic *critic = make_critic(rule == PRAXIS_READOUT_RLS);
    praxis_predictor *predictor = make_predictor(rule == PRAXIS_READOUT_NLMS);
    require(praxis_checkpoint_writer_create(NULL, &writer));
    require(praxis_checkpoint_add_network(writer, "network", network));
    require(praxis_checkpoint_add_readout(writer, "readout", readout));
    require(praxis_checkpoint_add_critic(writer, "critic", critic));
    require(praxis_checkpoint_add_predictor(writer, "predictor", predictor));
    require(praxis_checkpoint_add_text(writer, "text", "of the program"));
    snprintf(path, sizeof path, "%s/seed-%d", folder, (int)rule);
    require(praxis_checkpoint_write(writer, path));
    praxis_checkpoint_writer_destroy(writer);
    praxis_predictor_destroy(predictor);
    praxis_critic_destroy(critic);
    praxis_readout_destroy(readout);
    praxis_network_destroy(network);
}

int main(int argc, char **argv)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    if (argc != 2)
        return 2;
    praxis_context_options_default(&options);
    options.device = "reference";
    require(praxis_context_create(&options, &context));
    for (int rule = PRAXIS_READOUT_FITTED; rule <= PRAXIS_READOUT_RLS; rule++)
        make_seed(context, (praxis_readout_rule)rule, argv[1]);
    praxis_context_destroy(context);
    return 0;
}
