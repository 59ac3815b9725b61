/* SPDX-License-Identifier: MIT */
/* praxis inspect: what a checkpoint holds, without a device. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/distribution.h"
#include "tool/json.h"
#include "tool/memory.h"

#define OBJECT_PREFIX "praxis.object."

/* A network of the checkpoint. */
struct network {
    const char *name;
    praxis_parameters parameters;
    praxis_network_info info;
    praxis_statistics *weights, *activations; /* [replicas] */
};

static praxis_statistics *take_statistics(const praxis_checkpoint *checkpoint, const struct network *network,
                                          praxis_field field)
{
    praxis_statistics *statistics = memory_get(network->info.replicas, sizeof *statistics);
    statistics->struct_size = sizeof *statistics;
    if (!praxis_checkpoint_statistics(checkpoint, network->name, field, statistics))
        return statistics;
    free(statistics);
    return NULL;
}

static bool take_network(const praxis_checkpoint *checkpoint, const char *name, struct network *network)
{
    *network = (struct network){.name = name,
                                .parameters = {.struct_size = sizeof network->parameters},
                                .info = {.struct_size = sizeof network->info}};
    if (praxis_checkpoint_describe_network(checkpoint, name, &network->parameters, &network->info))
        return false;
    network->weights = take_statistics(checkpoint, network, PRAXIS_FIELD_WEIGHT);
    network->activations = take_statistics(checkpoint, network, PRAXIS_FIELD_ACTIVATION);
    return network->weights && network->activations;
}

static void free_network(struct network *network)
{
    free(network->weights);
    free(network->activations);
}

/* The next object from *number on; NULL: there is none. */
static const char *next_object(const praxis_checkpoint *checkpoint, uint32_t *number, const char **kind)
{
    const char *name;
    while (!praxis_checkpoint_text_at(checkpoint, (*number)++, &name, kind))
        if (strncmp(name, OBJECT_PREFIX, strlen(OBJECT_PREFIX)) == 0)
            return name + strlen(OBJECT_PREFIX);
    return NULL;
}

/* Whether a text belongs to an object, or is the format's own. */
static bool is_owned(const praxis_checkpoint *checkpoint, const char *name)
{
    uint32_t number = 0;
    const char *kind, *object;
    if (strncmp(name, "praxis.", 7) == 0)
        return true;
    while ((object = next_object(checkpoint, &number, &kind)) != NULL) {
        size_t length = strlen(object);
        if (strncmp(name, object, length) == 0 && name[length] == '.')
            return true;
    }
    return false;
}

/* ---- In words ---- */

static void print_network(const struct network *network)
{
    const praxis_network_info *info = &network->info;
    char neurons[16], synapses[16];
    fprintf(cli_output(),
            "%s: network of %s neurons, %s synapses, %u replica%s, %u channel%s, %u group%s; tick %" PRIu64 ", %" PRIu64
            " modulations\n",
            network->name, cli_si((double)info->neurons, neurons), cli_si((double)info->synapses, synapses),
            info->replicas, info->replicas == 1 ? "" : "s", info->channels, info->channels == 1 ? "" : "s",
            info->groups, info->groups == 1 ? "" : "s", info->tick, info->modulations);
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++) {
        praxis_parameter_info parameter = {.struct_size = sizeof parameter};
        char text[PRAXIS_PARAMETER_TEXT];
        praxis_parameter_describe((praxis_parameter)i, &parameter);
        praxis_parameters_get(&network->parameters, parameter.name, text, sizeof text, NULL);
        fprintf(cli_output(), "  %-20s %s\n", parameter.name, text);
    }
    distribution_print(cli_output(), 22, "  weights", network->weights, info->replicas);
    distribution_print(cli_output(), 22, "  activations", network->activations, info->replicas);
}

static void print_texts(const praxis_checkpoint *checkpoint)
{
    const char *name, *text;
    for (uint32_t i = 0; !praxis_checkpoint_text_at(checkpoint, i, &name, &text); i++)
        if (!is_owned(checkpoint, name))
            fprintf(cli_output(), "%s: %.200s%s\n", name, text, strlen(text) > 200 ? " ..." : "");
}

static int print_words(const praxis_checkpoint *checkpoint, const char *path, const praxis_checkpoint_info *info)
{
    uint32_t number = 0;
    const char *kind, *object;
    char bytes[16];
    fprintf(cli_output(), "%s: checkpoint %u.%u of praxis %s, %sB, %u tensors; all checksums are right\n", path,
            info->major, info->minor, info->made_by, cli_si((double)info->bytes, bytes), info->tensors);
    while ((object = next_object(checkpoint, &number, &kind)) != NULL) {
        struct network network;
        if (strcmp(kind, "network") != 0) {
            fprintf(cli_output(), "%s: %s\n", object, kind);
            continue;
        }
        bool whole = take_network(checkpoint, object, &network);
        if (whole)
            print_network(&network);
        free_network(&network);
        if (!whole)
            return CLI_FAILED;
    }
    print_texts(checkpoint);
    return CLI_DONE;
}

/* ---- As JSON ---- */

static void add_parameters(cJSON *object, const praxis_parameters *parameters)
{
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        char text[PRAXIS_PARAMETER_TEXT];
        praxis_parameter_describe((praxis_parameter)i, &info);
        praxis_parameters_get(parameters, info.name, text, sizeof text, NULL);
        if (info.kind == PRAXIS_KIND_CHOICE)
            json_add_text(object, info.name, text);
        else
            cJSON_AddRawToObject(object, info.name, text); /* digit for digit */
    }
}

static cJSON *json_network(const struct network *network)
{
    cJSON *object = cJSON_CreateObject();
    const praxis_network_info *info = &network->info;
    json_add_text(object, "kind", "network");
    json_add_count(object, "neurons", info->neurons);
    json_add_count(object, "synapses", info->synapses);
    json_add_count(object, "degree", info->degree);
    json_add_count(object, "replicas", info->replicas);
    json_add_count(object, "channels", info->channels);
    json_add_count(object, "groups", info->groups);
    json_add_count(object, "tick", info->tick);
    json_add_count(object, "modulations", info->modulations);
    add_parameters(cJSON_AddObjectToObject(object, "parameters"), &network->parameters);
    cJSON_AddItemToObject(object, "weights", distribution_json(network->weights, info->replicas));
    cJSON_AddItemToObject(object, "activations", distribution_json(network->activations, info->replicas));
    return object;
}

static bool add_objects(cJSON *report, const praxis_checkpoint *checkpoint)
{
    cJSON *objects = cJSON_AddObjectToObject(report, "objects");
    uint32_t number = 0;
    const char *kind, *name;
    while ((name = next_object(checkpoint, &number, &kind)) != NULL) {
        struct network network;
        if (strcmp(kind, "network") != 0) {
            json_add_text(cJSON_AddObjectToObject(objects, name), "kind", kind);
            continue;
        }
        bool whole = take_network(checkpoint, name, &network);
        if (whole)
            cJSON_AddItemToObject(objects, name, json_network(&network));
        free_network(&network);
        if (!whole)
            return false;
    }
    return true;
}

static void add_texts(cJSON *report, const praxis_checkpoint *checkpoint)
{
    cJSON *texts = cJSON_AddObjectToObject(report, "texts");
    const char *name, *text;
    for (uint32_t i = 0; !praxis_checkpoint_text_at(checkpoint, i, &name, &text); i++)
        if (!is_owned(checkpoint, name))
            json_add_text(texts, name, text);
}

static void add_tensors(cJSON *report, const praxis_checkpoint *checkpoint)
{
    static const char *const types[] = {"I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64", "F32", "F64"};
    cJSON *tensors = cJSON_AddObjectToObject(report, "tensors");
    praxis_tensor tensor = {.struct_size = sizeof tensor};
    for (uint32_t i = 0; !praxis_checkpoint_tensor_at(checkpoint, i, &tensor); i++) {
        cJSON *object = cJSON_AddObjectToObject(tensors, tensor.name);
        json_add_text(object, "type", types[tensor.type]);
        cJSON *shape = cJSON_AddArrayToObject(object, "shape");
        for (uint32_t d = 0; d < tensor.dimensions; d++)
            cJSON_AddItemToArray(shape, json_count(tensor.shape[d]));
    }
}

static int print_json(const struct cli_command *command, const praxis_checkpoint *checkpoint,
                      const praxis_checkpoint_info *info)
{
    cJSON *report = cJSON_CreateObject();
    char version[32];
    snprintf(version, sizeof version, "%u.%u", info->major, info->minor);
    json_add_text(report, "checkpoint", version);
    json_add_text(report, "praxis", info->made_by);
    json_add_count(report, "bytes", info->bytes);
    if (!add_objects(report, checkpoint)) {
        cJSON_Delete(report);
        return CLI_FAILED;
    }
    add_texts(report, checkpoint);
    add_tensors(report, checkpoint);
    return json_print(command, report);
}

/* ---- The command ---- */

int cli_inspect(const struct cli_command *command, int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {
        CLI_JSON_OPTION(&json),
        {NULL, CLI_FLAG, NULL, 0, 0, NULL, NULL},
    };
    int operands, code = cli_parse(command, options, argc, argv, &operands);
    if (code >= 0)
        return code;
    if (operands != 1)
        return cli_usage(command, "one file is wanted, there are %d", operands);
    const char *path = argv[argc - 1];
    const praxis_log log = cli_log();
    praxis_checkpoint *checkpoint = NULL;
    praxis_checkpoint_info info = {.struct_size = sizeof info};
    praxis_status status = praxis_checkpoint_open(path, &log, &checkpoint);
    if (!status)
        status = praxis_checkpoint_describe(checkpoint, &info);
    if (status)
        return status == PRAXIS_ERROR_IO ? CLI_FAILED : cli_fail(command, "%s: %s", path, praxis_status_string(status));
    code = json ? print_json(command, checkpoint, &info) : print_words(checkpoint, path, &info);
    praxis_checkpoint_close(checkpoint);
    return code;
}
