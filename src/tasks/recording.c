/* SPDX-License-Identifier: MIT */
#include "tasks/recording.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* More than a picture can show. */
#define MOST_NEURONS 200
#define MOST_TICKS   1000

/* A group for each neuron that is recorded, of that neuron alone. */
static praxis_status add_groups(const struct recording *recording, praxis_network *network, uint32_t *groups)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < recording->neurons && !status; i++) {
        char name[32];
        uint32_t neuron = (uint32_t)(i * recording->network_neurons / recording->neurons);
        snprintf(name, sizeof name, "recorded %u", i);
        status = praxis_network_add_group(network, name, &neuron, 1, &groups[i]);
    }
    return status;
}

/* output[replicas][ticks]: every tick is run alone, since all but one in `step` are not read. */
static praxis_status run_ticks(struct recording *recording, praxis_network *network, const uint32_t *groups,
                               const float *input, uint32_t ticks_given, uint32_t channels, float *output)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t t = 0; t < recording->ticks * recording->step && !status; t++) {
        bool kept = t % recording->step == recording->step - 1;
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 1;
        run.input_shared = 1;
        run.input = t < ticks_given ? input + (size_t)t * channels : NULL;
        run.groups = kept ? groups : NULL;
        run.group_count = kept ? recording->neurons : 0;
        run.output = kept ? output : NULL;
        status = praxis_network_run(network, &run);
        if (!status && kept)
            memcpy(recording->values + (size_t)(t / recording->step) * recording->neurons, output,
                   recording->neurons * sizeof *output);
    }
    return status;
}

praxis_status recording_run(struct recording *recording, praxis_network *network, uint32_t ticks, const float *input,
                            uint32_t ticks_given)
{
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_status status = praxis_network_describe(network, &info);
    if (status)
        return status;
    uint32_t step = (ticks + MOST_TICKS - 1) / MOST_TICKS;
    *recording = (struct recording){
        .network_neurons = info.neurons,
        .neurons = info.neurons < MOST_NEURONS ? (uint32_t)info.neurons : MOST_NEURONS,
        .step = step,
        .ticks = ticks / step,
    };
    uint32_t *groups = calloc(recording->neurons, sizeof *groups);
    float *output = calloc((size_t)info.replicas * recording->neurons, sizeof *output);
    recording->values = calloc((size_t)recording->ticks * recording->neurons, sizeof *recording->values);
    status = groups && output && recording->values ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_MEMORY;
    if (!status)
        status = add_groups(recording, network, groups);
    if (!status)
        status = run_ticks(recording, network, groups, input, ticks_given, info.channels, output);
    free(output);
    free(groups);
    if (status)
        recording_free(recording);
    return status;
}

void recording_free(struct recording *recording)
{
    free(recording->values);
    recording->values = NULL;
}

void recording_data(const struct recording *recording, FILE *file)
{
    for (uint32_t t = 0; t < recording->ticks; t++) {
        for (uint32_t i = 0; i < recording->neurons; i++)
            fprintf(file, "%u %u %g\n", (t + 1) * recording->step, i,
                    (double)recording->values[(size_t)t * recording->neurons + i]);
        fputc('\n', file);
    }
}

void recording_script(const struct recording *recording, const char *title, FILE *file)
{
    double step = recording->step;
    fprintf(file, "set title '%s: activations of %u of %" PRIu64 " neurons, evenly chosen", title, recording->neurons,
            recording->network_neurons);
    if (recording->step > 1)
        fprintf(file, ", one tick in %u", recording->step);
    fprintf(file,
            "'\nset xlabel 'tick'\nset ylabel 'neuron, in order'\nset xrange [%g:%g]\nset yrange [-0.5:%u.5]\n"
            "unset grid\nset cbrange [-2:2]\nset cblabel 'activation'\nset style fill solid 1.0\n"
            "set palette defined (-2 '#2166ac', 0 '#f7f7f7', 2 '#b2182b')\nunset key\n"
            "plot 'activity.dat' using 1:2:3 with image\n",
            step / 2, step * (recording->ticks + 0.5), recording->neurons - 1);
}
