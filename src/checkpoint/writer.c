/* SPDX-License-Identifier: MIT */
#include "checkpoint/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "context.h"

/* ---- Names ---- */

/* How much of a name is that of the object to which what it names belongs, as far as it belongs to one. */
static size_t owner_length(const char *name)
{
    return strcspn(name, ".");
}

static bool is_name(const char *name)
{
    size_t length = strlen(name);
    for (const char *c = name; *c; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return length > 0 && length <= PX_ARCHIVE_NAME_MAX;
}

/* Whether a text is UTF-8, without overlong forms and surrogates (Unicode 15, table 3-7): what JSON is made of. */
static bool is_unicode(const char *text)
{
    const unsigned char *next = (const unsigned char *)text;
    while (*next) {
        unsigned char first = *next++, least = 0x80, most = 0xBF;
        int more = first < 0x80 ? 0 : first < 0xC2 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : -1;
        least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : least;
        most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : most;
        for (; more > 0 && *next >= least && *next <= most; more--, next++)
            least = 0x80, most = 0xBF;
        if (more != 0)
            return false;
    }
    return true;
}

/* Whether one of the two is an object, and what the other names would belong to it. */
static bool is_within(const struct px_item *object, const char *name)
{
    size_t length = strlen(object->name);
    return object->list && owner_length(name) == length && memcmp(object->name, name, length) == 0;
}

static praxis_status check_item(praxis_checkpoint_writer *writer, const struct px_item *item)
{
    struct px_log *log = &writer->log;
    if (!is_name(item->name))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "\"%.300s\" is no name: it must have 1 to %d bytes of printable ASCII without blanks",
                       item->name, PX_ARCHIVE_NAME_MAX);
    if (item->list && strchr(item->name, '.'))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "\"%s\" is no name of an object: it has a dot", item->name);
    if (strncmp(item->name, PX_ARCHIVE_OWN, strlen(PX_ARCHIVE_OWN)) == 0 || strcmp(item->name, "praxis") == 0 ||
        strcmp(item->name, "__metadata__") == 0)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "\"%s\" is a name of the format's own", item->name);
    if (item->text && !is_unicode(item->text))
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "text \"%s\" is no UTF-8", item->name);
    for (uint32_t i = 0; i < writer->count; i++) {
        const struct px_item *other = &writer->items[i];
        bool same = strcmp(item->name, other->name) == 0 && !item->text == !other->text;
        if (same || is_within(other, item->name) || is_within(item, other->name))
            return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "\"%s\" and \"%s\" in one checkpoint would be confused",
                           other->name, item->name);
    }
    return PRAXIS_SUCCESS;
}

/* ---- The list ---- */

praxis_status px_writer_add(praxis_checkpoint_writer *writer, const struct px_item *item)
{
    praxis_status status = check_item(writer, item);
    if (status)
        return status;
    if (writer->count == writer->room) {
        uint32_t room = writer->room ? 2 * writer->room : 16;
        struct px_item *longer = realloc(writer->items, room * sizeof *longer);
        if (!longer)
            return px_fail(&writer->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a checkpoint");
        writer->items = longer;
        writer->room = room;
    }
    struct px_item own = *item;
    own.name = strdup(item->name);
    own.text = item->text ? strdup(item->text) : NULL;
    if (!own.name || (item->text && !own.text)) {
        free(own.name);
        free(own.text);
        return px_fail(&writer->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a checkpoint");
    }
    writer->items[writer->count++] = own;
    return PRAXIS_SUCCESS;
}

void px_writer_free(praxis_checkpoint_writer *writer)
{
    for (uint32_t i = 0; i < writer->count; i++) {
        free(writer->items[i].name);
        free(writer->items[i].text);
    }
    free(writer->items);
}

/* ---- Writing ---- */

/* Whether an item's network is that of one before it. */
static bool is_entered(const praxis_checkpoint_writer *writer, uint32_t item)
{
    for (uint32_t i = 0; i < item; i++)
        if (writer->items[i].network == writer->items[item].network)
            return true;
    return !writer->items[item].network;
}

/* Saving is a call on every network: leaves those before `end`. */
static praxis_status leave_networks(const praxis_checkpoint_writer *writer, uint32_t end, praxis_status status)
{
    for (uint32_t i = 0; i < end; i++)
        if (!is_entered(writer, i))
            status = px_network_leave(writer->items[i].network, status);
    return status;
}

static praxis_status enter_networks(const praxis_checkpoint_writer *writer)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (uint32_t i = 0; i < writer->count; i++) {
        praxis_network *network = writer->items[i].network;
        if (is_entered(writer, i))
            continue;
        status = px_context_is_inherited(network->context) ? px_context_fail_inherited(network->context)
                                                           : px_network_check_whole(network);
        if (!status)
            status = px_network_enter(network, "praxis_checkpoint_write");
        if (status)
            return leave_networks(writer, i, status);
    }
    return PRAXIS_SUCCESS;
}

static struct px_saving saving_of(praxis_checkpoint_writer *writer)
{
    return (struct px_saving){&writer->log, writer->items, writer->count};
}

praxis_status px_writer_write(praxis_checkpoint_writer *writer, const char *path)
{
    const struct px_saving saving = saving_of(writer);
    praxis_status status = enter_networks(writer);
    return status ? status : leave_networks(writer, writer->count, px_saving_write(&saving, path));
}

praxis_status px_writer_write_to(praxis_checkpoint_writer *writer, const praxis_checkpoint_sink *sink)
{
    const struct px_saving saving = saving_of(writer);
    praxis_status status = enter_networks(writer);
    return status ? status : leave_networks(writer, writer->count, px_saving_write_to(&saving, sink));
}
