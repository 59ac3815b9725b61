/* SPDX-License-Identifier: MIT */
/*
 * The forms a tick can take on an OpenCL device, forced by the tuning option: each gives the reference's bits, for
 * every factor, flag and number of replicas, whether inputs are shared or not, and however many launches a run takes.
 * Most of the time goes to the driver's compiler, see unit_all.
 */
#include "unit.h"

#define TICKS  7
#define GROUPS 2
#define MOST   5 /* replicas */

/* Vectors of rows, and words of four taps; those of every kind that meet one shape where not all meet all. */
static const struct {
    const char *path, *text;
    bool telling;
} tunings[] = {
    {"c", "resident=0", false},
    {"c", "resident=1", false},
    {"c", "resident=1,ticks=1", false},
    {"c", "resident=1,ticks=3", false},
    {"c", "resident=1,workers=4", true},
    {"c", "resident=1,rows=8,workers=2,ticks=2", false},
    {"c", "resident=1,rows=4,vectors=1,workers=64", false},
    {"c", "resident=0,vectors=1", false},
    {"c", "resident=0,rows=8", false},
    {"c", "resident=0,rows=4", false},
    {"c", "resident=0,rows=2", false},
    {"c", "resident=1,rows=1,vectors=4", false},
    {"c", "resident=0,split=2", false},
    {"c", "resident=0,split=4,rows=8", true},
    {"c", "resident=0,split=8,rows=4,vectors=1,work_group=64", false},
    {"c", "resident=0,split=64", false},
    {"c", "height=16", false},
    {"c", "resident=0,height=256", false},
    {"c", "resident=0,height=16,streams=2,ahead=1", true},
    {"c", "resident=0,height=32,streams=2,ahead=1", false},
    {"c", "resident=0,height=16,split=2,ahead=1", false},
    {"c", "resident=1,height=16,streams=3,ahead=0", false},
    {"c", "height=16,streams=4,rows=8", false},
    {"c", "strip=1", false},
    {"c", "strip=3,tiles=2", false},
    {"c", "strip=2,tiles=3,rows=8", true},
    {"c", "resident=0,split=2,rows=4,vectors=1,strip=5,tiles=4096", false},
    {"packed", "resident=0,staged=1", false},
    {"packed", "resident=0,height=16", false},
    {"packed", "resident=0,split=2,work_group=64,strip=3", true},
    {"packed", "resident=0,split=16,work_group=1024,tiles=3", false},
    {"packed", "resident=1,workers=64,strip=1,work_group=64", true},
};

/* Shapes: one vector a tile and odd k; two vectors a tile; more than one tile where it can be had. */
static const struct {
    uint64_t neurons;
    uint32_t degree_factor, replicas;
} shapes[] = {{121, 3, 1}, {121, 3, MOST}, {961, 2, 2}, {4489, 1, 1}};

/* The next tuning that meets one shape alone meets the next one. */
static bool meets(size_t tuning, size_t shape)
{
    size_t before = 0;
    for (size_t t = 0; t < tuning; t++)
        before += tunings[t].telling;
    return unit_all || (tunings[tuning].telling && before % UNIT_LENGTH(shapes) == shape);
}

static praxis_context *tuned_context(const char *path, const char *tuning)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.tuning = tuning;
    options.dot_product = path;
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    return context;
}

static praxis_network *make_network(praxis_context *context, size_t shape, uint64_t seed)
{
    static const uint32_t members[2][3] = {{0, 48, 7}, {120, 1, 2}};
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = shapes[shape].neurons;
    parameters.degree_factor = shapes[shape].degree_factor;
    parameters.replicas = shapes[shape].replicas;
    parameters.channels = 3;
    parameters.noise = 0.3; /* so that noise is on; the state is random */
    parameters.variance_momentum = 0.9;
    parameters.variance_threshold = 1.1;
    parameters.variance_floor = 0.2;
    praxis_network *network = unit_network(context, &parameters);
    uint32_t group;
    for (int g = 0; g < GROUPS; g++)
        unit_success(context, praxis_network_add_group(network, g ? "last" : "first", members[g], 3, &group));
    unit_scramble(network, seed);
    return network;
}

/* What a run leaves: the state of each replica and what was read of the groups. */
struct result {
    uint64_t hashes[MOST];
    float output[MOST * TICKS * GROUPS];
};

static void run(praxis_context *context, praxis_network *network, uint32_t flags, bool shared, struct result *result)
{
    static const uint32_t groups[GROUPS] = {1, 0};
    float input[MOST * TICKS * 3];
    uint64_t state = 5;
    for (size_t i = 0; i < UNIT_LENGTH(input); i++)
        input[i] = (float)(4 * unit_uniform(&state) - 2);
    praxis_run span;
    praxis_run_default(&span);
    span.ticks = TICKS;
    span.flags = flags;
    span.input = input;
    span.input_shared = shared;
    span.groups = groups;
    span.group_count = GROUPS;
    span.output = result->output;
    memset(result, 0, sizeof *result);
    unit_success(context, praxis_network_run(network, &span));
    span.output = NULL; /* and without groups and inputs */
    span.groups = NULL;
    span.group_count = 0;
    span.input = NULL;
    unit_success(context, praxis_network_run(network, &span));
    unit_success(context, praxis_network_hash(network, result->hashes));
}

/* The runs compared: every factor with all flags, every combination of controls, inputs of either kind. */
#define RUNS 9
static void lead_a_life(praxis_context *context, size_t shape, struct result results[RUNS])
{
    const uint32_t all = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    praxis_network *network = make_network(context, shape, shape);
    for (uint32_t r = 0; r < RUNS; r++) {
        bool traced = r <= PRAXIS_FACTOR_SUPPLIED;
        if (traced)
            unit_success(context, praxis_network_set_parameter(network, PRAXIS_PARAMETER_FACTOR, r));
        run(context, network, traced ? all : 2 * (r - PRAXIS_FACTOR_SUPPLIED - 1), r % 2 != 0, &results[r]);
    }
    praxis_network_destroy(network);
}

START_TEST(every_form)
{
    static struct result expected[UNIT_LENGTH(shapes)][RUNS];
    praxis_context *reference = unit_context("reference");
    for (size_t s = 0; s < UNIT_LENGTH(shapes); s++)
        lead_a_life(reference, s, expected[s]);
    for (size_t t = 0; t < UNIT_LENGTH(tunings); t++) {
        praxis_context *context = tuned_context(tunings[t].path, tunings[t].text);
        for (size_t s = 0; s < UNIT_LENGTH(shapes); s++) {
            static struct result results[RUNS];
            if (!meets(t, s))
                continue;
            lead_a_life(context, s, results);
            for (int r = 0; r < RUNS; r++)
                ck_assert_msg(memcmp(&results[r], &expected[s][r], sizeof results[r]) == 0,
                              "%s, %s: shape %zu, run %d differs", tunings[t].path, tunings[t].text, s, r);
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
