/* SPDX-License-Identifier: MIT */
/* What commands are made of: numbers as they are read and written, texts as JSON. */
#define _GNU_SOURCE /* setgroups */
#include <grp.h>
#include <sys/stat.h>

#include "../unit/unit.h"
#include "tool/hints.h"
#include "tool/json.h"
#include "tool/number.h"
#include "tool/utf8.h"

const char cli_program[] = "test-";

/* The item as it is printed; it is deleted. */
static void check_json(cJSON *item, const char *expected)
{
    char *text = cJSON_PrintUnformatted(item);
    ck_assert_str_eq(text, expected);
    cJSON_free(text);
    cJSON_Delete(item);
}

START_TEST(test_whole_numbers)
{
    check_json(json_count(0), "0");
    check_json(json_count((UINT64_C(1) << 53) - 1), "9007199254740991");
    check_json(json_count((UINT64_C(1) << 53) + 1), "9007199254740993");
    check_json(json_count(UINT64_MAX), "18446744073709551615");
    check_json(json_number(0), "0");
    check_json(json_number(-7), "-7");
    check_json(json_number(1e15), "1000000000000000");
    check_json(json_number(0x1p53 - 1), "9007199254740991");
    check_json(json_number(0x1p53 + 2), "9007199254740994");
}
END_TEST

START_TEST(test_other_numbers)
{
    check_json(json_number(0.1), "0.1");
    check_json(json_number(0.1 + 0.2), "0.30000000000000004");
    check_json(json_number(nextafter(1, 0)), "0.9999999999999999");
    check_json(json_number(1e300), "1e+300");
    check_json(json_number(5e-324), "4.94065645841247e-324");
    check_json(json_number(NAN), "null");
    check_json(json_number(INFINITY), "null");
    check_json(json_number(-INFINITY), "null");
}
END_TEST

/* Doubles of random bits come back as they were. */
START_TEST(test_every_double_survives)
{
    uint64_t state = 1;
    for (int i = 0; i < 100000; i++) {
        double value;
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&value, &state, sizeof value);
        if (!isfinite(value))
            continue;
        cJSON *item = json_number(value);
        ck_assert_double_eq(strtod(item->valuestring, NULL), value);
        cJSON_Delete(item);
    }
}
END_TEST

START_TEST(test_texts)
{
    check_json(json_text(""), "\"\"");
    check_json(json_text("a\"\\\t\x01"), "\"a\\\"\\\\\\t\\u0001\"");
    check_json(json_text("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\"");
    check_json(json_text("\xfc|\xc3"), "\"\xef\xbf\xbd|\xef\xbf\xbd\"");
}
END_TEST

/* Every sequence of up to three bytes, and of four where the first can begin four: is it what the code points encode?
 */
START_TEST(test_characters)
{
    for (uint32_t code = 1; code < 0x110000; code++) {
        char text[5] = {0};
        size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
        for (size_t i = 0; i < length; i++)
            text[i] = (char)((i ? 0x80 : marks[length]) | (code >> 6 * (length - 1 - i) & (i ? 0x3F : 0x7F)));
        bool surrogate = code >= 0xD800 && code < 0xE000;
        ck_assert_uint_eq(utf8_length(text), surrogate ? 0 : length);
        text[length - 1] = '\0'; /* cut short */
        ck_assert(length == 1 || utf8_length(text) == 0);
    }
    static const char *const none[] = {"\x80",
                                       "\xbf",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xe0\x80\x80",
                                       "\xe0\x9f\xbf",
                                       "\xf0\x80\x80\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xff",
                                       "\xc3(",
                                       "\xe2\x82("};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_uint_eq(utf8_length(none[i]), 0);
}
END_TEST

START_TEST(test_counts)
{
    static const struct {
        const char *text;
        uint64_t value;
        const char *rest;
    } numbers[] = {
        {"0", 0, ""},
        {"1000000", 1000000, ""},
        {"1e6", 1000000, ""},
        {"1E+6", 1000000, ""},
        {"1.5e3", 1500, ""},
        {".5e1", 5, ""},
        {"1500e-2", 15, ""},
        {"1.0", 1, ""},
        {"1.000000000000000000000000000000", 1, ""},
        {"00000000000000000000000000000000000007", 7, ""},
        {"9007199254740991", (UINT64_C(1) << 53) - 1, ""},
        {"9007199254740993", (UINT64_C(1) << 53) + 1, ""},
        {"18446744073709551615", UINT64_MAX, ""},
        {"1.8446744073709551615e19", UINT64_MAX, ""},
        {"18446744073709551615000e-3", UINT64_MAX, ""},
        {"0e99999999999999999999999", 0, ""},
        {"0e-99999999999999999999999", 0, ""},
        {"49,961", 49, ",961"},
        {"7x", 7, "x"},
        {"0x10", 0, "x10"},
        {"1_000", 1, "_000"},
        {"5e", 5, "e"},
        {"5e+", 5, "e+"},
        {"1e3e3", 1000, "e3"},
    };
    static const char *const none[] = {
        "",
        " 5",
        "+5",
        "-1",
        ".",
        "e5",
        ".e5",
        "nan",
        "inf",
        "many",
        "0.5",
        "1e-1",
        "15e-1",
        "1.5e0",
        "1e20",
        "1e400",
        "18446744073709551616",
        "18446744073709551620",
        "1e99999999999999999999999",
        "1e-99999999999999999999999",
    };
    const char *end;
    uint64_t value;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        ck_assert_msg(cli_count(numbers[i].text, &end, &value), "%s", numbers[i].text);
        ck_assert_msg(value == numbers[i].value, "%s", numbers[i].text);
        ck_assert_str_eq(end, numbers[i].rest);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(!cli_count(none[i], &end, &value), "%s", none[i]);
}
END_TEST

/* In a child: what the hint for a file says, to its standard output. Root, who may do everything, becomes another. */
static void say_hint(const char *path, FILE *said)
{
    bool root = geteuid() == 0;
    if (dup2(fileno(said), STDERR_FILENO) >= 0 &&
        (!root || (setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0)))
        hints_node(path);
    _exit(0);
}

static void check_hint(const char *path, const char *const parts[3])
{
    char text[512] = "";
    FILE *said = tmpfile();
    ck_assert_ptr_nonnull(said);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        say_hint(path, said);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    rewind(said);
    ck_assert_uint_lt(fread(text, 1, sizeof text - 1, said), sizeof text - 1);
    fclose(said);
    for (int i = 0; i < 3 && parts; i++)
        ck_assert_msg(strstr(text, parts[i]) != NULL, "\"%s\" lacks \"%s\"", text, parts[i]);
    ck_assert_msg(parts || !*text, "\"%s\"", text);
}

/* A file for a group that this user is not in, for nobody else, for all; and one that is not there. */
START_TEST(test_rights)
{
    char path[] = "/tmp/praxis-test-XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    gid_t id = getgid() ? getgid() : 1;
    const struct group *group = getgrgid(id);
    const char *name = group ? group->gr_name : "";
    ck_assert_int_eq(fchown(file, (uid_t)-1, id), 0);
    ck_assert_int_eq(fchmod(file, 0060), 0);
    check_hint(path, (const char *const[]){path, "may", name});
    ck_assert_int_eq(fchmod(file, 0), 0);
    check_hint(path, (const char *const[]){path, "cannot be read and written", ""});
    ck_assert_int_eq(fchmod(file, 0666), 0);
    check_hint(path, NULL);
    close(file);
    unlink(path);
    check_hint(path, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("command");
    TCase *tests = unit_case(suite, "parts");
    tcase_add_test(tests, test_whole_numbers);
    tcase_add_test(tests, test_other_numbers);
    tcase_add_test(tests, test_every_double_survives);
    tcase_add_test(tests, test_texts);
    tcase_add_test(tests, test_characters);
    tcase_add_test(tests, test_counts);
    tcase_add_test(tests, test_rights);
    return unit_main(suite);
}
