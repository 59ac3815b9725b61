/* SPDX-License-Identifier: MIT */
/* Opening devices and building kernels: what a user is told when it goes wrong, and the ways to override. */
#define _XOPEN_SOURCE 700
#include "kernels.h"
#include "messages.h"
#include "together.h"

#include <ctype.h>

static praxis_status open_with(const praxis_context_options *changes, struct messages *messages,
                               praxis_context **context)
{
    praxis_context_options options = *changes;
    *messages = (struct messages){.warnings = 0};
    options.log = (praxis_log){messages_remember, messages};
    /* The library's own kernels have been compiled before, others are by this context. */
    return options.kernel_directory ? together_create(&options, context) : praxis_context_create(&options, context);
}

static praxis_context_options defaults(void)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    return options;
}

static uint64_t hash_of_a_short_life(praxis_context *context)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.noise = 0.4;
    praxis_network *network = unit_network(context, &parameters);
    unit_run(context, network, 5, PRAXIS_RUN_TRACE);
    uint64_t hash = 0;
    unit_success(context, praxis_network_hash(network, &hash));
    praxis_network_destroy(network);
    return hash;
}

START_TEST(kernels_from_a_folder)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    options.kernel_directory = KERNEL_DIRECTORY;
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    praxis_context *embedded = unit_context(NULL);
    ck_assert_uint_eq(hash_of_a_short_life(context), hash_of_a_short_life(embedded));
    praxis_context_destroy(embedded);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    options.kernel_directory = "/nowhere/kernels";
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_IO);
    ck_assert_ptr_null(context);
    ck_assert_msg(strstr(messages.text, "/nowhere/kernels/dot4.cl") != NULL, "message: %s", messages.text);
}
END_TEST

/* Compilers of some drivers print what they warn of, or how often, to the standard error of whoever uses them. */
START_TEST(warnings_are_not_printed)
{
    struct messages messages;
    char warning[128], printed[4096] = "";
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    /* In a program that no driver has kept. */
    snprintf(warning, sizeof warning, "#warning of no use to users\nconstant int made_by_%ld = 1;", (long)getpid());
    char *folder = kernels_append("dot4.cl", warning);
    options.kernel_directory = folder;
    FILE *file = tmpfile();
    int error = dup(STDERR_FILENO);
    ck_assert(file != NULL && error >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    praxis_status status = open_with(&options, &messages, &context);
    praxis_network *network = NULL;
    if (!status)
        status = praxis_network_create(context, NULL, &network);
    dup2(error, STDERR_FILENO);
    close(error);
    rewind(file);
    size_t length = fread(printed, 1, sizeof printed - 1, file);
    ck_assert_msg(!status && length == 0, "%s: %s", praxis_status_string(status), printed);
    fclose(file);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    folder_remove(folder);
}
END_TEST

START_TEST(a_failed_build_tells_all)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_network *network = NULL;
    praxis_context_options options = defaults();
    char *folder = kernels_append("clear.cl", "not a kernel");
    options.kernel_directory = folder;
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_network_create(context, NULL, &network), PRAXIS_ERROR_BUILD);
    ck_assert_ptr_null(network);
    const char *const parts[] = {"device: ", "platform: ", "driver: ", "options: ", "-DPRIME=31u", "log:\n", "error"};
    for (size_t i = 0; i < UNIT_LENGTH(parts); i++)
        ck_assert_msg(strstr(messages.text, parts[i]) != NULL, "%s is missing: %s", parts[i], messages.text);
    char error[65536];
    size_t length = praxis_context_last_error(context, error, sizeof error);
    ck_assert_uint_eq(length, strlen(error));
    ck_assert_msg(strstr(messages.text, error) != NULL, "last error: %s", error);
    praxis_context_destroy(context);
    folder_remove(folder);
}
END_TEST

START_TEST(slabs_change_nothing)
{
    struct messages messages;
    praxis_context *context = NULL, *whole = unit_context(NULL);
    praxis_context_options options = defaults();
    options.max_allocation_bytes = 800; /* some columns of 49 neurons */
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    praxis_network *network = unit_network(context, &parameters);
    ck_assert_uint_gt(unit_info(network).weight_slabs, 1);
    praxis_network_destroy(network);
    ck_assert_uint_eq(hash_of_a_short_life(context), hash_of_a_short_life(whole));
    praxis_context_destroy(context);
    praxis_context_destroy(whole);
}
END_TEST

START_TEST(a_column_that_does_not_fit_is_refused)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_network *network = NULL;
    praxis_context_options options = defaults();
    options.max_allocation_bytes = 100;
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_network_create(context, NULL, &network), PRAXIS_ERROR_OUT_OF_MEMORY);
    ck_assert_msg(strstr(messages.text, "at most 100") != NULL, "message: %s", messages.text);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(selectors)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_context_options options = defaults();
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    unit_success(context, praxis_context_device(context, &info));
    praxis_context_destroy(context);

    char part[] = "      ";
    memcpy(part, info.name, 6);
    const char *const same[] = {info.selector, info.name, part};
    for (size_t i = 0; i < UNIT_LENGTH(same); i++) {
        praxis_device_info found = {.struct_size = sizeof found};
        options.device = same[i];
        ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
        unit_success(context, praxis_context_device(context, &found));
        ck_assert_str_eq(found.name, info.name);
        praxis_context_destroy(context);
    }
    const char *const wrong[] = {"opencl:99.0", "opencl:", "abacus"};
    for (size_t i = 0; i < UNIT_LENGTH(wrong); i++) {
        options.device = wrong[i];
        ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_NO_DEVICE);
        ck_assert_ptr_null(context);
        ck_assert_msg(strstr(messages.text, wrong[i]) && strstr(messages.text, info.selector), "message: %s",
                      messages.text);
    }
}
END_TEST

static const char *path_of(praxis_context *context, praxis_device_info *info)
{
    *info = (praxis_device_info){.struct_size = sizeof *info};
    unit_success(context, praxis_context_device(context, info));
    return info->dot_product;
}

START_TEST(an_unknown_path_is_answered_with_all)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    const char *const wrong[] = {"abacus", "", "none", "PTX"};
    for (size_t w = 0; w < UNIT_LENGTH(wrong); w++) {
        options.dot_product = wrong[w];
        ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_INVALID_ARGUMENT);
        ck_assert_ptr_null(context);
        praxis_dot_product_info path = {.struct_size = sizeof path};
        for (uint32_t i = 0; !praxis_dot_product_describe(i, &path); i++)
            ck_assert_msg(strstr(messages.text, path.name) != NULL, "message: %s", messages.text);
    }
    options.device = "reference";
    options.dot_product = "c";
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_UNSUPPORTED);
}
END_TEST

/* Every path computes the same, or is refused with its name and what it needs. Plain C goes everywhere. */
START_TEST(every_path_gives_the_same_bits)
{
    struct messages messages;
    praxis_context *context = unit_context("reference");
    praxis_context_options options = defaults();
    praxis_device_info info;
    uint64_t expected = hash_of_a_short_life(context);
    praxis_context_destroy(context);
    praxis_dot_product_info path = {.struct_size = sizeof path};
    for (uint32_t i = 0; !praxis_dot_product_describe(i, &path); i++) {
        bool plain = !path.need[0];
        options.dot_product = path.name;
        praxis_status status = open_with(&options, &messages, &context);
        if (status == PRAXIS_SUCCESS) {
            ck_assert_str_eq(path_of(context, &info), path.name);
            ck_assert_uint_eq(hash_of_a_short_life(context), expected);
        } else {
            ck_assert_msg(!plain && status == PRAXIS_ERROR_UNSUPPORTED && strstr(messages.text, path.name),
                          "%s: %s: %s", path.name, praxis_status_string(status), messages.text);
        }
        praxis_context_destroy(context);
    }
}
END_TEST

/* A path that compiles and is wrong, each in a way that devices are wrong. */
static const char *const wrong_products[] = {
    "#define dot4(acc, a, b) dot4(acc, a, (b).yxzw)", /* permuted lanes */
    "#define dot4(acc, a, b) dot4(acc, (a).wzyx, b)",
    "#define dot4(acc, a, b) add_sat(acc, dot4(0, a, b))",                       /* saturating */
    "#define dot4(acc, a, b) dot4(acc, max(a, (char4)-127), b)",                 /* without -128 */
    "#define dot4(acc, a, b) (dot4(acc, a, b) + ((b).x < 0 ? 256 * (a).x : 0))", /* one lane unsigned */
    "#define dot4(acc, a, b) dot4(0, a, b)",
};

START_TEST(a_wrong_path_is_found_out)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    for (size_t i = 0; i < (unit_all ? UNIT_LENGTH(wrong_products) : 3); i++) {
        char *folder = kernels_append("dot4.cl", wrong_products[i]);
        options.kernel_directory = folder;
        options.dot_product = "packed";
        ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_UNSUPPORTED);
        ck_assert_ptr_null(context);
        ck_assert_msg(strstr(messages.text, "path packed computes wrongly: ") && strstr(messages.text, "must be"),
                      "%s: %s", wrong_products[i], messages.text);
        folder_remove(folder);
    }
}
END_TEST

/* Spoils the device's first path alone: its name in capitals is what cl/dot4.cl calls it. */
static char *spoil_path(const char *path, const char *text)
{
    char condition[256], name[32];
    size_t length = strlen(path);
    for (size_t i = 0; i <= length; i++)
        name[i] = (char)toupper((unsigned char)path[i]);
    snprintf(condition, sizeof condition, "#if DOT_PRODUCT == DOT_PRODUCT_%s\n%s\n#endif", name, text);
    return kernels_append("dot4.cl", condition);
}

/* Where the first path does not build or is wrong, the next is taken with a warning, unless the first was asked for. */
START_TEST(stepping_down)
{
    static const char *const faults[][2] = {{"#error broken on purpose", "does not compile"},
                                            {"#define dot4(acc, a, b) dot4(acc, a, (b).yxzw)", "computes wrongly"}};
    struct messages messages;
    praxis_device_info info;
    praxis_context *context = unit_context(NULL);
    uint64_t expected = hash_of_a_short_life(context);
    char first[32], warning[64], next[64];
    snprintf(first, sizeof first, "%s", path_of(context, &info));
    praxis_context_destroy(context);
    for (size_t i = 0; i < UNIT_LENGTH(faults); i++) {
        praxis_context_options options = defaults();
        char *folder = spoil_path(first, faults[i][0]);
        snprintf(warning, sizeof warning, "path %s %s", first, faults[i][1]);
        options.kernel_directory = folder;
        ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
        ck_assert_str_ne(path_of(context, &info), first);
        snprintf(next, sizeof next, "going on with path %s", info.dot_product);
        ck_assert_msg(strstr(messages.text, warning) && strstr(messages.text, next), "message: %s", messages.text);
        if (i == 0 || unit_all)
            ck_assert_uint_eq(hash_of_a_short_life(context), expected);
        praxis_context_destroy(context);
        options.dot_product = first;
        ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_UNSUPPORTED);
        ck_assert_ptr_null(context);
        ck_assert_msg(strstr(messages.text, warning) && !strstr(messages.text, "going on"), "message: %s",
                      messages.text);
        folder_remove(folder);
    }
}
END_TEST

START_TEST(no_path_left)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    char *folder = kernels_append("dot4.cl", wrong_products[0]);
    options.kernel_directory = folder;
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_UNSUPPORTED);
    ck_assert_ptr_null(context);
    ck_assert_msg(strstr(messages.text, "path c computes wrongly") &&
                      strstr(messages.text, "path packed computes wrongly"),
                  "message: %s", messages.text);
    folder_remove(folder);
}
END_TEST

/* No path can help a device that is wrong about wide products or remainders. */
START_TEST(wrong_arithmetic_is_found_out)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    const struct {
        const char *edit, *message;
    } faults[] = {
        {"s/wide >> 32/wide >> 31/", "upper half of the product"},
        {"s/1L << 30/1L << 29/", "rounded product"},
        {"s/(ulong)MULTIPLIER/(ulong)(MULTIPLIER - 1)/", "upper half of a multiple"},
        {"s/% DIVISOR/% (DIVISOR + 1)/", "remainder"},
    };
    for (size_t i = 0; i < UNIT_LENGTH(faults); i++) {
        char *folder = kernels_edit("confirm.cl", faults[i].edit);
        options.kernel_directory = folder;
        ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_DEVICE);
        ck_assert_ptr_null(context);
        ck_assert_msg(strstr(messages.text, faults[i].message) && strstr(messages.text, "driver "), "message: %s",
                      messages.text);
        folder_remove(folder);
    }
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("device");
    TCase *device = unit_case(suite, "device");
    if (devices == 2) {
        tcase_add_test(device, kernels_from_a_folder);
        tcase_add_test(device, a_missing_folder_is_named);
        tcase_add_test(device, warnings_are_not_printed);
        tcase_add_test(device, a_failed_build_tells_all);
        tcase_add_test(device, slabs_change_nothing);
        tcase_add_test(device, a_column_that_does_not_fit_is_refused);
        tcase_add_test(device, selectors);
        tcase_add_test(device, an_unknown_path_is_answered_with_all);
        tcase_add_test(device, every_path_gives_the_same_bits);
        tcase_add_test(device, a_wrong_path_is_found_out);
        tcase_add_test(device, stepping_down);
        tcase_add_test(device, no_path_left);
        tcase_add_test(device, wrong_arithmetic_is_found_out);
    }
    return unit_main_on_devices(suite, devices);
}
