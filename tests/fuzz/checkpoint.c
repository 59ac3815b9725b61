/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "checkpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/crc.h"

#define MOST_NUMBERS (1 << 18)

/* ---- Checksums ---- */

#define LENGTH 8 /* bytes before the header */
#define DIGITS 8

/* A checksum into the header and what was read of it, if it is there in the usual form. */
static void write_checksum(char *header, size_t size, const struct px_index *index, const char *name, uint32_t checksum)
{
    char *text = (char *)(uintptr_t)px_index_text(index, name), key[2 * PX_ARCHIVE_NAME_MAX];
    int length = snprintf(key, sizeof key, "\"%s\":\"", name);
    if (!text || strlen(text) != DIGITS || length >= (int)sizeof key)
        return;
    char *found = memmem(header, size, key, (size_t)length);
    if (!found || size - (size_t)(found - header) < (size_t)length + DIGITS)
        return;
    snprintf(text, DIGITS + 1, "%08" PRIx32, checksum);
    memcpy(found + length, text, DIGITS);
}

void checkpoint_sign(struct bytes *bytes)
{
    struct px_index index = {.tensors = NULL};
    char name[2 * PX_ARCHIVE_NAME_MAX];
    uint64_t length = 0;
    if (bytes->size >= LENGTH)
        memcpy(&length, bytes->data, LENGTH);
    if (bytes->size < LENGTH || length > bytes->size - LENGTH)
        return;
    char *header = (char *)bytes->data + LENGTH;
    const uint8_t *data = bytes->data + LENGTH + length;
    if (!px_header_read(NULL, header, (size_t)length, bytes->size - LENGTH - length, &index)) {
        for (uint32_t t = 0; t < index.tensor_count; t++) {
            const struct px_tensor *tensor = &index.tensors[t];
            snprintf(name, sizeof name, PX_ARCHIVE_CHECKSUMS "%s", tensor->name);
            write_checksum(header, (size_t)length, &index, name,
                           px_crc(0, data + tensor->begin, (size_t)tensor->bytes));
        }
        write_checksum(header, (size_t)length, &index, PX_ARCHIVE_CHECKSUM, px_index_checksum(&index));
    }
    px_index_free(&index);
}

/* ---- Use ---- */

/* What was loaded is used: nothing of it may lead astray later. */
static void use_network(praxis_network *network)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = PRAXIS_RUN_TRACE;
    praxis_network_run(network, &run);
    praxis_network_settle(network);
}

static void use_readout(praxis_readout *readout)
{
    praxis_readout_info info = {.struct_size = sizeof info};
    praxis_readout_span span;
    if (praxis_readout_describe(readout, &info) || info.features > 1000 || info.outputs > 100)
        return;
    float *target = calloc((size_t)info.replicas * info.outputs, sizeof *target);
    double *ridge = calloc(info.replicas, sizeof *ridge), *error = calloc((size_t)info.replicas * info.outputs, 8);
    praxis_readout_span_default(&span);
    span.ticks = 1;
    span.what = PRAXIS_READOUT_TRAINING | PRAXIS_READOUT_VALIDATION;
    span.target = target;
    if (target && ridge && error) {
        for (uint32_t r = 0; r < info.replicas; r++)
            ridge[r] = 1e-3;
        praxis_readout_run(readout, &span);
        span.what = PRAXIS_READOUT_LEARN;
        praxis_readout_run(readout, &span);
        praxis_readout_error(readout, PRAXIS_READOUT_VALIDATION, error);
        praxis_readout_fit(readout, PRAXIS_READOUT_TRAINING, ridge);
    }
    free(target);
    free(ridge);
    free(error);
}

/* Of an observation of all replicas, as the object says of itself; more than any where it does not. */
static double count_numbers(const praxis_checkpoint *checkpoint, const char *object)
{
    static const char *const factors[] = {"replicas", "observations"};
    char name[32];
    const char *text;
    double count = 1;
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s.%s", object, factors[i]);
        count *= praxis_checkpoint_text(checkpoint, name, &text) ? HUGE_VAL : fmax(1, strtod(text, NULL));
    }
    return count;
}

static void make_objects(praxis_context *context, const praxis_checkpoint *checkpoint)
{
    praxis_network *network = NULL;
    praxis_readout *readout = NULL;
    praxis_critic *critic = NULL;
    praxis_predictor *predictor = NULL;
    if (!praxis_checkpoint_load_network(checkpoint, "network", context, &network)) {
        use_network(network);
        if (!praxis_checkpoint_load_readout(checkpoint, "readout", network, &readout))
            use_readout(readout);
    }
    float *numbers = calloc(MOST_NUMBERS, sizeof *numbers);
    bool room = numbers && count_numbers(checkpoint, "critic") <= MOST_NUMBERS / 2;
    if (!praxis_checkpoint_load_critic(checkpoint, "critic", NULL, &critic) && room)
        praxis_critic_step(critic, numbers, numbers, NULL, NULL, numbers + MOST_NUMBERS / 2);
    room = numbers && count_numbers(checkpoint, "predictor") <= MOST_NUMBERS / 2;
    if (!praxis_checkpoint_load_predictor(checkpoint, "predictor", NULL, &predictor) && room)
        praxis_predictor_step(predictor, numbers, NULL, NULL, numbers + MOST_NUMBERS / 2);
    free(numbers);
    praxis_predictor_destroy(predictor);
    praxis_critic_destroy(critic);
    praxis_readout_destroy(readout);
    praxis_network_destroy(network);
}

void checkpoint_use(praxis_context *context, const praxis_checkpoint *checkpoint)
{
    praxis_statistics statistics[4] = {{.struct_size = sizeof *statistics}};
    praxis_network_info info = {.struct_size = sizeof info};
    if (!praxis_checkpoint_describe_network(checkpoint, "network", NULL, &info) && info.replicas <= 4)
        praxis_checkpoint_statistics(checkpoint, "network", PRAXIS_FIELD_WEIGHT, statistics);
    if (info.neurons < 3000 && info.replicas < 20) /* more is a matter of patience */
        make_objects(context, checkpoint);
}

praxis_context *checkpoint_context(void)
{
    static praxis_context *context;
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = "reference";
    if (!context && praxis_context_create(&options, &context))
        abort();
    return context;
}
