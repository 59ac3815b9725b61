/* SPDX-License-Identifier: MIT */
/*
 * Five organoids learn from reward alone to say yes to one cue and no to another.
 *
 * Each trial shows a cue for five ticks. What ten motor neurons do on average, times 1 or -1, is the reward, and reward
 * less the mean of the last ones is the modulator. With PRAXIS_FACTOR_NOISE a synapse's trace is what its neuron's own
 * noise was when its input was active: noise that brought reward is repeated.
 *
 *     reward [device]
 */
#include <praxis/praxis.h>
#include <stdio.h>
#include <stdlib.h>

#define REPLICAS 5
#define TRIALS   1000
#define MOTOR    10
#define CUES     2

static praxis_context *context;

static void check(praxis_status status)
{
    char message[512] = "";
    if (!status)
        return;
    praxis_context_last_error(context, message, sizeof message);
    fprintf(stderr, "reward: %s: %s\n", praxis_status_string(status), message);
    exit(1);
}

/* Which cue each organoid is shown: any generator of random numbers will do. */
static unsigned draw_cue(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % CUES;
}

int main(int argc, char **argv)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = argc > 1 ? argv[1] : NULL;
    check(praxis_context_create(&options, &context));

    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 100;
    parameters.replicas = REPLICAS;
    parameters.channels = CUES;
    parameters.factor = PRAXIS_FACTOR_NOISE;
    parameters.noise = 0.5;
    parameters.learning_rate = 0.1;
    praxis_network *network;
    check(praxis_network_create(context, &parameters, &network));

    uint32_t neurons[MOTOR], motor;
    for (uint32_t i = 0; i < MOTOR; i++)
        neurons[i] = i;
    check(praxis_network_add_group(network, "motor", neurons, MOTOR, &motor));

    double expectation[REPLICAS] = {0};
    float reward[REPLICAS], modulator[REPLICAS], output[REPLICAS];
    double early = 0, late = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        float input[REPLICAS][CUES] = {{0}};
        unsigned cue[REPLICAS];
        for (int r = 0; r < REPLICAS; r++)
            input[r][cue[r] = draw_cue()] = 1;

        praxis_step step;
        praxis_step_default(&step);
        step.ticks = 5;
        step.flags = PRAXIS_RUN_TRACE;
        step.input = &input[0][0];
        step.input_count = (size_t)REPLICAS * CUES;
        step.groups = &motor;
        step.group_count = 1;
        step.output = output;
        check(praxis_network_step(network, &step));

        for (int r = 0; r < REPLICAS; r++)
            reward[r] = cue[r] ? output[r] : -output[r];
        check(praxis_modulator_reward(REPLICAS, 0.05, reward, 1, NULL, NULL, expectation, modulator, NULL));
        check(praxis_network_modulate(network, modulator, REPLICAS));
        check(praxis_network_reset(network, PRAXIS_RESET_EPISODE, NULL));

        for (int r = 0; r < REPLICAS; r++) {
            early += trial < 50 ? (double)reward[r] / (50 * REPLICAS) : 0;
            late += trial >= TRIALS - 50 ? (double)reward[r] / (50 * REPLICAS) : 0;
        }
    }
    printf("reward %.3f at first, %.3f at last\n", early, late);

    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return 0;
}
