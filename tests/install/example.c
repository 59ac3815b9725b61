#include <stdio.h>
#include <praxis/praxis.h>

int main(void)
{
    praxis_context *context = NULL;
    praxis_network *network = NULL;
    praxis_parameters parameters;
    praxis_run run;
    float reward = 1, activation[8];
    const praxis_range first = {0, 1, 0, 8};

    praxis_parameters_default(&parameters);
    parameters.neurons = 1000;
    parameters.noise = 0.5;
    praxis_run_default(&run);
    run.ticks = 100;
    run.flags = PRAXIS_RUN_TRACE;

    praxis_status status = praxis_context_create(NULL, &context);
    if (!status)
        status = praxis_network_create(context, &parameters, &network);
    if (!status)
        status = praxis_network_run(network, &run);
    if (!status)
        status = praxis_network_modulate(network, &reward, 1);
    if (!status)
        status = praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, &first, activation, 8);
    for (int i = 0; i < 8 && !status; i++)
        printf("%g\n", (double)activation[i]);
    if (status)
        fprintf(stderr, "%s\n", praxis_status_string(status));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return status != PRAXIS_SUCCESS;
}
