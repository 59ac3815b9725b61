/* SPDX-License-Identifier: MIT */
/* Opening devices and building kernels: what a user is told when it goes wrong, and the ways to override. */
#include "unit.h"

#include <sys/stat.h>

/* Every message of a context, one after the other. */
struct messages {
    char text[65536];
};

static void remember(void *user, praxis_log_level level, const char *message)
{
    struct messages *messages = user;
    (void)level;
    strncat(messages->text, message, sizeof messages->text - strlen(messages->text) - 1);
}

static praxis_status open_with(const praxis_context_options *changes, struct messages *messages,
                               praxis_context **context)
{
    praxis_context_options options = *changes;
    messages->text[0] = '\0';
    options.log = (praxis_log){remember, messages};
    return praxis_context_create(&options, context);
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
    parameters.neurons = 361;
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
    praxis_network *network = NULL;
    praxis_context_options options = defaults();
    options.kernel_directory = "/nowhere/kernels";
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_network_create(context, NULL, &network), PRAXIS_ERROR_IO);
    ck_assert_ptr_null(network);
    ck_assert_msg(strstr(messages.text, "/nowhere/kernels/prelude.cl") != NULL, "message: %s", messages.text);
    praxis_context_destroy(context);
}
END_TEST

/* A folder with the real kernels but for one that does not compile. */
static void spoil_kernels(char *folder)
{
    char command[4096];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(command, sizeof command, "cp '%s'/*.cl %s && echo 'not a kernel' > %s/clear.cl", KERNEL_DIRECTORY, folder,
             folder);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_failed_build_tells_all)
{
    struct messages messages;
    char folder[] = "/tmp/praxis-kernels-XXXXXX", command[64];
    praxis_context *context = NULL;
    praxis_network *network = NULL;
    praxis_context_options options = defaults();
    spoil_kernels(folder);
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
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(slabs_change_nothing)
{
    struct messages messages;
    praxis_context *context = NULL, *whole = unit_context(NULL);
    praxis_context_options options = defaults();
    options.max_allocation_bytes = 20000; /* some columns of 361 neurons */
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 361;
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

START_TEST(dot_product_paths)
{
    struct messages messages;
    praxis_context *context = NULL;
    praxis_context_options options = defaults();
    options.dot_product = "abacus";
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_msg(strstr(messages.text, "\"abacus\"") != NULL, "message: %s", messages.text);
    options.dot_product = "c";
    ck_assert_int_eq(open_with(&options, &messages, &context), PRAXIS_SUCCESS);
    uint64_t plain = hash_of_a_short_life(context);
    praxis_context_destroy(context);
    /* A device without the extension refuses it; one that has it computes the same. */
    options.dot_product = "khr";
    praxis_status status = open_with(&options, &messages, &context);
    if (status == PRAXIS_SUCCESS)
        ck_assert_uint_eq(hash_of_a_short_life(context), plain);
    else
        ck_assert_int_eq(status, PRAXIS_ERROR_UNSUPPORTED);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("device");
    TCase *device = unit_case(suite, "device");
    if (devices == 2) {
        tcase_add_test(device, kernels_from_a_folder);
        tcase_add_test(device, a_missing_folder_is_named);
        tcase_add_test(device, a_failed_build_tells_all);
        tcase_add_test(device, slabs_change_nothing);
        tcase_add_test(device, a_column_that_does_not_fit_is_refused);
        tcase_add_test(device, selectors);
        tcase_add_test(device, dot_product_paths);
    }
    return unit_main_on_devices(suite, devices);
}
