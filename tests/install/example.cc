// SPDX-License-Identifier: MIT
// examples/minimal.c as a program of C++17, whose output is the same.
#include <array>
#include <cstdio>
#include <memory>
#include <praxis/praxis.h>

int main()
{
    praxis_context *context = nullptr;
    praxis_network *network = nullptr;
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 1000;
    parameters.noise = 0.5;

    if (praxis_context_create(nullptr, &context))
        return 1;
    std::unique_ptr<praxis_context, decltype(&praxis_context_destroy)> device(context, praxis_context_destroy);
    if (praxis_network_create(context, &parameters, &network))
        return 1;
    std::unique_ptr<praxis_network, decltype(&praxis_network_destroy)> owned(network, praxis_network_destroy);

    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 100;
    run.flags = PRAXIS_RUN_TRACE;
    float reward = 1;
    const praxis_range first{0, 1, 0, 8};
    std::array<float, 8> activations{};
    if (praxis_network_run(network, &run) || praxis_network_modulate(network, &reward, 1) ||
        praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, &first, activations.data(), activations.size()))
        return 1;
    for (float activation : activations)
        std::printf("%g\n", static_cast<double>(activation));
    return 0;
}
