/* SPDX-License-Identifier: MIT */
#include "tasks/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/text.h"

#define NAME_SIZE 128

void state_free(struct state *state)
{
    for (size_t i = 0; i < state->rooms; i++)
        free(state->room[i]);
    free(state->room);
    state->room = NULL;
    state->rooms = 0;
}

/* Memory until the checkpoint is written. */
static void *keep(struct state *state, size_t count, size_t size)
{
    void *kept = memory_get(count, size);
    void **room = memory_get(state->rooms + 1, sizeof *room);
    if (state->rooms)
        memcpy(room, state->room, state->rooms * sizeof *room);
    free(state->room);
    state->room = room;
    return state->room[state->rooms++] = kept;
}

/* "task.NAME", "task-1.NAME" of the second learner, and so on; without a name, that of an object. */
static void name_of(const struct state *state, const char *what, const char *name, char text[NAME_SIZE])
{
    struct text own = {text, NAME_SIZE, 0};
    text_append(&own, "%s", what);
    if (state->learner > 0)
        text_append(&own, "-%u", state->learner);
    if (name)
        text_append(&own, ".%s", name);
}

static void fail(struct state *state, praxis_status status, const char *name, const char *what)
{
    if (state->status)
        return;
    state->status = status;
    snprintf(state->message, sizeof state->message, "%s%s%s", name ? name : "", name ? ": " : "", what);
}

void state_require(struct state *state, bool holds, const char *otherwise)
{
    if (!holds && state->checkpoint)
        fail(state, PRAXIS_ERROR_FORMAT, NULL, otherwise);
}

/* ---- Numbers ---- */

static size_t size_of(praxis_tensor_type type)
{
    static const size_t sizes[] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    return sizes[type];
}

static bool is_within(praxis_tensor_type type, const void *number, uint64_t most)
{
    uint8_t byte;
    uint32_t narrow;
    uint64_t wide;
    if (most == 0)
        return true;
    switch (size_of(type)) {
    case 1:
        memcpy(&byte, number, sizeof byte);
        return byte <= most;
    case 4: /* of a negative one the largest bit is set */
        memcpy(&narrow, number, sizeof narrow);
        return narrow <= most;
    default:
        memcpy(&wide, number, sizeof wide);
        return wide <= most;
    }
}

static void put(struct state *state, const char *name, praxis_tensor_type type, size_t count, const void *numbers)
{
    const praxis_tensor tensor = {
        .struct_size = sizeof tensor, .name = name, .type = type, .dimensions = 1, .shape = {count}};
    state->status = praxis_checkpoint_add_tensor(state->writer, &tensor, numbers);
}

static void take(struct state *state, const char *name, praxis_tensor_type type, size_t count, void *numbers,
                 uint64_t most)
{
    praxis_tensor tensor = {.struct_size = sizeof tensor};
    praxis_status status = praxis_checkpoint_tensor(state->checkpoint, name, &tensor);
    if (status)
        fail(state, PRAXIS_ERROR_FORMAT, name, "is not there");
    else if (tensor.type != type || tensor.dimensions != 1 || tensor.shape[0] != count)
        fail(state, PRAXIS_ERROR_FORMAT, name, "has another type or shape");
    else
        state->status = praxis_checkpoint_read(state->checkpoint, name, 0, numbers, count * size_of(type));
    for (size_t i = 0; i < count && !state->status; i++)
        if (!is_within(type, (const char *)numbers + i * size_of(type), most))
            fail(state, PRAXIS_ERROR_FORMAT, name, "has a number that is too large");
}

static void move(struct state *state, const char *name, praxis_tensor_type type, size_t count, void *numbers,
                 uint64_t most)
{
    if (state->status)
        return;
    if (state->writer)
        put(state, name, type, count, numbers);
    else
        take(state, name, type, count, numbers, most);
}

void state_array(struct state *state, const char *name, praxis_tensor_type type, size_t count, void *numbers,
                 uint64_t most)
{
    char own[NAME_SIZE];
    name_of(state, state->prefix, name, own);
    move(state, own, type, count, numbers, most);
}

void state_count(struct state *state, const char *name, size_t *count, size_t most)
{
    uint64_t *wide = keep(state, 1, sizeof *wide);
    *wide = *count;
    state_array(state, name, PRAXIS_TENSOR_U64, 1, wide, most);
    *count = (size_t)*wide;
}

/* A member of all structures, side by side, or back. */
static void spread(const struct state_member *member, size_t count, size_t size, char *structures, char *numbers,
                   bool back)
{
    size_t bytes = member->count * size_of(member->type);
    for (size_t i = 0; i < count; i++) {
        char *own = structures + i * size + member->offset, *beside = numbers + i * bytes;
        memcpy(back ? own : beside, back ? beside : own, bytes);
    }
}

void state_structures(struct state *state, const char *name, const struct state_member *members, size_t count,
                      size_t size, void *structures)
{
    for (const struct state_member *member = members; member->name && !state->status; member++) {
        char own[NAME_SIZE], path[NAME_SIZE];
        char *numbers = keep(state, count * member->count, size_of(member->type));
        snprintf(own, sizeof own, "%s.%s", name, member->name);
        name_of(state, state->prefix, own, path);
        if (state->writer)
            spread(member, count, size, structures, numbers, false);
        move(state, path, member->type, count * member->count, numbers, member->most);
        if (!state->writer && !state->status)
            spread(member, count, size, structures, numbers, true);
    }
}

/* ---- Objects ---- */

static bool are_alike(const praxis_network *a, const praxis_network *b)
{
    praxis_network_info x = {.struct_size = sizeof x}, y = {.struct_size = sizeof y};
    return !praxis_network_describe(a, &x) && !praxis_network_describe(b, &y) && x.neurons == y.neurons &&
           x.degree == y.degree && x.replicas == y.replicas && x.channels == y.channels && x.groups == y.groups;
}

static bool are_readouts_alike(const praxis_readout *a, const praxis_readout *b)
{
    praxis_readout_info x = {.struct_size = sizeof x}, y = {.struct_size = sizeof y};
    return !praxis_readout_describe(a, &x) && !praxis_readout_describe(b, &y) && x.features == y.features &&
           x.outputs == y.outputs && x.replicas == y.replicas;
}

static void take_network(struct state *state, praxis_network **network, praxis_readout **readout)
{
    char name[NAME_SIZE];
    praxis_network *loaded = NULL;
    praxis_readout *read = NULL;
    name_of(state, "network", NULL, name);
    state->status = praxis_checkpoint_load_network(state->checkpoint, name, state->context, &loaded);
    if (!state->status && !are_alike(loaded, *network))
        fail(state, PRAXIS_ERROR_FORMAT, name, "is another network than the task's");
    name_of(state, "readout", NULL, name);
    if (!state->status && readout)
        state->status = praxis_checkpoint_load_readout(state->checkpoint, name, loaded, &read);
    if (!state->status && readout && !are_readouts_alike(read, *readout))
        fail(state, PRAXIS_ERROR_FORMAT, name, "is another readout than the task's");
    if (state->status) {
        praxis_readout_destroy(read);
        praxis_network_destroy(loaded);
        return;
    }
    if (readout) {
        praxis_readout_destroy(*readout);
        *readout = read;
    }
    praxis_network_destroy(*network);
    *network = loaded;
}

void state_network(struct state *state, praxis_network **network, praxis_readout **readout)
{
    char name[NAME_SIZE];
    if (state->status)
        return;
    if (!state->writer) {
        take_network(state, network, readout);
        return;
    }
    name_of(state, "network", NULL, name);
    state->status = praxis_checkpoint_add_network(state->writer, name, *network);
    name_of(state, "readout", NULL, name);
    if (!state->status && readout)
        state->status = praxis_checkpoint_add_readout(state->writer, name, *readout);
}

/* Whether an object was made for so much. */
static bool is_for(const struct state *state, const char *object, const char *what, uint32_t number)
{
    char name[2 * NAME_SIZE], expected[16];
    const char *text;
    snprintf(name, sizeof name, "%s.%s", object, what);
    snprintf(expected, sizeof expected, "%u", number);
    return !praxis_checkpoint_text(state->checkpoint, name, &text) && strcmp(text, expected) == 0;
}

void state_critic(struct state *state, praxis_critic **critic, uint32_t replicas, uint32_t observations)
{
    char name[NAME_SIZE];
    praxis_critic *loaded = NULL;
    name_of(state, "critic", NULL, name);
    if (state->status)
        return;
    if (state->writer) {
        state->status = praxis_checkpoint_add_critic(state->writer, name, *critic);
        return;
    }
    if (!is_for(state, name, "replicas", replicas) || !is_for(state, name, "observations", observations)) {
        fail(state, PRAXIS_ERROR_FORMAT, name, "is another critic than the task's");
        return;
    }
    state->status = praxis_checkpoint_load_critic(state->checkpoint, name, NULL, &loaded);
    if (state->status)
        return;
    praxis_critic_destroy(*critic);
    *critic = loaded;
}

void state_predictor(struct state *state, praxis_predictor **predictor, uint32_t replicas, uint32_t observations)
{
    char name[NAME_SIZE];
    praxis_predictor *loaded = NULL;
    name_of(state, "predictor", NULL, name);
    if (state->status)
        return;
    if (state->writer) {
        state->status = praxis_checkpoint_add_predictor(state->writer, name, *predictor);
        return;
    }
    if (!is_for(state, name, "replicas", replicas) || !is_for(state, name, "observations", observations)) {
        fail(state, PRAXIS_ERROR_FORMAT, name, "is another predictor than the task's");
        return;
    }
    state->status = praxis_checkpoint_load_predictor(state->checkpoint, name, NULL, &loaded);
    if (state->status)
        return;
    praxis_predictor_destroy(*predictor);
    *predictor = loaded;
}
