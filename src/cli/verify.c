/* SPDX-License-Identifier: MIT */
#include "cli/verify.h"

#include <stdlib.h>

#include "conformance/conformance.h"
#include "tool/json.h"
#include "tool/process.h"
#include "tool/ranks.h"

/* The form that --tuning or the library chooses, compared in full; without --tuning others: taps shared, tiles
 * and columns learned in other portions, barriers between ticks. */
static const char *const tunings[] = {NULL, "resident=0,split=2,strip=3,tiles=2", "resident=1,workers=4"};
#define TUNINGS (sizeof tunings / sizeof *tunings)

/* The hash is of one network after a long run: it stands for the whole device only where nothing else differs. */
static void add_hash(cJSON *row, const struct conformance *result, bool passed)
{
    if (passed)
        json_add_hash(row, "state_hash", result->state_hash);
    else
        cJSON_AddNullToObject(row, "state_hash");
}

static cJSON *make_row(const praxis_device_info *info, const struct conformance *result, bool passed,
                       const char *status, const char *printed)
{
    cJSON *row = cJSON_CreateObject();
    json_add_text(row, "selector", info->selector);
    json_add_text(row, "name", info->name);
    json_add_text(row, "platform", info->platform);
    json_add_text(row, "driver", info->driver);
    json_add_text(row, "dot_product", info->dot_product);
    cJSON_AddBoolToObject(row, "passed", passed);
    json_add_text(row, "status", status);
    json_add_count(row, "shapes", result->shapes);
    json_add_count(row, "operations", result->operations);
    json_add_count(row, "differences", result->failures);
    json_add_text(row, "first_difference", result->first_failure);
    add_hash(row, result, passed);
    json_add_text(row, "printed", printed);
    return row;
}

cJSON *verify_device(const struct cli_opening *asked, bool small)
{
    praxis_context *devices[TUNINGS] = {NULL}, *reference = NULL;
    praxis_device_info info = {.struct_size = sizeof info};
    struct conformance result = {0};
    praxis_status status = PRAXIS_SUCCESS;
    struct cli_opening opening = *asked;
    opening.ranks = ranks_of_job();
    size_t count = opening.tuning ? 1 : TUNINGS;
    for (size_t t = 0; t < count && !status; t++) {
        opening.tuning = t ? tunings[t] : opening.tuning;
        status = cli_open(&opening, &devices[t]);
    }
    bool misused = cli_misused(status);
    snprintf(info.selector, sizeof info.selector, "%s", opening.device ? opening.device : "");
    if (!status)
        status = praxis_context_device(devices[0], &info);
    if (!status)
        status = cli_open(&(struct cli_opening){.device = "reference"}, &reference);
    if (!status)
        status = conformance_run(devices, count, reference, small, &result);
    for (size_t t = 0; t < TUNINGS; t++)
        praxis_context_destroy(devices[t]);
    praxis_context_destroy(reference);
    return misused ? NULL : make_row(&info, &result, !status && result.failures == 0, praxis_status_string(status), "");
}

cJSON *verify_ended(const praxis_device_info *info, const char *how, const char *printed)
{
    char status[128];
    snprintf(status, sizeof status, "its process %s", how);
    return make_row(info, &(struct conformance){0}, false, status, printed);
}

bool verify_passed(const cJSON *row)
{
    return cJSON_IsTrue(cJSON_GetObjectItem(row, "passed"));
}

/* ---- The table ---- */

static const char *text(const cJSON *row, const char *name)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItem(row, name));
    return value && *value ? value : "-";
}

/* Of a row made here, or read. */
static unsigned number(const cJSON *row, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(row, name);
    return cJSON_IsNumber(item) ? (unsigned)item->valuedouble : (unsigned)strtoul(item->valuestring, NULL, 10);
}

void verify_print_head(void)
{
    fprintf(cli_output(), "%-12s %-40s %-6s %6s %10s %9s  %-16s %s\n", "device", "name", "dot", "shapes", "operations",
            "different", "state hash", "result");
}

void verify_print(const cJSON *row)
{
    unsigned differences = number(row, "differences");
    fprintf(cli_output(), "%-12s %-40.40s %-6s %6u %10u %9u  %-16s %s\n", text(row, "selector"), text(row, "name"),
            text(row, "dot_product"), number(row, "shapes"), number(row, "operations"), differences,
            text(row, "state_hash"),
            verify_passed(row) ? "passed"
            : differences      ? "FAILED"
                               : text(row, "status"));
    if (differences)
        fprintf(cli_output(), "    first difference: %s\n", text(row, "first_difference"));
    process_print_tail(cli_output(), cJSON_GetStringValue(cJSON_GetObjectItem(row, "printed")));
    fflush(cli_output());
}
