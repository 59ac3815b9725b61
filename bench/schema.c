/* SPDX-License-Identifier: MIT */
#include "schema.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/json.h"
#include "tool/memory.h"

enum kind {
    TEXT,   /* char[RESULT_TEXT] */
    NUMBER, /* double, not below 0 */
    SIGNED, /* double */
    VALUES, /* double[], and a size_t that says how many there are */
    OBJECT,
    LIST /* an array, and a size_t that says how many of its elements there are */
};

struct member {
    const char *name;
    enum kind kind;
    size_t offset;
    const struct member *members; /* of an object or an element; ends with a NULL name */
    size_t element, room, count;  /* of a list or values: bytes of an element, how many fit, offset of their number */
};

#define MEMBER(kind, type, name)                                                                                       \
    {                                                                                                                  \
#name, kind, offsetof(struct type, name), NULL, 0, 0, 0                                                        \
    }
#define NUMBERS(type, name, count)                                                                                     \
    {                                                                                                                  \
#name, VALUES, offsetof(struct type, name), NULL, sizeof(double),                                              \
            sizeof((struct type *)NULL)->name / sizeof(double), offsetof(struct type, count)                           \
    }
#define PART(type, name, table)                                                                                        \
    {                                                                                                                  \
#name, OBJECT, offsetof(struct type, name), table, 0, 0, 0                                                     \
    }
#define MEMBERS(type, name, table, count)                                                                              \
    {                                                                                                                  \
#name, LIST, offsetof(struct type, name), table, sizeof *((struct type *)NULL)->name,                          \
            sizeof((struct type *)NULL)->name / sizeof *((struct type *)NULL)->name, offsetof(struct type, count)      \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        NULL, NUMBER, 0, NULL, 0, 0, 0                                                                                 \
    }

static const struct member sample[] = {MEMBER(NUMBER, sample, median),         MEMBER(NUMBER, sample, minimum),
                                       MEMBER(NUMBER, sample, lower_quartile), MEMBER(NUMBER, sample, upper_quartile),
                                       MEMBER(NUMBER, sample, maximum),        MEMBER(NUMBER, sample, rounds),
                                       NUMBERS(sample, values, value_count),   END};

static const struct member machine[] = {MEMBER(TEXT, result_machine, cpu),
                                        MEMBER(TEXT, result_machine, system),
                                        MEMBER(TEXT, result_machine, compiler),
                                        MEMBER(TEXT, result_machine, date),
                                        MEMBER(TEXT, result_machine, openblas),
                                        MEMBER(TEXT, result_machine, openblas_coretype),
                                        MEMBER(NUMBER, result_machine, cores),
                                        MEMBER(NUMBER, result_machine, memory_bytes),
                                        END};

static const struct member settings[] = {
    MEMBER(NUMBER, result_settings, seconds), MEMBER(NUMBER, result_settings, rounds),
    MEMBER(NUMBER, result_settings, budget_seconds), MEMBER(NUMBER, result_settings, energy_seconds), END};

static const struct member streams[] = {
    MEMBER(NUMBER, result_streams, buffer_bytes), PART(result_streams, read, sample),
    PART(result_streams, copy, sample),           PART(result_streams, triad, sample),
    MEMBER(TEXT, result_streams, read_shape),     MEMBER(TEXT, result_streams, copy_shape),
    MEMBER(TEXT, result_streams, triad_shape),    END};

static const struct member peer[] = {PART(result_peer, seconds, sample), MEMBER(NUMBER, result_peer, ratio), END};

static const struct member energy[] = {MEMBER(NUMBER, result_energy, joules_per_operation),
                                       MEMBER(NUMBER, result_energy, watts),
                                       MEMBER(NUMBER, result_energy, clock_mhz),
                                       MEMBER(NUMBER, result_energy, memory_mhz),
                                       MEMBER(SIGNED, result_energy, celsius),
                                       MEMBER(NUMBER, result_energy, seconds),
                                       END};

static const struct member network[] = {MEMBER(NUMBER, result_network, neurons),
                                        MEMBER(NUMBER, result_network, degree_factor),
                                        MEMBER(NUMBER, result_network, degree),
                                        MEMBER(NUMBER, result_network, synapses),
                                        MEMBER(NUMBER, result_network, padding),
                                        MEMBER(NUMBER, result_network, device_bytes),
                                        MEMBER(NUMBER, result_network, bytes_per_synapse),
                                        MEMBER(NUMBER, result_network, create_seconds),
                                        MEMBER(TEXT, result_network, sum_path),
                                        PART(result_network, inference, sample),
                                        PART(result_network, traces, sample),
                                        PART(result_network, modulated_16, sample),
                                        PART(result_network, modulated, sample),
                                        PART(result_network, consolidated, sample),
                                        MEMBER(NUMBER, result_network, ticks_per_second),
                                        MEMBER(NUMBER, result_network, operations_per_second),
                                        MEMBER(NUMBER, result_network, read_stream),
                                        MEMBER(NUMBER, result_network, share_of_read),
                                        MEMBER(NUMBER, result_network, copy_stream),
                                        MEMBER(NUMBER, result_network, operations_per_copied),
                                        MEMBER(NUMBER, result_network, traces_ratio),
                                        MEMBER(NUMBER, result_network, modulated_16_ratio),
                                        MEMBER(NUMBER, result_network, modulated_ratio),
                                        MEMBER(NUMBER, result_network, consolidated_ratio),
                                        PART(result_network, clblast, peer),
                                        PART(result_network, csr, peer),
                                        PART(result_network, openblas, peer),
                                        PART(result_network, inference_energy, energy),
                                        PART(result_network, learning_energy, energy),
                                        END};

static const struct member small[] = {MEMBER(NUMBER, result_small, neurons),
                                      MEMBER(NUMBER, result_small, replicas),
                                      PART(result_small, inference, sample),
                                      PART(result_small, learning, sample),
                                      MEMBER(NUMBER, result_small, inference_each),
                                      MEMBER(NUMBER, result_small, inference_total),
                                      MEMBER(NUMBER, result_small, learning_each),
                                      MEMBER(NUMBER, result_small, learning_total),
                                      END};

static const struct member loop[] = {MEMBER(NUMBER, result_loop, neurons),     MEMBER(NUMBER, result_loop, replicas),
                                     PART(result_loop, step, sample),          PART(result_loop, calls, sample),
                                     MEMBER(NUMBER, result_loop, steps_each),  MEMBER(NUMBER, result_loop, steps_total),
                                     MEMBER(NUMBER, result_loop, calls_ratio), END};

static const struct member form[] = {
    MEMBER(NUMBER, result_form, neurons),  PART(result_form, launched, sample),
    PART(result_form, persistent, sample), MEMBER(NUMBER, result_form, persistent_ratio),
    MEMBER(TEXT, result_form, absent),     END};

static const struct member scaling[] = {MEMBER(TEXT, result_scaling, over),
                                        MEMBER(TEXT, result_scaling, scaling),
                                        MEMBER(NUMBER, result_scaling, parts),
                                        MEMBER(NUMBER, result_scaling, neurons),
                                        MEMBER(NUMBER, result_scaling, synapses),
                                        PART(result_scaling, one, sample),
                                        PART(result_scaling, tick, sample),
                                        PART(result_scaling, exchange, sample),
                                        MEMBER(NUMBER, result_scaling, share_of_exchange),
                                        MEMBER(NUMBER, result_scaling, efficiency),
                                        END};

static const struct member start[] = {MEMBER(NUMBER, result_start, neurons), PART(result_start, first, sample),
                                      PART(result_start, second, sample), END};

static const struct member data_sheet[] = {MEMBER(TEXT, result_sheet, card),
                                           MEMBER(TEXT, result_sheet, source),
                                           MEMBER(NUMBER, result_sheet, bytes_per_second),
                                           MEMBER(NUMBER, result_sheet, read_share),
                                           MEMBER(NUMBER, result_sheet, operations_share),
                                           END};

static const struct member sensors[] = {MEMBER(TEXT, result_sensors, source), MEMBER(TEXT, result_sensors, missing),
                                        MEMBER(NUMBER, result_sensors, idle_watts),
                                        MEMBER(NUMBER, result_sensors, limit_watts), END};

static const struct member growth[] = {
    MEMBER(SIGNED, result_growth, exponent), MEMBER(NUMBER, result_growth, from_neurons),
    MEMBER(NUMBER, result_growth, to_neurons), MEMBER(NUMBER, result_growth, sizes), END};

static const struct member summary[] = {MEMBER(NUMBER, result_summary, large_neurons),
                                        MEMBER(NUMBER, result_summary, share_of_read),
                                        MEMBER(NUMBER, result_summary, operations_per_copied),
                                        MEMBER(NUMBER, result_summary, learning_neurons),
                                        MEMBER(NUMBER, result_summary, traces_ratio),
                                        MEMBER(NUMBER, result_summary, modulated_16_ratio),
                                        MEMBER(NUMBER, result_summary, modulated_ratio),
                                        MEMBER(NUMBER, result_summary, consolidated_ratio),
                                        MEMBER(NUMBER, result_summary, middle_neurons),
                                        MEMBER(NUMBER, result_summary, clblast_ratio),
                                        MEMBER(NUMBER, result_summary, csr_ratio),
                                        MEMBER(NUMBER, result_summary, openblas_ratio),
                                        MEMBER(NUMBER, result_summary, energy_neurons),
                                        MEMBER(NUMBER, result_summary, inference_joules),
                                        MEMBER(NUMBER, result_summary, learning_joules),
                                        MEMBER(SIGNED, result_summary, exponent),
                                        MEMBER(NUMBER, result_summary, small_neurons),
                                        MEMBER(NUMBER, result_summary, ticks_1),
                                        MEMBER(NUMBER, result_summary, ticks_4),
                                        MEMBER(NUMBER, result_summary, learning_ticks_1),
                                        MEMBER(NUMBER, result_summary, learning_ticks_4),
                                        MEMBER(NUMBER, result_summary, loop_neurons),
                                        MEMBER(NUMBER, result_summary, steps_1),
                                        MEMBER(NUMBER, result_summary, steps_20),
                                        MEMBER(NUMBER, result_summary, steps_100),
                                        MEMBER(NUMBER, result_summary, first_start),
                                        MEMBER(NUMBER, result_summary, second_start),
                                        END};

static const struct member device[] = {MEMBER(TEXT, result_device, selector),
                                       MEMBER(TEXT, result_device, name),
                                       MEMBER(TEXT, result_device, board),
                                       MEMBER(TEXT, result_device, type),
                                       MEMBER(TEXT, result_device, vendor),
                                       MEMBER(TEXT, result_device, platform),
                                       MEMBER(TEXT, result_device, driver),
                                       MEMBER(TEXT, result_device, version),
                                       MEMBER(TEXT, result_device, dot_product),
                                       MEMBER(NUMBER, result_device, compute_units),
                                       MEMBER(NUMBER, result_device, clock_mhz),
                                       MEMBER(NUMBER, result_device, memory_bytes),
                                       MEMBER(NUMBER, result_device, max_allocation_bytes),
                                       MEMBER(TEXT, result_device, failure),
                                       PART(result_device, data_sheet, data_sheet),
                                       PART(result_device, streams, streams),
                                       MEMBERS(result_device, networks, network, network_count),
                                       MEMBERS(result_device, small, small, small_count),
                                       MEMBERS(result_device, loops, loop, loop_count),
                                       MEMBERS(result_device, forms, form, form_count),
                                       MEMBERS(result_device, scaling, scaling, scaling_count),
                                       PART(result_device, start, start),
                                       PART(result_device, sensors, sensors),
                                       PART(result_device, growth, growth),
                                       PART(result_device, summary, summary),
                                       END};

static const struct member driver[] = {MEMBER(TEXT, result_driver, file), MEMBER(TEXT, result_driver, failure), END};

static const struct member whole[] = {MEMBER(NUMBER, result, schema),
                                      MEMBER(TEXT, result, praxis),
                                      PART(result, machine, machine),
                                      PART(result, settings, settings),
                                      MEMBERS(result, devices, device, device_count),
                                      MEMBERS(result, left_out, driver, left_out_count),
                                      END};

static void *at(const void *object, size_t offset)
{
    return (char *)(size_t)object + offset;
}

/* ---- Nothing known ---- */

static void clear(const struct member *members, void *object)
{
    for (const struct member *member = members; member->name; member++) {
        void *place = at(object, member->offset);
        if (member->kind == NUMBER || member->kind == SIGNED)
            *(double *)place = NAN;
        else if (member->kind == OBJECT)
            clear(member->members, place);
        for (size_t i = 0; i < member->room && member->kind == LIST; i++)
            clear(member->members, at(place, i * member->element));
    }
}

struct result *schema_create(void)
{
    struct result *result = memory_get(1, sizeof *result);
    clear(whole, result);
    return result;
}

/* ---- Writing ---- */

static cJSON *write_object(const struct member *members, const void *object);

static cJSON *write_list(const struct member *member, const void *object)
{
    cJSON *list = cJSON_CreateArray();
    size_t count = *(const size_t *)at(object, member->count);
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, write_object(member->members, at(object, member->offset + i * member->element)));
    return list;
}

static cJSON *write_values(const struct member *member, const void *object)
{
    cJSON *list = cJSON_CreateArray();
    const double *values = at(object, member->offset);
    size_t count = *(const size_t *)at(object, member->count);
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, json_number(values[i]));
    return list;
}

static cJSON *write_value(const struct member *member, const void *object)
{
    const void *place = at(object, member->offset);
    switch (member->kind) {
    case TEXT:
        return json_text(place);
    case NUMBER:
    case SIGNED:
        return json_number(*(const double *)place);
    case VALUES:
        return write_values(member, object);
    case OBJECT:
        return write_object(member->members, place);
    case LIST:
        break;
    }
    return write_list(member, object);
}

static cJSON *write_object(const struct member *members, const void *object)
{
    cJSON *json = cJSON_CreateObject();
    for (const struct member *member = members; member->name; member++)
        cJSON_AddItemToObject(json, member->name, write_value(member, object));
    return json;
}

cJSON *schema_write(const struct result *result)
{
    return write_object(whole, result);
}

/* ---- Visiting ---- */

typedef void take_figure(void *context, const struct schema_figure *figure);

/* What tells an element of a list from the others. */
static double *key_of(struct schema_figure *figure, const char *name)
{
    return strcmp(name, "neurons") == 0         ? &figure->neurons
           : strcmp(name, "degree_factor") == 0 ? &figure->degree_factor
           : strcmp(name, "replicas") == 0      ? &figure->replicas
           : strcmp(name, "parts") == 0         ? &figure->parts
                                                : NULL;
}

static void visit_object(const struct member *members, const void *object, struct schema_figure figure,
                         take_figure *take, void *context)
{
    double *key;
    for (const struct member *member = members; member->name; member++)
        if (member->kind == NUMBER && (key = key_of(&figure, member->name)))
            *key = *(const double *)at(object, member->offset);
    for (const struct member *member = members; member->name; member++) {
        const void *place = at(object, member->offset);
        bool number = member->kind == NUMBER || member->kind == SIGNED;
        figure.name = member->name;
        figure.sample = member->kind == OBJECT && member->members == sample ? place : NULL;
        figure.value = number ? *(const double *)place : NAN;
        if (figure.sample || (number && !key_of(&figure, member->name))) {
            take(context, &figure);
        } else if (member->kind == OBJECT) {
            struct schema_figure within = figure;
            within.inside = member->name;
            visit_object(member->members, place, within, take, context);
        }
    }
}

void schema_visit(const struct result_device *result, take_figure *take, void *context)
{
    for (const struct member *member = device; member->name; member++) {
        const void *place = at(result, member->offset);
        struct schema_figure figure = {
            .part = member->name, .inside = "", .neurons = NAN, .degree_factor = NAN, .replicas = NAN, .parts = NAN};
        size_t count = member->kind == LIST ? *(const size_t *)at(result, member->count) : 1;
        if (member->kind == NUMBER) {
            figure.part = "device";
            figure.name = member->name;
            figure.value = *(const double *)place;
            take(context, &figure);
        }
        for (size_t i = 0; member->members && i < count; i++)
            visit_object(member->members, at(place, i * member->element), figure, take, context);
    }
}

/* ---- Reading ---- */

struct reading {
    char *message;
    size_t size;
};

static bool read_object(const struct reading *reading, const struct member *members, const cJSON *json, void *object);

static bool wrong(const struct reading *reading, const char *name, const char *what)
{
    snprintf(reading->message, reading->size, "\"%s\" %s", name, what);
    return false;
}

static bool read_text(const struct reading *reading, const struct member *member, const cJSON *json, char *place)
{
    if (!cJSON_IsString(json))
        return wrong(reading, member->name, "is not a text");
    if (strlen(json->valuestring) >= RESULT_TEXT)
        return wrong(reading, member->name, "is too long a text");
    result_text(place, json->valuestring);
    return true;
}

static bool read_number(const struct reading *reading, const struct member *member, const cJSON *json, double *place)
{
    if (!cJSON_IsNumber(json))
        return wrong(reading, member->name, "is not a number");
    if (!(fabs(json->valuedouble) <= 1e30))
        return wrong(reading, member->name, "is too large a number");
    if (member->kind != SIGNED && json->valuedouble < 0)
        return wrong(reading, member->name, "is below 0");
    *place = json->valuedouble;
    return true;
}

static bool read_values(const struct reading *reading, const struct member *member, const cJSON *json, void *object)
{
    size_t *count = at(object, member->count);
    double *values = at(object, member->offset);
    const cJSON *element;
    if (!cJSON_IsArray(json))
        return wrong(reading, member->name, "is not a list");
    cJSON_ArrayForEach(element, json)
    {
        if (*count == member->room)
            return wrong(reading, member->name, "is too long a list");
        if (!read_number(reading, member, element, &values[*count]))
            return false;
        ++*count;
    }
    return true;
}

static bool read_list(const struct reading *reading, const struct member *member, const cJSON *json, void *object)
{
    size_t *count = at(object, member->count);
    const cJSON *element;
    if (!cJSON_IsArray(json))
        return wrong(reading, member->name, "is not a list");
    cJSON_ArrayForEach(element, json)
    {
        if (*count == member->room)
            return wrong(reading, member->name, "is too long a list");
        if (!cJSON_IsObject(element))
            return wrong(reading, member->name, "has an element that is not an object");
        if (!read_object(reading, member->members, element, at(object, member->offset + *count * member->element)))
            return false;
        ++*count;
    }
    return true;
}

static bool read_value(const struct reading *reading, const struct member *member, const cJSON *json, void *object)
{
    void *place = at(object, member->offset);
    switch (member->kind) {
    case TEXT:
        return read_text(reading, member, json, place);
    case NUMBER:
    case SIGNED:
        return read_number(reading, member, json, place);
    case VALUES:
        return read_values(reading, member, json, object);
    case OBJECT:
        return cJSON_IsObject(json) ? read_object(reading, member->members, json, place)
                                    : wrong(reading, member->name, "is not an object");
    case LIST:
        break;
    }
    return read_list(reading, member, json, object);
}

static bool read_object(const struct reading *reading, const struct member *members, const cJSON *json, void *object)
{
    for (const struct member *member = members; member->name; member++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, member->name);
        if (value && !cJSON_IsNull(value) && !read_value(reading, member, value, object))
            return false;
    }
    return true;
}

bool schema_read(const cJSON *json, struct result *result, char *message, size_t size)
{
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(json, "schema");
    if (!cJSON_IsObject(json) || !cJSON_IsNumber(schema)) {
        snprintf(message, size, "is no result of praxis-bench: it has no number \"schema\"");
        return false;
    }
    if (schema->valuedouble != RESULT_SCHEMA) {
        snprintf(message, size, "has schema %g, and this praxis-bench reads %d%s", schema->valuedouble, RESULT_SCHEMA,
                 schema->valuedouble < RESULT_SCHEMA ? ": measure it anew" : "");
        return false;
    }
    const struct reading reading = {message, size};
    if (!read_object(&reading, whole, json, result))
        return false;
    if (result->device_count == 0)
        snprintf(message, size, "has no devices");
    return result->device_count > 0;
}
