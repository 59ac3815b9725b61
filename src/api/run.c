/* SPDX-License-Identifier: MIT */
/* The public functions that run and teach networks, and those of errors sent back. */
#include "api/check.h"
#include "structure.h"

enum { FIRST_RUN = PX_FIRST_SIZE(praxis_run, output), FIRST_STEP = PX_FIRST_SIZE(praxis_step, output) };

static const praxis_run default_run = {.struct_size = sizeof default_run};

praxis_status praxis_run_init(praxis_run *run, size_t size)
{
    return px_structure_begin(run, size, FIRST_RUN, &default_run, sizeof default_run);
}

praxis_status praxis_network_run(praxis_network *network, const praxis_run *run)
{
    praxis_run own = default_run;
    praxis_status status = px_check_network(network, "", true);
    if (!status)
        status = px_structure_take(network->log, "run", run, FIRST_RUN, &own, sizeof own);
    return PX_CALL(status, network, px_network_run(network, &own));
}

static const praxis_step default_step = {
    .struct_size = sizeof default_step, .reset_what = PRAXIS_RESET_EPISODE, .read_ticks = 1};

praxis_status praxis_step_init(praxis_step *step, size_t size)
{
    return px_structure_begin(step, size, FIRST_STEP, &default_step, sizeof default_step);
}

praxis_status px_take_step(struct px_log *log, const praxis_step *given, praxis_step *own)
{
    *own = default_step;
    return px_structure_take(log, "step", given, FIRST_STEP, own, sizeof *own);
}

static praxis_status check_step_output(const praxis_network *network, const praxis_step *step)
{
    return (step->output != NULL) == (step->group_count > 0)
               ? PRAXIS_SUCCESS
               : px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "output and groups go together: %llu groups given, output is %s",
                         (unsigned long long)step->group_count, step->output ? "given" : "NULL");
}

praxis_status praxis_network_step(praxis_network *network, const praxis_step *step)
{
    praxis_step own;
    praxis_status status = px_check_network(network, "", true);
    if (!status)
        status = px_take_step(network->log, step, &own);
    if (!status)
        status = check_step_output(network, &own);
    return PX_CALL(status, network, px_network_step(network, &own));
}

praxis_status praxis_network_modulate(praxis_network *network, const float *modulator, size_t count)
{
    praxis_status status = px_check_network(network, "modulator is", modulator != NULL);
    return PX_CALL(status, network, px_learning_modulate(network, modulator, count));
}

double praxis_network_modulator_limit(const praxis_network *network)
{
    return network ? px_modulation_limit(&network->parameters) : 0;
}

praxis_status praxis_network_finish(praxis_network *network)
{
    praxis_status status = px_check_network(network, "", true);
    return PX_CALL(status, network, network->backend->operations->finish(network->backend));
}

static praxis_status exchange(praxis_network *network, uint64_t times)
{
    struct px_backend *backend = network->backend;
    return backend->operations->exchange ? backend->operations->exchange(backend, times)
                                         : backend->operations->finish(backend);
}

praxis_status praxis_network_exchange(praxis_network *network, uint64_t times)
{
    praxis_status status = px_check_network(network, "", true);
    return PX_CALL(status, network, exchange(network, times));
}

praxis_status praxis_feedback_groups(const praxis_network *network, const uint32_t *groups, size_t outputs,
                                     float *matrix)
{
    praxis_status status = px_check_network(network, "groups or matrix is", groups && matrix);
    return status ? status : px_feedback_groups(network, groups, outputs, matrix);
}

praxis_status praxis_feedback_random(uint64_t seed, size_t outputs, size_t neurons, float *matrix)
{
    if (!matrix || neurons > UINT32_MAX)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_feedback_random(seed, outputs, neurons, matrix);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_feedback_project(size_t replicas, size_t outputs, size_t neurons, const float *error,
                                      const float *matrix, float *modulator)
{
    if (!error || !matrix || !modulator)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_feedback_project(replicas, outputs, neurons, error, matrix, modulator);
    return PRAXIS_SUCCESS;
}
