/* SPDX-License-Identifier: MIT */
/* What a training run is told of by. */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>

#include "cli/training.h"
#include "tool/json.h"
#include "tool/memory.h"

/* The final rewards of the learners, or of the controls; [seeds], free. */
static double *final_rewards(const struct rewards *rewards, bool control)
{
    double *values = memory_get(rewards->seeds, sizeof *values);
    for (uint32_t s = 0; s < rewards->seeds; s++)
        values[s] = rewards_mean(rewards, control ? rewards->seeds + s : s, rewards_final_trials(rewards));
    return values;
}

static struct summary summarise_final(const struct rewards *rewards, bool control)
{
    double *values = final_rewards(rewards, control);
    struct summary summary = summarise(values, rewards->seeds);
    free(values);
    return summary;
}

/* ---- Distributions ---- */

static double mean_of(const praxis_statistics *statistics, uint32_t seeds, size_t offset)
{
    double sum = 0;
    for (uint32_t s = 0; s < seeds; s++)
        sum += *(const double *)(const void *)((const char *)&statistics[s] + offset);
    return sum / seeds;
}

#define MEAN(member) mean_of(statistics, seeds, offsetof(praxis_statistics, member))

static void print_distribution(FILE *file, const char *name, const praxis_statistics *statistics, uint32_t seeds)
{
    if (!statistics)
        return;
    fprintf(file, "%-12s mean %+.3f  variance %.3f  skewness %+.3f  excess kurtosis %+.3f  clipped %.2f %%\n", name,
            MEAN(mean), MEAN(variance), MEAN(skewness), MEAN(excess_kurtosis), 100 * MEAN(clipped));
}

static cJSON *json_distribution(const praxis_statistics *statistics, uint32_t seeds)
{
    if (!statistics)
        return cJSON_CreateNull();
    cJSON *object = cJSON_CreateObject();
    json_add_number(object, "mean", MEAN(mean));
    json_add_number(object, "variance", MEAN(variance));
    json_add_number(object, "skewness", MEAN(skewness));
    json_add_number(object, "excess_kurtosis", MEAN(excess_kurtosis));
    json_add_number(object, "clipped", MEAN(clipped));
    json_add_number(object, "normal_distance", MEAN(normal_distance));
    return object;
}

#undef MEAN

/* ---- The whole ---- */

void training_print(const struct training *training, FILE *file)
{
    const struct rewards *rewards = &training->rewards;
    struct summary learners = summarise_final(rewards, false), controls = summarise_final(rewards, true);
    char neurons[16], synapses[16];
    fprintf(file, "%s, rule %s: %s neurons, %s synapses, %u seeds, %" PRIu64 " trials in %.1f s on %s\n",
            training->task.name, rule_name(training->options.rule), cli_si((double)training->network.neurons, neurons),
            cli_si((double)training->network.synapses, synapses), rewards->seeds, rewards->trials, training->seconds,
            training->device.name);
    fprintf(file, "reward       median %.3f  [%.3f, %.3f] over seeds, last %" PRIu64 " trials\n", learners.median,
            learners.minimum, learners.maximum, rewards_final_trials(rewards));
    fprintf(file, "control      median %.3f  [%.3f, %.3f] without modulation\n", controls.median, controls.minimum,
            controls.maximum);
    fprintf(file, "chance       %.3f\n", 1.0 / training->task.actions);
    print_distribution(file, "weights", training->weights, rewards->seeds);
    print_distribution(file, "activations", training->activations, rewards->seeds);
}

static void add_summary(cJSON *object, const struct rewards *rewards, bool control)
{
    double *values = final_rewards(rewards, control);
    struct summary summary = summarise(values, rewards->seeds);
    cJSON *final = cJSON_AddArrayToObject(object, "final");
    for (uint32_t s = 0; s < rewards->seeds; s++)
        cJSON_AddItemToArray(final, json_number(values[s]));
    json_add_number(object, "median", summary.median);
    json_add_number(object, "min", summary.minimum);
    json_add_number(object, "max", summary.maximum);
    free(values);
}

int training_print_json(const struct cli_command *command, const struct training *training)
{
    uint32_t seeds = training->rewards.seeds;
    cJSON *object = cJSON_CreateObject();
    json_add_text(object, "task", training->task.name);
    json_add_text(object, "rule", rule_name(training->options.rule));
    json_add_count(object, "seeds", seeds);
    json_add_count(object, "first_seed", training->options.seed);
    json_add_count(object, "trials", training->rewards.trials);
    json_add_count(object, "asked_trials", training->trials);
    json_add_count(object, "delay", training->task.delay);
    json_add_count(object, "neurons", training->network.neurons);
    json_add_count(object, "synapses", training->network.synapses);
    add_summary(object, &training->rewards, false);
    json_add_number(object, "chance", 1.0 / training->task.actions);
    add_summary(cJSON_AddObjectToObject(object, "control"), &training->rewards, true);
    cJSON_AddItemToObject(object, "weights", json_distribution(training->weights, seeds));
    cJSON_AddItemToObject(object, "activations", json_distribution(training->activations, seeds));
    json_add_text(object, "device", training->device.name);
    json_add_number(object, "seconds", training->seconds);
    return json_print(command, object);
}
