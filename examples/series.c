/* SPDX-License-Identifier: MIT */
/*
 * A network reads a series, and a readout learns to tell how it goes on: first driven by it, then by its own outputs.
 *
 *     series [device]
 */
#include <math.h>
#include <praxis/praxis.h>
#include <stdio.h>
#include <stdlib.h>

#define WASHOUT  100
#define TRAINING 900
#define FREELY   50

static praxis_context *context;

static void check(praxis_status status)
{
    char message[512] = "";
    if (!status)
        return;
    praxis_context_last_error(context, message, sizeof message);
    fprintf(stderr, "series: %s: %s\n", praxis_status_string(status), message);
    exit(1);
}

/* Two tones, of which neither is heard alone. */
static float tone(int tick)
{
    return (float)(0.6 * sin(0.2 * tick) + 0.4 * sin(0.311 * tick));
}

int main(int argc, char **argv)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = argc > 1 ? argv[1] : NULL;
    check(praxis_context_create(&options, &context));

    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 400;
    parameters.channels = 1;
    parameters.bias_spread = 0.5;
    praxis_network *network;
    check(praxis_network_create(context, &parameters, &network));
    praxis_readout *readout;
    check(praxis_readout_create(network, NULL, &readout));

    static float series[WASHOUT + TRAINING + FREELY + 1];
    for (int t = 0; t < WASHOUT + TRAINING + FREELY + 1; t++)
        series[t] = tone(t);

    /* Ticks before the first sample let the network forget how it was born. */
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = WASHOUT;
    span.input = series;
    check(praxis_readout_run(readout, &span));
    span.ticks = TRAINING;
    span.input = series + WASHOUT;
    span.target = series + WASHOUT + 1;
    span.what = PRAXIS_READOUT_TRAINING;
    check(praxis_readout_run(readout, &span));
    double ridge = 1e-6, error;
    check(praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, &ridge));
    check(praxis_readout_error(readout, PRAXIS_READOUT_TRAINING, &error));

    /* From here on it hears itself. */
    float outputs[FREELY], furthest = 0;
    praxis_readout_span_default(&span);
    span.ticks = FREELY;
    span.prediction = outputs;
    span.what = PRAXIS_READOUT_FEED_BACK;
    span.feedback_limit = 1;
    check(praxis_readout_run(readout, &span));
    for (int t = 0; t < FREELY; t++)
        furthest = fmaxf(furthest, fabsf(outputs[t] - series[WASHOUT + TRAINING + t + 1]));
    printf("error of a tick ahead %.4f standard deviations; over %d ticks of its own, at most %.3f\n", error, FREELY,
           (double)furthest);

    praxis_readout_destroy(readout);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return 0;
}
