/* SPDX-License-Identifier: MIT */
#include "cli/distribution.h"
#include "cli/run.h"
#include "tool/json.h"

/* Ticks per second once the kernels are compiled. */
static double tick_rate(const struct run_session *session)
{
    return session->ticks > 1 ? (double)(session->ticks - 1) / session->seconds : 1 / session->first_seconds;
}

void run_summary(const struct run_session *session, FILE *file)
{
    char neurons[16], synapses[16], ticks[16], operations[16];
    double rate = tick_rate(session);
    fprintf(file, "%s neurons, %s synapses on %s\n", cli_si((double)session->info.neurons, neurons),
            cli_si((double)session->info.synapses, synapses), session->device.name);
    fprintf(file, "%llu tick%s%s: the first took %.3g s", (unsigned long long)session->ticks,
            session->ticks > 1 ? "s" : "", session->request->learn ? ", learning" : "", session->first_seconds);
    if (session->ticks > 1)
        fprintf(file, ", the others %.4g ms each", 1000 / rate);
    fprintf(file, ", %s ticks/s, %s synaptic operations/s\n", cli_si(rate, ticks),
            cli_si(rate * (double)session->info.synapses, operations));
    distribution_print(file, 12, "activations", &session->activations, 1);
    distribution_print(file, 12, "weights", &session->weights, 1);
    fprintf(file, "gains        %.4f to %.4f\n", session->weights.gain_minimum, session->weights.gain_maximum);
}

int run_report(const struct run_session *session)
{
    cJSON *object = cJSON_CreateObject();
    double rate = tick_rate(session);
    json_add_count(object, "neurons", session->info.neurons);
    json_add_count(object, "synapses", session->info.synapses);
    json_add_count(object, "channels", session->series.channels);
    json_add_count(object, "ticks", session->ticks);
    cJSON_AddBoolToObject(object, "interrupted", session->signal != 0);
    cJSON_AddBoolToObject(object, "learning", session->request->learn);
    json_add_number(object, "first_tick_seconds", session->first_seconds);
    json_add_number(object, "seconds", session->seconds);
    json_add_number(object, "ticks_per_second", rate);
    json_add_number(object, "synaptic_operations_per_second", rate * (double)session->info.synapses);
    json_add_count(object, "device_bytes", session->info.device_bytes);
    cJSON_AddItemToObject(object, "activations", distribution_json(&session->activations, 1));
    cJSON_AddItemToObject(object, "weights", distribution_json(&session->weights, 1));
    json_add_number(object, "gain_minimum", session->weights.gain_minimum);
    json_add_number(object, "gain_maximum", session->weights.gain_maximum);
    json_add_hash(object, "state_hash", session->state_hash);
    json_add_text(object, "device", session->device.name);
    return json_print(session->command, object);
}
