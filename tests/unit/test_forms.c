/* SPDX-License-Identifier: MIT */
/*
 * The forms a tick can take on an OpenCL device, forced by the tuning option: each gives the reference's bits in every
 * operation that devices are compared by, however many launches a run takes. Most of the time goes to the driver's
 * compiler, see unit_all.
 */
#include "together.h"

#include "conformance/conformance.h"

#define NONE (-1)

/* Vectors of rows, and words of four taps; and of every kind, the shape that it meets where not all meet all. */
static const struct {
    const char *path, *text;
    int shape;
} tunings[] = {
    {"c", "resident=0", NONE},
    {"c", "resident=1", NONE},
    {"c", "resident=1,ticks=1", NONE},
    {"c", "resident=1,ticks=3", NONE},
    {"c", "resident=1,workers=4", 0},
    {"c", "resident=1,rows=8,workers=2,ticks=2", NONE},
    {"c", "resident=1,rows=4,vectors=1,workers=64", NONE},
    {"c", "resident=0,vectors=1", NONE},
    {"c", "resident=0,rows=8", NONE},
    {"c", "resident=0,rows=4", NONE},
    {"c", "resident=0,rows=2", NONE},
    {"c", "resident=1,rows=1,vectors=4", NONE},
    {"c", "resident=0,split=2", NONE},
    {"c", "resident=0,split=4,rows=8", 1},
    {"c", "resident=0,split=8,rows=4,vectors=1,work_group=64", NONE},
    {"c", "resident=0,split=64", NONE},
    {"c", "height=16", NONE},
    {"c", "resident=0,height=256", NONE},
    {"c", "resident=0,height=16,streams=2,ahead=1", 2},
    {"c", "resident=0,height=32,streams=2,ahead=1", NONE},
    {"c", "resident=0,height=16,split=2,ahead=1", NONE},
    {"c", "resident=1,height=16,streams=3,ahead=0", NONE},
    {"c", "height=16,streams=4,rows=8", NONE},
    {"c", "strip=1", NONE},
    {"c", "strip=3,tiles=2", NONE},
    {"c", "strip=2,tiles=3,rows=8", 3},
    {"c", "resident=0,split=2,rows=4,vectors=1,strip=5,tiles=4096", NONE},
    {"packed", "resident=0,staged=1", NONE},
    {"packed", "resident=0,height=16", NONE},
    {"packed", "resident=0,split=2,work_group=64,strip=3", 0},
    {"packed", "resident=0,split=16,work_group=1024,tiles=3", NONE},
    {"packed", "resident=1,workers=64,strip=1,work_group=64", 1},
    {"c", "persistent=1", NONE},
    {"c", "persistent=3,rows=4,vectors=1,ticks=3", 1},
    {"c", "persistent=3,split=4,rows=4,vectors=1,ticks=3", NONE},   /* not for PoCL 5.0 without optimisation: it ends */
    {"packed", "persistent=2,split=2,work_group=64,strip=1", NONE}, /* the same */
};

/* One vector a tile and odd k; two vectors a tile; more than one tile where it can be had. */
static const struct conformance_shape shapes[] = {
    {121, 3, 1, 3, 16, PRAXIS_TRACE_STORED, 1},
    {121, 3, 5, 3, 16, PRAXIS_TRACE_STORED, 1},
    {961, 2, 2, 3, 16, PRAXIS_TRACE_STORED, 1},
    {4489, 1, 1, 3, 16, PRAXIS_TRACE_STORED, 1},
};

static praxis_context *tuned_context(const char *path, const char *tuning)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.tuning = tuning;
    options.dot_product = path;
    praxis_context *context = NULL;
    ck_assert_int_eq(together_create(&options, &context), PRAXIS_SUCCESS);
    return context;
}

START_TEST(every_form)
{
    praxis_context *reference = unit_context("reference");
    for (size_t t = 0; t < UNIT_LENGTH(tunings); t++) {
        praxis_context *context = tuned_context(tunings[t].path, tunings[t].text);
        for (size_t s = 0; s < UNIT_LENGTH(shapes); s++) {
            struct conformance result = {0};
            if (!unit_all && (int)s != tunings[t].shape)
                continue;
            ck_assert_int_eq(conformance_compare(context, reference, &shapes[s], &result), PRAXIS_SUCCESS);
            ck_assert_msg(result.failures == 0, "%s, %s: %s", tunings[t].path, tunings[t].text, result.first_failure);
        }
        praxis_context_destroy(context);
    }
    praxis_context_destroy(reference);
}
END_TEST

static bool runs_resident(const char *tuning, uint64_t neurons, uint64_t max_allocation_bytes)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.tuning = tuning;
    options.max_allocation_bytes = max_allocation_bytes;
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    praxis_network *network = unit_network(context, &parameters);
    praxis_network_info info = unit_info(network);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return strstr(info.sum_path, "resident") != NULL;
}

/* What praxis_network_describe says, and what is chosen where nothing is said. */
START_TEST(the_form_is_told)
{
    ck_assert(runs_resident(NULL, 49, 0));
    ck_assert(!runs_resident("resident=0", 49, 0));
    if (!unit_all)
        return;
    ck_assert(runs_resident("resident=1", 49, 0));
    ck_assert(!runs_resident("persistent=1", 49, 0));
    ck_assert(!runs_resident("resident=1", 121, 2000)); /* in several buffers */
    ck_assert(!runs_resident(NULL, 20000, 0));
}
END_TEST

static char message[4096];

static void remember(void *user, praxis_log_level level, const char *text)
{
    (void)user;
    if (level == PRAXIS_LOG_ERROR)
        snprintf(message, sizeof message, "%s", text);
}

START_TEST(bad_tuning)
{
    static const struct {
        const char *text, *part;
        praxis_status status;
    } cases[] = {
        {"colour=1", "\"colour=1\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"resident", "\"resident\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"=1", "\"=1\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"resident=1,", "\"\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {",resident=1", "\"\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"resident=1,row=4", "\"row=4\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"resident=2", "resident is 2, must be a whole number from 0 to 1", PRAXIS_ERROR_OUT_OF_RANGE},
        {"resident=", "resident is ,", PRAXIS_ERROR_OUT_OF_RANGE},
        {"resident=1x", "resident is 1x", PRAXIS_ERROR_OUT_OF_RANGE},
        {"resident=-1", "resident is -1", PRAXIS_ERROR_OUT_OF_RANGE},
        {"rows= 4", "rows is  4", PRAXIS_ERROR_OUT_OF_RANGE},
        {"rows=12", "rows is 12, must be a power of two from 1 to 16", PRAXIS_ERROR_OUT_OF_RANGE},
        {"rows=32", "from 1 to 16", PRAXIS_ERROR_OUT_OF_RANGE},
        {"vectors=3", "from 1 to 16", PRAXIS_ERROR_OUT_OF_RANGE},
        {"height=8", "height is 8, must be a power of two from 16 to 256", PRAXIS_ERROR_OUT_OF_RANGE},
        {"split=0", "from 1 to 64", PRAXIS_ERROR_OUT_OF_RANGE},
        {"strip=0", "strip is 0, must be a whole number from 1 to 65536", PRAXIS_ERROR_OUT_OF_RANGE},
        {"tiles=4097", "from 1 to 4096", PRAXIS_ERROR_OUT_OF_RANGE},
        {"work_group=32", "from 64 to 1024", PRAXIS_ERROR_OUT_OF_RANGE},
        {"workers=512", "from 1 to 256", PRAXIS_ERROR_OUT_OF_RANGE},
        {"rows=4,rows=4", "rows is there twice", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"rows=00000000004", "rows is 00000000004", PRAXIS_ERROR_OUT_OF_RANGE},
        {"ticks=99999999999999999999", "from 1 to 1048576", PRAXIS_ERROR_OUT_OF_RANGE},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        praxis_context_options options;
        praxis_context_options_default(&options);
        options.tuning = cases[i].text;
        options.log = (praxis_log){remember, NULL};
        praxis_context *context = NULL;
        ck_assert_msg(praxis_context_create(&options, &context) == cases[i].status, "%s", cases[i].text);
        ck_assert_ptr_null(context);
        ck_assert_msg(strstr(message, cases[i].part) != NULL, "%s: %s", cases[i].text, message);
    }
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("forms");
    TCase *forms = unit_case(suite, "forms");
    if (devices == 2) {
        tcase_add_test(forms, every_form);
        tcase_add_test(forms, the_form_is_told);
        tcase_add_test(forms, bad_tuning);
    }
    return unit_main_on_devices(suite, devices);
}
