/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <praxis/praxis.h>

int main(void)
{
    praxis_context *context;
    praxis_network *network = NULL;
    praxis_parameters parameters;
    praxis_run run;
    float reward = 1, activations[8];

    praxis_parameters_default(&parameters);
    parameters.neurons = 1000;
    parameters.noise = 0.5;
    praxis_run_default(&run);
    run.ticks = 100;
    run.flags = PRAXIS_RUN_TRACE;

    if (praxis_context_create(NULL, &context) || praxis_network_create(context, &parameters, &network) ||
        praxis_network_run(network, &run) || praxis_network_modulate(network, &reward, 1) ||
        praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, &(praxis_range){0, 1, 0, 8}, activations, 8))
        return 1;
    for (int i = 0; i < 8; i++)
        printf("%g\n", (double)activations[i]);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return 0;
}
