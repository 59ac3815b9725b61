/* SPDX-License-Identifier: MIT */
/*
 * A network hears a series that changes without notice, and a readout that learns in every tick tells what comes next.
 * Recursive least squares forget what is long past, so that they follow.
 *
 *     online [device]
 */
#include <math.h>
#include <praxis/praxis.h>
#include <stdio.h>
#include <stdlib.h>

#define NEURONS 100 /* that are read: the rule takes time and memory by their square */
#define CHANGE  1000
#define TICKS   2000
#define SPAN    50

static praxis_context *context;

static void check(praxis_status status)
{
    char message[512] = "";
    if (!status)
        return;
    praxis_context_last_error(context, message, sizeof message);
    fprintf(stderr, "online: %s: %s\n", praxis_status_string(status), message);
    exit(1);
}

/* Two tones; after the change faster ones. */
static float tone(int tick)
{
    double time = tick < CHANGE ? tick : CHANGE + 1.5 * (tick - CHANGE);
    return (float)(0.6 * sin(0.2 * time) + 0.4 * sin(0.311 * time));
}

/* The root of the mean squared error of some ticks ahead of a moment. */
static double error_of(const float *prediction, const float *series, int first)
{
    double sum = 0;
    for (int t = first; t < first + SPAN; t++)
        sum += ((double)prediction[t] - (double)series[t + 1]) * ((double)prediction[t] - (double)series[t + 1]);
    return sqrt(sum / SPAN);
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

    uint32_t neurons[NEURONS];
    for (uint32_t i = 0; i < NEURONS; i++)
        neurons[i] = i;
    praxis_readout_options reading;
    praxis_readout_options_default(&reading);
    reading.neurons = neurons;
    reading.neuron_count = NEURONS;
    reading.rule = PRAXIS_READOUT_RLS;
    reading.forgetting = 0.99;
    praxis_readout *readout;
    check(praxis_readout_create(network, &reading, &readout));

    static float series[TICKS + 1], prediction[TICKS];
    for (int t = 0; t <= TICKS; t++)
        series[t] = tone(t);
    praxis_readout_span span;
    praxis_readout_span_default(&span);
    span.ticks = TICKS;
    span.input = series;
    span.target = series + 1;
    span.prediction = prediction; /* made before the tick's target is learned */
    span.what = PRAXIS_READOUT_LEARN;
    check(praxis_readout_run(readout, &span));
    printf("error before the change %.4f, in the %d ticks after it %.4f, at the end %.4f\n",
           error_of(prediction, series, CHANGE - SPAN), SPAN, error_of(prediction, series, CHANGE),
           error_of(prediction, series, TICKS - SPAN));

    praxis_readout_destroy(readout);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return 0;
}
