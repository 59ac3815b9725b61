/* SPDX-License-Identifier: MIT */
/* Which device a context opens, and why. */
#include "context.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/opencl/opencl.h"
#include "backend/reference/reference.h"
#include "base/fork.h"
#include "base/text.h"

static bool contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; *text; text++)
        if (strncasecmp(text, part, length) == 0)
            return true;
    return false;
}

/* The first usable device that the wish names: its selector, or part of its name; NULL or "" takes the first. */
static const praxis_device_info *choose(const praxis_device_info *list, size_t count, const char *wish)
{
    bool any = !wish || !*wish;
    for (size_t i = 0; i < count; i++)
        if (list[i].usable && (any || strcasecmp(list[i].selector, wish) == 0))
            return &list[i];
    for (size_t i = 0; i < count && !any; i++)
        if (list[i].usable && (contains(list[i].name, wish) || contains(list[i].platform, wish)))
            return &list[i];
    return NULL;
}

/* Appends what was found: selectors with names, and why one cannot be used. */
static void append_devices(struct px_text *text, const praxis_device_info *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        px_text_append(text, "%s%s (%s%s%s)", i ? ", " : "", list[i].selector, list[i].name,
                       list[i].usable ? "" : ", cannot be used: ", list[i].usable ? "" : list[i].reason);
}

static praxis_status fail_no_device(struct px_log *log, const char *wish, const praxis_device_info *list, size_t count)
{
    struct px_text found = {.start = NULL};
    px_text_append(&found, "reference%s", count ? ", " : "");
    append_devices(&found, list, count);
    praxis_status status =
        px_fail(log, PRAXIS_ERROR_NO_DEVICE, "no device matches \"%s\"; there are: %s", wish, px_text_show(&found));
    px_text_free(&found);
    return status;
}

static void warn_of_fallback(struct px_log *log, const praxis_device_info *list, size_t count)
{
    struct px_text found = {.start = NULL};
    append_devices(&found, list, count);
    px_message(log, PRAXIS_LOG_WARNING,
               "no OpenCL device can be used: falling back to the scalar reference, which is slow%s%s",
               count ? "; there are: " : "", px_text_show(&found));
    px_text_free(&found);
}

/* It has scalar C alone, which is no path one can ask for. */
static praxis_status open_reference(praxis_context *context, const praxis_context_options *options)
{
    if (options->dot_product)
        return px_fail(&context->log, PRAXIS_ERROR_UNSUPPORTED,
                       "the reference has no dot product path \"%s\": it computes in scalar C alone",
                       options->dot_product);
    return px_reference_open(&context->log, &context->device);
}

static praxis_status open_device(praxis_context *context, const praxis_context_options *options)
{
    const char *wish = options->device;
    praxis_device_info *list = NULL;
    size_t count = 0;
    if (wish && strcasecmp(wish, "reference") == 0)
        return open_reference(context, options);
    praxis_status status = px_opencl_list(&context->log, &list, &count);
    if (status)
        return status;
    const praxis_device_info *chosen = choose(list, count, wish);
    if (chosen) {
        px_message(&context->log, PRAXIS_LOG_INFO, "device %s: %s (%s)", chosen->selector, chosen->name,
                   chosen->reason);
        status = px_opencl_open(&context->log, chosen->selector, options, &context->device);
    } else if (wish && *wish) {
        status = fail_no_device(&context->log, wish, list, count);
    } else {
        warn_of_fallback(&context->log, list, count);
        status = open_reference(context, options);
    }
    free(list);
    return status;
}

static praxis_status open_given(praxis_context *context, const struct px_opencl_given *given,
                                const praxis_context_options *options)
{
    if (options->device)
        return px_fail(&context->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "options ask for device \"%s\", and one was given: `device` must be NULL", options->device);
    return px_opencl_open_given(&context->log, given, options, &context->device);
}

praxis_status px_context_create(const praxis_context_options *options, const struct px_opencl_given *given,
                                praxis_context **context)
{
    praxis_context *made = calloc(1, sizeof *made);
    if (!made)
        return PRAXIS_ERROR_OUT_OF_MEMORY;
    atomic_init(&made->references, 1);
    atomic_init(&made->choice, 0);
    made->generation = px_fork_generation();
    px_log_open(&made->log, &options->log);
    praxis_status status = given ? open_given(made, given, options) : open_device(made, options);
    if (status)
        px_context_release(made);
    else
        *context = made;
    return status;
}

bool px_context_is_inherited(const praxis_context *context)
{
    return context->device && context->device->dies_in_fork && context->generation != px_fork_generation();
}

praxis_status px_context_fail_inherited(const praxis_context *context)
{
    return px_fail(
        px_context_log(context), PRAXIS_ERROR_UNSUPPORTED,
        "this process was forked from the one that opened the context: OpenCL drivers do not survive fork(); "
        "open devices after it");
}

void px_context_release(praxis_context *context)
{
    if (!context || atomic_fetch_sub(&context->references, 1) != 1)
        return;
    if (context->device && !px_context_is_inherited(context))
        context->device->operations->destroy(context->device);
    px_log_close(&context->log);
    free(context);
}

praxis_status px_devices(struct px_log *log, praxis_device_info **list, size_t *count)
{
    praxis_device_info *found = NULL;
    size_t opencl = 0;
    struct px_device *reference = NULL;
    praxis_status status = px_opencl_list(log, &found, &opencl);
    if (!status)
        status = px_reference_open(log, &reference);
    if (!status) {
        praxis_device_info *longer = realloc(found, (opencl + 1) * sizeof *found);
        if (longer)
            found = longer;
        else
            status = px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a list of devices");
    }
    if (status) {
        free(found);
    } else {
        found[opencl].struct_size = sizeof *found;
        reference->operations->describe(reference, &found[opencl]);
        *list = found;
        *count = opencl + 1;
    }
    if (reference)
        reference->operations->destroy(reference);
    return status;
}
