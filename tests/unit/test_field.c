/* SPDX-License-Identifier: MIT */
/* What the library says of its fields, against the table in the public header and against what it takes and gives. */
#include <ctype.h>

#include "unit.h"

/* A row of the table, cut into its columns. */
struct row {
    char name[32], shape[16], code[16], unit[16], range[64];
};

/* The row of a field in the comment above praxis_field. */
static void find_row(const char *name, struct row *row)
{
    FILE *header = fopen(PUBLIC_HEADER, "r");
    char line[256], upper[32] = "";
    bool found = false;
    ck_assert_ptr_nonnull(header);
    for (size_t i = 0; name[i] != '\0'; i++)
        upper[i] = (char)toupper((unsigned char)name[i]);
    while (!found && fgets(line, sizeof line, header))
        found = sscanf(line, " * %31s %15s %15[a-z0-9, -] %15s %63[^\n]", row->name, row->shape, row->code, row->unit,
                       row->range) >= 4 &&
                strcmp(row->name, upper) == 0;
    fclose(header);
    ck_assert_msg(found, "the header's table has no row %s", upper);
}

static praxis_field_info describe(const praxis_network *network, praxis_field field)
{
    praxis_field_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(praxis_field_describe(network, field, &info), PRAXIS_SUCCESS);
    return info;
}

/* Codes, shapes and bounds as the table words them. */
static void compare(const praxis_field_info *info, const struct row *row, double trace_limit, double neurons)
{
    static const char *const shapes[] = {"[R][N]", "[R][N][d]", "[R][N][K]"}, *const codes[] = {"int8", "uint8",
                                                                                                "int32"};
    double low = 0, high = 0;
    unit_require(strcmp(row->shape, shapes[info->shape]) == 0, "%s: %s", info->name, row->shape);
    unit_require(strncmp(row->code, codes[info->code_type], strlen(codes[info->code_type])) == 0, "%s: %s", info->name,
                 row->code);
    unit_require(info->code_bytes == (info->code_type == PRAXIS_CODE_INT32 ? 4 : 1), "%s: %u bytes", info->name,
                 info->code_bytes);
    if (strstr(row->range, "trace_decay")) {
        low = -trace_limit, high = trace_limit;
    } else if (strstr(row->range, "N-1")) {
        high = neurons - 1;
    } else if (sscanf(row->range, "+-%lf", &high) == 1) {
        low = -high;
    } else if (sscanf(row->range, "0 or %lf", &high) != 1) {
        ck_assert_int_eq(sscanf(row->range, "0..%lf", &high), 1);
    }
    double step = info->unit; /* the largest code may lie one step below the bound, as 8 does in 32 bits */
    unit_require(fabs(info->minimum - low) < 1.01 * step && info->minimum >= low - 1e-12 * fabs(low), "%s: from %g",
                 info->name, info->minimum);
    unit_require(fabs(info->maximum - high) < 1.01 * step && info->maximum <= high * (1 + 1e-12), "%s: to %g",
                 info->name, info->maximum);
    int numerator, denominator;
    if (strcmp(row->unit, "2^-28") == 0)
        ck_assert_double_eq(info->unit, UNIT_Q28);
    else if (sscanf(row->unit, "%d/%d", &numerator, &denominator) == 2)
        ck_assert_double_eq(info->unit, (double)numerator / denominator);
    else if (strcmp(row->unit, "1") == 0)
        ck_assert_double_eq(info->unit, 1);
    else
        ck_assert_int_eq(info->shape, PRAXIS_SHAPE_SYNAPSES); /* that of traces: their bounds tell */
}

START_TEST(table_of_the_header)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.channels = 3;
    parameters.trace_decay = 0.75; /* a multiple of 2^-16 */
    praxis_network *network = unit_network(context, &parameters);
    const uint64_t elements[] = {1, unit_info(network).degree, 3};
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field_info info = describe(network, (praxis_field)f);
        struct row row = {0};
        find_row(info.name, &row);
        compare(&info, &row, 4.25 / 0.25, 49);
        ck_assert_uint_eq(info.elements, elements[info.shape]);
        ck_assert_msg(strlen(info.description) > 0, "%s is not described", info.name);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(found_by_name)
{
    praxis_field field;
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        field = PRAXIS_FIELD_COUNT;
        ck_assert_int_eq(praxis_field_find(describe(NULL, (praxis_field)f).name, &field), PRAXIS_SUCCESS);
        ck_assert_int_eq((int)field, f);
    }
    field = PRAXIS_FIELD_GAIN;
    ck_assert_int_eq(praxis_field_find("gains", &field), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_field_find("", &field), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_field_find(NULL, &field), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_field_find("gain", NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq((int)field, PRAXIS_FIELD_GAIN);
}
END_TEST

/* What depends on the network is left open. */
START_TEST(without_a_network)
{
    ck_assert_uint_eq(describe(NULL, PRAXIS_FIELD_WEIGHT).elements, 0);
    ck_assert_uint_eq(describe(NULL, PRAXIS_FIELD_INPUT_WEIGHT).elements, 0);
    ck_assert_uint_eq(describe(NULL, PRAXIS_FIELD_LEAK).elements, 1);
    ck_assert_double_eq(describe(NULL, PRAXIS_FIELD_TRACE).unit, 0);
    ck_assert_double_eq(describe(NULL, PRAXIS_FIELD_TRACE).maximum, 0);
    ck_assert_int_eq(describe(NULL, PRAXIS_FIELD_NOISE_SOURCE).code_maximum, INT32_MAX);
    praxis_field_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(praxis_field_describe(NULL, PRAXIS_FIELD_COUNT, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_field_describe(NULL, PRAXIS_FIELD_GAIN, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    info.struct_size = 0;
    ck_assert_int_eq(praxis_field_describe(NULL, PRAXIS_FIELD_GAIN, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
}
END_TEST

/* The bounds that are told are those that hold: the ends can be written and come back, what lies beyond is refused by
 * name. */
START_TEST(bounds_hold)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.channels = 1;
    praxis_network *network = unit_network(context, &parameters);
    const praxis_range one = {0, 1, 7, 1};
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        praxis_field_info info = describe(network, field);
        size_t count = px_to_size(info.elements);
        float *values = unit_allocate(count, sizeof *values);
        const double ends[] = {info.minimum, info.maximum};
        for (int end = 0; end < 2; end++) {
            for (size_t e = 0; e < count; e++)
                values[e] = (float)ends[end];
            unit_success(context, praxis_network_write(network, field, &one, values, count));
            unit_success(context, praxis_network_read(network, field, &one, values, count));
            for (size_t e = 0; e < count; e++)
                unit_require(fabs((double)values[e] - ends[end]) <= 1e-6 * fabs(ends[end]), "%s: %g came back as %g",
                             info.name, ends[end], (double)values[e]);
            values[0] = (float)(ends[end] + (end ? 1 : -1) * (0.01 * fabs(ends[end]) + info.unit));
            unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, info.name,
                         praxis_network_write(network, field, &one, values, count));
        }
        free(values);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("field");
    TCase *schema = unit_case(suite, "schema");
    tcase_add_test(schema, table_of_the_header);
    tcase_add_test(schema, found_by_name);
    tcase_add_test(schema, without_a_network);
    tcase_add_test(schema, bounds_hold);
    return unit_main(suite);
}
