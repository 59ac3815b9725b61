/* SPDX-License-Identifier: MIT */
/* Which devices a text asks for, of a list that is made here. */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include "messages.h"
#include "wishes.h"

static const praxis_device_info devices[] = {
    {.selector = "opencl:1.0", .name = "llvmpipe (LLVM 19.1.7, 256 bits)", .platform = "rusticl", .usable = 1},
    {.selector = "opencl:2.0", .name = "One, Two", .platform = "Some", .usable = 0},
    {.selector = "opencl:0.0", .name = "A processor", .platform = "Language, portable", .usable = 1},
};

static const struct {
    const char *text;
    uint32_t count;
    const char *names[3];
} texts[] = {
    {"opencl:0.0", 1, {"opencl:0.0"}},
    {"opencl:0.0,opencl:1.0", 2, {"opencl:0.0", "opencl:1.0"}},
    {" A processor ,\tllvm, reference ", 3, {"A processor", "llvm", "reference"}},
    {"llvmpipe (LLVM 19.1.7, 256 bits)", 1, {"llvmpipe (LLVM 19.1.7, 256 bits)"}},
    {"llvm 19.1.7, 256", 1, {"llvm 19.1.7, 256"}},
    {"Language, portable", 1, {"Language, portable"}},
    {"llvmpipe (LLVM 19.1.7, 256 bits),reference", 3, {"llvmpipe (LLVM 19.1.7", "256 bits)", "reference"}},
    {"One, Two", 2, {"One", "Two"}}, /* which cannot be used */
};

START_TEST(texts_are_devices)
{
    struct px_wishes wishes;
    ck_assert_int_eq(px_wishes_read(NULL, texts[_i].text, devices, UNIT_LENGTH(devices), &wishes), PRAXIS_SUCCESS);
    ck_assert_uint_eq(wishes.count, texts[_i].count);
    for (uint32_t i = 0; i < wishes.count; i++)
        ck_assert_str_eq(wishes.names[i], texts[_i].names[i]);
    px_wishes_free(&wishes);
}
END_TEST

START_TEST(devices_are_found)
{
    ck_assert_str_eq(px_wish_find(devices, UNIT_LENGTH(devices), NULL)->selector, "opencl:1.0");
    ck_assert_str_eq(px_wish_find(devices, UNIT_LENGTH(devices), "")->selector, "opencl:1.0");
    ck_assert_str_eq(px_wish_find(devices, UNIT_LENGTH(devices), "OpenCL:0.0")->selector, "opencl:0.0");
    ck_assert_str_eq(px_wish_find(devices, UNIT_LENGTH(devices), "PROC")->selector, "opencl:0.0");
    ck_assert_str_eq(px_wish_find(devices, UNIT_LENGTH(devices), "19.1.7, 2")->selector, "opencl:1.0");
    ck_assert_ptr_null(px_wish_find(devices, UNIT_LENGTH(devices), "opencl:2.0"));
    ck_assert_ptr_null(px_wish_find(devices, UNIT_LENGTH(devices), "Two"));
    ck_assert_ptr_null(px_wish_find(NULL, 0, NULL));
}
END_TEST

START_TEST(nothing_between_commas)
{
    struct px_wishes wishes;
    static struct messages messages;
    struct px_log log;
    px_log_open(&log, &(praxis_log){messages_remember, &messages});
    ck_assert_int_eq(px_wishes_read(&log, "llvm, ,llvm", devices, 3, &wishes), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(messages.text, "device 2 in \"llvm, ,llvm\" has no name"));
    px_wishes_free(&wishes);
    px_log_close(&log);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wishes");
    TCase *wishes = unit_case(suite, "wishes");
    tcase_add_loop_test(wishes, texts_are_devices, 0, UNIT_LENGTH(texts));
    tcase_add_test(wishes, devices_are_found);
    tcase_add_test(wishes, nothing_between_commas);
    return unit_main(suite);
}
