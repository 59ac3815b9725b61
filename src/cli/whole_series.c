/* SPDX-License-Identifier: MIT */
#include "cli/whole_series.h"

#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"

#define BLOCK 4096 /* rows read at once */

static int read_rows(struct series *series, float **values, uint64_t *rows)
{
    float nothing[BLOCK]; /* of a modulator, which there is not */
    uint64_t room = 0, count = BLOCK;
    int code = CLI_DONE;
    for (*rows = 0; code == CLI_DONE && count > 0; *rows += count) {
        if (*rows + BLOCK > room) {
            float *larger = memory_get((size_t)(room = 2 * room + BLOCK), sizeof *larger);
            if (*rows > 0)
                memcpy(larger, *values, (size_t)*rows * sizeof *larger);
            free(*values);
            *values = larger;
        }
        code = series_read(series, BLOCK, *values + *rows, nothing, &count);
    }
    return code;
}

int whole_series_read(const struct cli_command *command, const struct series_options *options, float **values,
                      uint64_t *rows)
{
    struct series series = SERIES_CLOSED;
    *values = NULL;
    int code = series_open(command, options, (double)FLT_MAX, &series);
    if (code == CLI_DONE)
        code = series_begin(&series);
    if (code == CLI_DONE && series.channels != 1)
        code = cli_usage(command, "%s has %" PRIu32 " columns in use, must be one: --columns names it", options->input,
                         series.channels);
    if (code == CLI_DONE)
        code = read_rows(&series, values, rows);
    series_close(&series);
    return code;
}
