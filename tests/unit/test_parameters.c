/* SPDX-License-Identifier: MIT */
/* Parameters, choices and tunings by number, by name and as text. Bounds of the real-valued ones: test_constants. */
#include "messages.h"
#include "unit.h"

#include <locale.h>

#include "backend/opencl/tuning.h"

static praxis_parameters defaults(void)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    return parameters;
}

static praxis_parameter_info describe(int id)
{
    praxis_parameter_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(praxis_parameter_describe((praxis_parameter)id, &info), PRAXIS_SUCCESS);
    return info;
}

static void set(praxis_parameters *parameters, const char *name, const char *text)
{
    ck_assert_msg(!praxis_parameters_set(parameters, name, text, NULL), "%s=%s", name, text);
}

/* ---- The table ---- */

static const char *const factors[] = {"post", "centred", "noise", "slope", "supplied"}, *const forms[] = {"stored",
                                                                                                          "window"};

/* What is no real number, written down again: name, bounds, default, and a value to tell it from others. */
static const struct whole {
    praxis_parameter id;
    const char *name;
    uint64_t minimum, maximum, initial, other;
    bool settable, choice;
} wholes[] = {
    {PRAXIS_PARAMETER_NEURONS, "neurons", 49, 1073741824, 961, 1001, false, false},
    {PRAXIS_PARAMETER_DEGREE_FACTOR, "degree_factor", 1, 4, 2, 3, false, false},
    {PRAXIS_PARAMETER_REPLICAS, "replicas", 1, 65536, 1, 1003, false, false},
    {PRAXIS_PARAMETER_CHANNELS, "channels", 0, 65536, 0, 1004, false, false},
    {PRAXIS_PARAMETER_INPUT_FAN_OUT, "input_fan_out", 0, 1073741824, 0, 1005, false, false},
    {PRAXIS_PARAMETER_SEED, "seed", 0, UINT64_MAX, 1, UINT64_C(9007199254740993), false, false},
    {PRAXIS_PARAMETER_FACTOR, "factor", 0, UNIT_LENGTH(factors) - 1, 0, 3, true, true},
    {PRAXIS_PARAMETER_TRACE_WINDOW, "trace_window", 1, 128, 16, 101, false, false},
    {PRAXIS_PARAMETER_TRACE_FORM, "trace_form", 0, 1, 0, 1, false, true},
    {PRAXIS_PARAMETER_CONSOLIDATION, "consolidation", 1, 128, 1, 102, false, false},
};

/* The structure with one of these changed, by the compiler and not by the table. */
static praxis_parameters changed(const struct whole *whole)
{
    praxis_parameters p = defaults();
    switch (whole->id) {
    case PRAXIS_PARAMETER_NEURONS:
        p.neurons = whole->other;
        break;
    case PRAXIS_PARAMETER_DEGREE_FACTOR:
        p.degree_factor = (uint32_t)whole->other;
        break;
    case PRAXIS_PARAMETER_REPLICAS:
        p.replicas = (uint32_t)whole->other;
        break;
    case PRAXIS_PARAMETER_CHANNELS:
        p.channels = (uint32_t)whole->other;
        break;
    case PRAXIS_PARAMETER_INPUT_FAN_OUT:
        p.input_fan_out = (uint32_t)whole->other;
        break;
    case PRAXIS_PARAMETER_SEED:
        p.seed = whole->other;
        break;
    case PRAXIS_PARAMETER_FACTOR:
        p.factor = (praxis_factor)whole->other;
        break;
    case PRAXIS_PARAMETER_TRACE_WINDOW:
        p.trace_window = (uint32_t)whole->other;
        break;
    case PRAXIS_PARAMETER_TRACE_FORM:
        p.trace_form = (praxis_trace_form)whole->other;
        break;
    default:
        p.consolidation = (uint32_t)whole->other;
    }
    return p;
}

START_TEST(wholes_are_what_they_are)
{
    size_t count = 0;
    for (int id = 0; id < PRAXIS_PARAMETER_COUNT; id++)
        count += describe(id).kind != PRAXIS_KIND_REAL;
    ck_assert_uint_eq(UNIT_LENGTH(wholes), count);
    for (size_t i = 0; i < UNIT_LENGTH(wholes); i++) {
        const struct whole *whole = &wholes[i];
        const praxis_parameter_info info = describe((int)whole->id);
        ck_assert_str_eq(info.name, whole->name);
        ck_assert_int_eq(info.kind, whole->choice ? PRAXIS_KIND_CHOICE : PRAXIS_KIND_WHOLE);
        ck_assert_uint_eq(info.whole_minimum, whole->minimum);
        ck_assert_uint_eq(info.whole_maximum, whole->maximum);
        ck_assert_uint_eq(info.whole_default, whole->initial);
        ck_assert_double_eq(info.minimum, (double)whole->minimum);
        ck_assert_double_eq(info.maximum, (double)whole->maximum);
        ck_assert_double_eq(info.default_value, (double)whole->initial);
        ck_assert_int_eq(info.settable, whole->settable);
        ck_assert_uint_gt(strlen(info.description), 10);
        ck_assert_ptr_nonnull(info.unit);
    }
}
END_TEST

/* By name each sets its own member, and no byte beside it. */
START_TEST(wholes_reach_their_members)
{
    for (size_t i = 0; i < UNIT_LENGTH(wholes); i++) {
        const struct whole *whole = &wholes[i];
        praxis_parameters p = defaults();
        const praxis_parameters expected = changed(whole);
        praxis_choice_info choice = {.struct_size = sizeof choice};
        char text[PRAXIS_PARAMETER_TEXT], back[PRAXIS_PARAMETER_TEXT];
        snprintf(text, sizeof text, "%llu", (unsigned long long)whole->other);
        if (whole->choice) {
            ck_assert_int_eq(praxis_parameter_choice(whole->id, (uint32_t)whole->other, &choice), PRAXIS_SUCCESS);
            snprintf(text, sizeof text, "%s", choice.name);
        }
        set(&p, whole->name, text);
        unit_require(memcmp(&p, &expected, sizeof p) == 0, "%s", whole->name);
        ck_assert_int_eq(praxis_parameters_get(&p, whole->name, back, sizeof back, NULL), PRAXIS_SUCCESS);
        ck_assert_str_eq(back, text);
        ck_assert_int_eq(praxis_parameters_get(&p, whole->name, back, strlen(text), NULL),
                         PRAXIS_ERROR_INVALID_ARGUMENT);
        ck_assert_int_eq(praxis_parameters_get(&p, whole->name, back, strlen(text) + 1, NULL), PRAXIS_SUCCESS);
    }
}
END_TEST

START_TEST(names_are_found)
{
    praxis_parameter found;
    for (int id = 0; id < PRAXIS_PARAMETER_COUNT; id++) {
        ck_assert_int_eq(praxis_parameter_find(describe(id).name, &found), PRAXIS_SUCCESS);
        ck_assert_int_eq((int)found, id);
    }
    ck_assert_int_eq(praxis_parameter_find("leaks", &found), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_find("lea", &found), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_find("", &found), PRAXIS_ERROR_INVALID_ARGUMENT);
}
END_TEST

static void check_choices(praxis_parameter id, const char *const *names, uint32_t count)
{
    praxis_choice_info info = {.struct_size = sizeof info};
    uint32_t found;
    for (uint32_t c = 0; c < count; c++) {
        ck_assert_int_eq(praxis_parameter_choice(id, c, &info), PRAXIS_SUCCESS);
        ck_assert_str_eq(info.name, names[c]);
        ck_assert_uint_gt(strlen(info.description), 10);
        ck_assert_int_eq(praxis_parameter_find_choice(id, names[c], &found), PRAXIS_SUCCESS);
        ck_assert_uint_eq(found, c);
    }
    ck_assert_int_eq(praxis_parameter_choice(id, count, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
}

START_TEST(choices_are_found)
{
    praxis_choice_info info = {.struct_size = sizeof info};
    uint32_t found;
    check_choices(PRAXIS_PARAMETER_FACTOR, factors, UNIT_LENGTH(factors));
    check_choices(PRAXIS_PARAMETER_TRACE_FORM, forms, UNIT_LENGTH(forms));
    const praxis_parameter none = (praxis_parameter)-1;
    ck_assert_int_eq(praxis_parameter_choice(PRAXIS_PARAMETER_LEAK, 0, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_choice(none, 0, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_find_choice(PRAXIS_PARAMETER_FACTOR, "stored", &found),
                     PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_find_choice(PRAXIS_PARAMETER_SEED, "post", &found),
                     PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_parameter_find_choice(none, "post", &found), PRAXIS_ERROR_INVALID_ARGUMENT);
}
END_TEST

/* ---- Text ---- */

/* Every real number comes back as it was, to the last bit, in the locale of the moment. */
static void check_round_trips(int rounds)
{
    uint64_t state = 11;
    for (int id = 0; id < PRAXIS_PARAMETER_COUNT; id++) {
        const praxis_parameter_info info = describe(id);
        for (int i = 0; i < rounds && info.kind == PRAXIS_KIND_REAL; i++) {
            praxis_parameters p = defaults(), q = defaults();
            char text[PRAXIS_PARAMETER_TEXT], precise[PRAXIS_PARAMETER_TEXT];
            double value = info.minimum + (info.maximum - info.minimum) * unit_uniform(&state);
            value = i % 3 ? value : ldexp(value, -(int)unit_integer(&state, 0, 300));
            value = value < info.minimum ? info.maximum : value;
            snprintf(precise, sizeof precise, "%.17g", value);
            if (strchr(precise, ','))
                *strchr(precise, ',') = '.';
            set(&p, info.name, precise);
            ck_assert_int_eq(praxis_parameters_get(&p, info.name, text, sizeof text, NULL), PRAXIS_SUCCESS);
            unit_require(!strchr(text, ',') && strlen(text) <= strlen(precise), "%s and %s", text, precise);
            set(&q, info.name, text);
            unit_require(memcmp(&p, &q, sizeof p) == 0, "%s=%s, %s", info.name, precise, text);
        }
    }
}

START_TEST(reals_round_trip)
{
    char text[PRAXIS_PARAMETER_TEXT];
    praxis_parameters p = defaults();
    check_round_trips(300);
    ck_assert_int_eq(praxis_parameters_get(&p, "learning_rate", text, sizeof text, NULL), PRAXIS_SUCCESS);
    ck_assert_str_eq(text, "0.01"); /* no more digits than it takes */
    /* A system may have no locale with a decimal comma. */
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "fr_FR"};
    for (size_t i = 0; i < UNIT_LENGTH(locales); i++)
        if (setlocale(LC_ALL, locales[i])) {
            check_round_trips(20);
            ck_assert_str_eq(setlocale(LC_ALL, NULL), locales[i]); /* and the caller's stays */
        }
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(whole_numbers_as_text)
{
    praxis_parameters p = defaults();
    set(&p, "neurons", "1e6");
    ck_assert_uint_eq(p.neurons, 1000000);
    set(&p, "neurons", "1.5e3");
    ck_assert_uint_eq(p.neurons, 1500);
    set(&p, "neurons", "00049");
    ck_assert_uint_eq(p.neurons, 49);
    set(&p, "seed", "18446744073709551615");
    ck_assert_uint_eq(p.seed, UINT64_MAX);
    set(&p, "seed", "9007199254740993");
    ck_assert_uint_eq(p.seed, UINT64_C(9007199254740993));
}
END_TEST

/* What is refused, with what is said; nothing is written. */
START_TEST(text_that_is_refused)
{
    static const struct {
        const char *name, *text, *message;
        praxis_status status;
    } wrong[] = {
        {"trace_decay", "1", "trace_decay is \"1\", must be a number from 0 to 0.999", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", "0,9", "trace_decay is \"0,9\", must be", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", "", "trace_decay is \"\", must be", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", " 0.5", "must be a number", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", "0.5 ", "must be a number", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", "0x0", "must be a number", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", "e", "must be a number", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", "nan", "trace_decay is \"nan\"", PRAXIS_ERROR_OUT_OF_RANGE},
        {"trace_decay", "1e999", "trace_decay is \"1e999\"", PRAXIS_ERROR_OUT_OF_RANGE},
        {"neurons", "48", "neurons is \"48\", must be a whole number from 49 to 1073741824", PRAXIS_ERROR_OUT_OF_RANGE},
        {"neurons", "100.5", "must be a whole number", PRAXIS_ERROR_OUT_OF_RANGE},
        {"neurons", "-49", "must be a whole number", PRAXIS_ERROR_OUT_OF_RANGE},
        {"neurons", "4294967345", "must be a whole number", PRAXIS_ERROR_OUT_OF_RANGE},
        {"replicas", "4294967297", "must be a whole number from 1 to 65536", PRAXIS_ERROR_OUT_OF_RANGE},
        {"seed", "18446744073709551616", "must be a whole number from 0 to 18446744073709551615",
         PRAXIS_ERROR_OUT_OF_RANGE},
        {"seed", "1e17", "seed is \"1e17\"", PRAXIS_ERROR_OUT_OF_RANGE},
        {"factor", "lucky", "factor is \"lucky\", must be post, centred, noise, slope", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"factor", "3", "factor is \"3\", must be", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"trace_form", "Window", "trace_form is \"Window\", must be stored or window", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"charm", "1", "there is no parameter \"charm\": it must be leak, leak_spread,", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"seeds", "1", "trace_window, trace_form", PRAXIS_ERROR_INVALID_ARGUMENT},
    };
    for (size_t i = 0; i < UNIT_LENGTH(wrong); i++) {
        struct messages messages = {.warnings = 0};
        const praxis_log log = {messages_remember, &messages};
        praxis_parameters p = defaults();
        const praxis_parameters before = p;
        ck_assert_int_eq(praxis_parameters_set(&p, wrong[i].name, wrong[i].text, &log), wrong[i].status);
        unit_require(strstr(messages.text, wrong[i].message), "%s: %s", wrong[i].message, messages.text);
        unit_require(memcmp(&p, &before, sizeof p) == 0, "%s=%s was written", wrong[i].name, wrong[i].text);
    }
}
END_TEST

/* A structure of a newer program is one; one whose size cannot be is none. */
START_TEST(structures_of_other_sizes)
{
    union {
        praxis_parameters known;
        unsigned char bytes[sizeof(praxis_parameters) + 64];
    } newer;
    char text[PRAXIS_PARAMETER_TEXT];
    memset(&newer, 0xa5, sizeof newer);
    ck_assert_int_eq(praxis_parameters_init(&newer.known, sizeof newer - 16), PRAXIS_SUCCESS);
    set(&newer.known, "trace_decay", "0.5");
    ck_assert_double_eq(newer.known.trace_decay, 0.5);
    ck_assert_int_eq(praxis_parameters_get(&newer.known, "trace_decay", text, sizeof text, NULL), PRAXIS_SUCCESS);
    for (size_t b = sizeof newer - 16; b < sizeof newer; b++)
        ck_assert_uint_eq(newer.bytes[b], 0xa5);
    newer.bytes[sizeof(praxis_parameters)] = 1; /* what this library does not have */
    ck_assert_int_eq(praxis_parameters_set(&newer.known, "trace_decay", "0.6", NULL), PRAXIS_ERROR_UNSUPPORTED);
    newer.known.struct_size = 3;
    ck_assert_int_eq(praxis_parameters_set(&newer.known, "trace_decay", "0.6", NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_double_eq(newer.known.trace_decay, 0.5);
}
END_TEST

/* ---- Living networks ---- */

START_TEST(networks_by_name)
{
    praxis_context *context = unit_context("reference");
    praxis_parameters p = defaults();
    char text[PRAXIS_PARAMETER_TEXT], before[PRAXIS_PARAMETER_TEXT];
    p.neurons = 50;
    p.seed = UINT64_C(9007199254740993);
    praxis_network *network = unit_network(context, &p);
    for (int id = 0; id < PRAXIS_PARAMETER_COUNT; id++) {
        const praxis_parameter_info info = describe(id);
        unit_success(context, praxis_network_get(network, info.name, before, sizeof before));
        ck_assert_int_eq(praxis_parameters_get(&p, info.name, text, sizeof text, NULL), PRAXIS_SUCCESS);
        ck_assert_str_eq(before, text);
        if (info.settable)
            unit_success(context, praxis_network_set(network, info.name, text));
        else
            unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "cannot be changed on a living network",
                         praxis_network_set(network, info.name, text));
    }
    unit_success(context, praxis_network_set(network, "factor", "slope"));
    ck_assert_int_eq((int)unit_info(network).factor, PRAXIS_FACTOR_SLOPE);
    double value;
    unit_success(context, praxis_network_get_parameter(network, PRAXIS_PARAMETER_FACTOR, &value));
    ck_assert_double_eq(value, PRAXIS_FACTOR_SLOPE);
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "factor is 1.5, must be a whole number from 0 to ",
                 praxis_network_set_parameter(network, PRAXIS_PARAMETER_FACTOR, 1.5));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "factor is nan",
                 praxis_network_set_parameter(network, PRAXIS_PARAMETER_FACTOR, NAN));
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "variance_floor is 1.2, must be below variance_threshold",
                 praxis_network_set(network, "variance_floor", "1.2"));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "there is no parameter \"charm\"",
                 praxis_network_set(network, "charm", "1"));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "there is no parameter \"charm\"",
                 praxis_network_get(network, "charm", text, sizeof text));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "leak as text has 4 bytes, there is room for 3",
                 praxis_network_get(network, "leak", text, 3));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Tunings ---- */

/* What is said of each number is what is taken. */
START_TEST(tunings_are_what_they_say)
{
    praxis_tuning_info info = {.struct_size = sizeof info};
    uint32_t number = 0, found;
    for (; !praxis_tuning_describe(number, &info); number++) {
        const uint64_t values[] = {info.minimum, info.maximum, info.maximum + UINT64_C(1), info.minimum - UINT64_C(1),
                                   info.maximum - 1};
        ck_assert_int_eq(praxis_tuning_find(info.name, &found), PRAXIS_SUCCESS);
        ck_assert_uint_eq(found, number);
        ck_assert_uint_gt(strlen(info.description), 10);
        ck_assert_uint_le(info.try_count, PRAXIS_TUNING_TRIES);
        for (uint32_t i = 0; i < info.try_count; i++)
            ck_assert(info.tries[i] >= info.minimum && info.tries[i] <= info.maximum &&
                      (i == 0 || info.tries[i] > info.tries[i - 1]) &&
                      !(info.power_of_two && info.tries[i] & (info.tries[i] - 1)));
        for (size_t v = 0; v < UNIT_LENGTH(values); v++) {
            struct px_tuning tuning;
            char text[64];
            bool within = values[v] >= info.minimum && values[v] <= info.maximum &&
                          !(info.power_of_two && values[v] & (values[v] - 1));
            snprintf(text, sizeof text, "%s=%llu", info.name, (unsigned long long)values[v]);
            praxis_status status = px_tuning_parse(NULL, text, &tuning);
            unit_require(status == (within ? PRAXIS_SUCCESS : PRAXIS_ERROR_OUT_OF_RANGE), "%s", text);
        }
    }
    ck_assert_uint_eq(number * sizeof(int32_t), sizeof(struct px_tuning)); /* none is missing */
    ck_assert_int_eq(praxis_tuning_find("haste", &found), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_tuning_describe(UINT32_MAX, &info), PRAXIS_ERROR_INVALID_ARGUMENT);
}
END_TEST

static Suite *parameters_suite(void)
{
    Suite *suite = suite_create("parameters");
    TCase *table = unit_case(suite, "table");
    tcase_add_test(table, wholes_are_what_they_are);
    tcase_add_test(table, wholes_reach_their_members);
    tcase_add_test(table, names_are_found);
    tcase_add_test(table, choices_are_found);
    TCase *text = unit_case(suite, "text");
    tcase_add_test(text, reals_round_trip);
    tcase_add_test(text, whole_numbers_as_text);
    tcase_add_test(text, text_that_is_refused);
    tcase_add_test(text, structures_of_other_sizes);
    TCase *uses = unit_case(suite, "uses");
    tcase_add_test(uses, networks_by_name);
    tcase_add_test(uses, tunings_are_what_they_say);
    return suite;
}

int main(void)
{
    return unit_main(parameters_suite());
}
