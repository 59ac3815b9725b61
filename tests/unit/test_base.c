/* SPDX-License-Identifier: MIT */
/* Of the base room: hash, sizes, log. Uses internals of the library. */
#include "unit.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/size.h"

START_TEST(hash)
{
    /* From the FNV reference's test vectors, FNV-1a of 64 bits. */
    ck_assert_uint_eq(px_hash_bytes(PX_HASH_START, "", 0), UINT64_C(0xcbf29ce484222325));
    ck_assert_uint_eq(px_hash_bytes(PX_HASH_START, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
    ck_assert_uint_eq(px_hash_bytes(PX_HASH_START, "foobar", 6), UINT64_C(0x85944171f73967e8));
    const unsigned char bytes[8] = {0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01};
    for (int n = 1; n <= 8; n++)
        ck_assert_uint_eq(px_hash_integer(PX_HASH_START, UINT64_C(0x0123456789abcdef), n),
                          px_hash_bytes(PX_HASH_START, bytes, (size_t)n));
}
END_TEST

START_TEST(sizes)
{
    ck_assert_uint_eq(px_multiply(0, UINT64_MAX), 0);
    ck_assert_uint_eq(px_multiply(UINT64_MAX, 0), 0);
    ck_assert_uint_eq(px_multiply(UINT64_MAX, 1), UINT64_MAX);
    ck_assert_uint_eq(px_multiply(UINT32_MAX, UINT32_MAX), UINT64_C(0xfffffffe00000001));
    ck_assert_uint_eq(px_multiply(UINT64_C(1) << 32, UINT64_C(1) << 32), UINT64_MAX);
    ck_assert_uint_eq(px_multiply(3, UINT64_MAX / 3 + 1), UINT64_MAX);
    ck_assert_uint_eq(px_add(UINT64_MAX, 1), UINT64_MAX);
    ck_assert_uint_eq(px_add(UINT64_MAX - 1, 1), UINT64_MAX);
    ck_assert_uint_eq(px_add(2, 3), 5);
    ck_assert_uint_eq(px_divide_up(0, 7), 0);
    ck_assert_uint_eq(px_divide_up(14, 7), 2);
    ck_assert_uint_eq(px_divide_up(15, 7), 3);
    ck_assert_uint_eq(px_divide_up(UINT64_MAX, 2), UINT64_C(1) << 63);
    ck_assert_uint_eq(px_round_up(65, 64), 128);
    ck_assert_uint_eq(px_round_up(64, 64), 64);
    ck_assert_uint_eq(px_to_size(5), 5);
    ck_assert_uint_eq(px_to_size(SIZE_MAX), SIZE_MAX);
    ck_assert_uint_eq(px_to_size(UINT64_MAX), SIZE_MAX);
    ck_assert_uint_eq(px_to_size((UINT64_C(1) << 32) + 5), SIZE_MAX > UINT32_MAX ? (UINT64_C(1) << 32) + 5 : SIZE_MAX);
}
END_TEST

START_TEST(zeros)
{
    /* Products that would be a few bytes if they wrapped around in 64 bits, or in 32. */
    ck_assert_ptr_null(px_zeros(UINT64_C(1) << 32, UINT64_C(1) << 32));
    ck_assert_ptr_null(px_zeros((UINT64_C(1) << 63) + 2, 2));
    ck_assert_ptr_null(px_zeros(UINT64_MAX, 1));
    if (SIZE_MAX == UINT32_MAX)
        ck_assert_ptr_null(px_zeros((UINT64_C(1) << 31) + 2, 2));
    const uint64_t counts[] = {0, 1, 4099}, each[] = {3, 0, 8};
    for (int i = 0; i < 3; i++) {
        unsigned char *memory = px_zeros(counts[i], each[i]);
        ck_assert_ptr_nonnull(memory);
        for (uint64_t b = 0; b < counts[i] * each[i]; b++)
            ck_assert_uint_eq(memory[b], 0);
        free(memory);
    }
}
END_TEST

struct heard {
    int count;
    praxis_log_level level;
    char text[64];
};

static void hear(void *user, praxis_log_level level, const char *message)
{
    struct heard *heard = user;
    heard->count++;
    heard->level = level;
    snprintf(heard->text, sizeof heard->text, "%s", message);
}

START_TEST(log_keeps_the_last_failure)
{
    struct heard heard = {0};
    const praxis_log sink = {hear, &heard};
    struct px_log log;
    char text[32];
    px_log_open(&log, &sink);
    memset(text, '#', sizeof text);
    ck_assert_uint_eq(px_log_last_error(&log, text, sizeof text), 0);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(px_fail(&log, PRAXIS_ERROR_IO, "no %s %d", "file", 7), PRAXIS_ERROR_IO);
    ck_assert_int_eq((int)heard.level, PRAXIS_LOG_ERROR);
    px_message(&log, PRAXIS_LOG_INFO, "%s", "chatter");
    ck_assert_str_eq(heard.text, "chatter");
    ck_assert_int_eq((int)heard.level, PRAXIS_LOG_INFO);
    ck_assert_int_eq(heard.count, 2);
    ck_assert_uint_eq(px_log_last_error(&log, text, sizeof text), 9);
    ck_assert_str_eq(text, "no file 7");
    memset(text, '#', sizeof text);
    ck_assert_uint_eq(px_log_last_error(&log, text, 4), 9); /* cut, and the length is the whole one's */
    ck_assert_str_eq(text, "no ");
    ck_assert_int_eq(text[4], '#');
    ck_assert_uint_eq(px_log_last_error(&log, NULL, 0), 9);
    px_log_close(&log);
    ck_assert_int_eq(px_fail(NULL, PRAXIS_ERROR_DEVICE, "nobody hears"), PRAXIS_ERROR_DEVICE);
    px_message(NULL, PRAXIS_LOG_ERROR, "nobody hears");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *rest = unit_case(suite, "hash, sizes, log");
    tcase_add_test(rest, hash);
    tcase_add_test(rest, sizes);
    tcase_add_test(rest, zeros);
    tcase_add_test(rest, log_keeps_the_last_failure);
    return unit_main(suite);
}
