/* SPDX-License-Identifier: MIT */
/* What praxis-bench makes of its measurements, against known answers. */
#include "../unit/unit.h"
#include "../../bench/box.h"
#include "../../bench/difference.h"
#include "../../bench/figure.h"
#include "../../bench/result.h"
#include "../../bench/schema.h"
#include "../../bench/series.h"
#include "tool/clock.h"
#include "tool/statistics.h"

const char cli_program[] = "test-";

START_TEST(test_summaries)
{
    double odd[] = {9, 1, 5, 3, 7}, even[] = {4, 1, 3, 2}, one[] = {6};
    struct sample sample = statistics_summarise(odd, 5);
    ck_assert_double_eq(sample.minimum, 1);
    ck_assert_double_eq(sample.lower_quartile, 3);
    ck_assert_double_eq(sample.median, 5);
    ck_assert_double_eq(sample.upper_quartile, 7);
    ck_assert_double_eq(sample.maximum, 9);
    ck_assert_double_eq(sample.rounds, 5);
    ck_assert_uint_eq(sample.value_count, 5);
    ck_assert_mem_eq(sample.values, odd, sizeof odd); /* as they came */
    sample = statistics_summarise(even, 4);
    ck_assert_double_eq(sample.median, 2.5);
    ck_assert_double_eq(sample.lower_quartile, 1.75);
    ck_assert_double_eq(sample.upper_quartile, 3.25);
    sample = statistics_summarise(one, 1);
    ck_assert_double_eq(sample.median, 6);
    ck_assert_double_eq(sample.lower_quartile, 6);
    ck_assert_double_eq(sample.maximum, 6);
    sample = statistics_summarise(one, 0);
    ck_assert(isnan(sample.median) && isnan(sample.minimum) && isnan(sample.upper_quartile));
    ck_assert_double_eq(sample.rounds, 0);
}
END_TEST

START_TEST(test_rates)
{
    double seconds[] = {1, 2, 4};
    struct sample times = statistics_summarise(seconds, 3), rates = statistics_rate(&times, 8);
    ck_assert_double_eq(rates.minimum, 2);
    ck_assert_double_eq(rates.median, 4);
    ck_assert_double_eq(rates.maximum, 8);
    ck_assert(rates.lower_quartile <= rates.median && rates.median <= rates.upper_quartile);
    ck_assert_uint_eq(rates.value_count, 3);
    ck_assert_double_eq(rates.values[0], 8);
    ck_assert_double_eq(rates.values[2], 2);
}
END_TEST

START_TEST(test_slopes)
{
    double x[] = {1, 2, 3, 4}, line[] = {5, 3, 1, -1}, bent[] = {1, 3, 2, 5}, same[] = {2, 2, 2, 2};
    ck_assert_double_eq_tol(statistics_slope(x, line, 4), -2, 1e-12);
    ck_assert_double_eq_tol(statistics_slope(x, bent, 4), 1.1, 1e-12); /* 5.5 / 5 by hand */
    ck_assert(isnan(statistics_slope(same, line, 4)));
    ck_assert(isnan(statistics_slope(x, line, 1)));
    ck_assert(isnan(statistics_slope(x, line, 0)));
}
END_TEST

/* Networks whose tick takes `unit` N^1.5 seconds, one of them with k = 3 and one too small to count, both out of line.
 */
START_TEST(test_growth)
{
    static const double sizes[] = {961, 109561, 109561, 316969, 1038361};
    struct result *result = schema_create();
    struct result_device *device = &result->devices[0];
    for (size_t i = 0; i < 5; i++) {
        struct result_network *network = &device->networks[device->network_count++];
        network->neurons = sizes[i];
        network->degree_factor = i == 2 ? 3 : 2;
        network->inference.median = i == 0 || i == 2 ? 1 : 1e-11 * pow(sizes[i], 1.5);
    }
    result_derive_device(device);
    ck_assert_double_eq_tol(device->growth.exponent, 1.5, 1e-9);
    ck_assert_double_eq(device->growth.sizes, 3);
    ck_assert_double_eq(device->growth.from_neurons, 109561);
    ck_assert_double_eq(device->growth.to_neurons, 1038361);
    ck_assert_double_eq(device->summary.exponent, device->growth.exponent);
    ck_assert_double_eq(device->summary.large_neurons, 1038361);
    ck_assert(isnan(device->summary.middle_neurons)); /* 961 and 109561 are more than ten times off */
    ck_assert(isnan(device->summary.learning_neurons));
    free(result);
}
END_TEST

START_TEST(test_ratios)
{
    struct result *result = schema_create();
    struct result_network *network = &result->devices[0].networks[0];
    network->synapses = 1e9;
    network->inference.median = 0.5;
    network->modulated_16.median = 0.7;
    network->read_stream = 4e9;
    network->copy_stream = 8e9;
    network->csr.seconds.median = 5;
    result_derive_network(network);
    ck_assert_double_eq(network->operations_per_second, 2e9);
    ck_assert_double_eq(network->share_of_read, 0.5);
    ck_assert_double_eq(network->operations_per_copied, 0.25);
    ck_assert_double_eq(network->modulated_16_ratio, 1.4);
    ck_assert_double_eq(network->csr.ratio, 10);
    ck_assert(isnan(network->clblast.ratio) && isnan(network->traces_ratio));
    free(result);
}
END_TEST

/* The larger networks are measured first here, and one of the smaller ones not. */
START_TEST(test_loops)
{
    static const double shapes[][3] = {{961, 1, 0.25}, {361, 20, 0.5}, {961, 20, 1}, {361, 1, 0.125}};
    struct result *result = schema_create();
    struct result_device *device = &result->devices[0];
    for (size_t i = 0; i < 4; i++) {
        struct result_loop *loop = &device->loops[device->loop_count++];
        loop->neurons = shapes[i][0];
        loop->replicas = shapes[i][1];
        loop->step.median = shapes[i][2];
        loop->calls.median = 1;
        result_derive_loop(loop);
    }
    result_derive_device(device);
    ck_assert_double_eq(device->loops[1].steps_each, 2);
    ck_assert_double_eq(device->loops[1].steps_total, 40);
    ck_assert_double_eq(device->loops[1].calls_ratio, 2);
    ck_assert_double_eq(device->summary.loop_neurons, 361);
    ck_assert_double_eq(device->summary.steps_1, 8);
    ck_assert_double_eq(device->summary.steps_20, 40);
    ck_assert(isnan(device->summary.steps_100));
    free(result);
}
END_TEST

/* Of a form that there is not, nothing follows. */
START_TEST(test_forms)
{
    struct result *result = schema_create();
    struct result_form *forms = result->devices[0].forms;
    forms[0].launched.median = 8;
    forms[0].persistent.median = 4;
    forms[1].launched.median = 8;
    for (size_t i = 0; i < 2; i++)
        result_derive_form(&forms[i]);
    ck_assert_double_eq(forms[0].persistent_ratio, 0.5);
    ck_assert(isnan(forms[1].persistent_ratio));
    free(result);
}
END_TEST

/* The time of the code under test: it passes where work is done and nowhere else. All steps are sums of powers of two,
 * so that what is measured is exact. */
#define UNIT (1.0 / 8192)

static double now;

double clock_now(void)
{
    return now;
}

/* Work that takes `cost` each time, and `growth` more in every later call. */
struct counted {
    double cost, growth;
    uint64_t calls, times, fail_after;
};

static bool count(void *work, uint64_t times)
{
    struct counted *counted = work;
    counted->calls++;
    counted->times += times;
    now += counted->cost * (double)times;
    counted->cost += counted->growth;
    return counted->calls <= counted->fail_after;
}

static bool lead(void *work)
{
    (void)work;
    now += 1000;
    return true;
}

/* Once to warm up; 4, 8 and 16 times until a quarter of the time wanted is taken; then as often as fills it, in fours.
 */
START_TEST(test_series)
{
    struct counted good = {UNIT, 0, 0, 0, 1000}, broken = {UNIT, 0, 0, 0, 4};
    struct series series[] = {{.run = count, .lead = lead, .work = &good, .step = 4, .most = 1000},
                              {.run = count, .work = &broken, .step = 1, .most = 1000}};
    const struct series_settings settings = {.seconds = 50 * UNIT, .budget = 1000, .rounds = 7};
    series_measure(series, 2, &settings);
    ck_assert_int_eq(series[0].count, 7);
    ck_assert_uint_eq(series[0].times, 52);
    ck_assert_uint_eq(good.calls, 1 + 3 + 7);
    ck_assert_uint_eq(good.times, 1 + 4 + 8 + 16 + 7 * 52);
    ck_assert_double_eq(series[0].spent, 7 * 52 * UNIT);
    ck_assert_double_eq(series_seconds(&series[0]).minimum, UNIT); /* and no second of what leads there */
    ck_assert_double_eq(series_seconds(&series[0]).maximum, UNIT);
    ck_assert(series[1].failed && isnan(series_seconds(&series[1]).median));
    series_measure(series, 1, &settings); /* rounds add up */
    ck_assert_int_eq(series[0].count, 14);
}
END_TEST

/* Each value is that of its own round. Until the first round there are the call that warms up and that of 64 times. */
START_TEST(test_series_of_work_that_slows_down)
{
    struct counted slowing = {UNIT, UNIT, 0, 0, 1000};
    struct series series = {.run = count, .work = &slowing, .step = 64, .most = 64};
    const struct series_settings settings = {.seconds = UNIT, .budget = 1000, .rounds = 5};
    series_measure(&series, 1, &settings);
    ck_assert_int_eq(series.count, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_double_eq(series.values[i], (3 + i) * UNIT);
    ck_assert_double_eq(series_seconds(&series).median, 5 * UNIT);
    ck_assert_double_eq(series_seconds(&series).rounds, 5);
}
END_TEST

START_TEST(test_series_too_short_for_the_clock)
{
    struct counted instant = {0, 0, 0, 0, 1000};
    struct series series = {.run = count, .work = &instant, .step = 4, .most = 1000};
    const struct series_settings settings = {.seconds = UNIT, .budget = 1000, .rounds = 3};
    series_measure(&series, 1, &settings);
    ck_assert_uint_eq(series.times, 1000);
    ck_assert_int_eq(series.count, 3);
    ck_assert_double_eq(series_seconds(&series).maximum, 0);
}
END_TEST

START_TEST(test_budget)
{
    struct counted slow = {UNIT, 0, 0, 0, 1000}, patient = slow;
    struct series series = {.run = count, .work = &slow, .step = 100, .most = 1000};
    const struct series_settings settings = {.seconds = 20 * UNIT, .budget = 50 * UNIT, .rounds = 9};
    series_measure(&series, 1, &settings); /* the run that calibrates takes more than the budget, and counts */
    ck_assert_int_eq(series.count, 1);
    ck_assert_uint_eq(slow.calls, 2);
    ck_assert_double_eq(series_seconds(&series).median, UNIT);
    series = (struct series){.run = count, .work = &patient, .step = 20, .most = 1000};
    series_measure(&series, 1, &settings); /* the third round passes the budget, and is the last */
    ck_assert_int_eq(series.count, 3);
    ck_assert_double_eq(series.spent, 60 * UNIT);
}
END_TEST

START_TEST(test_figures)
{
    static const struct {
        double value;
        const char *text, *round;
    } cases[] = {
        {0, "0.00", "0"},
        {0.00012, "0.00012", "0.00012"},
        {0.7, "0.700", "0.7"},
        {0.9999, "1.00", "1"},
        {5, "5.00", "5"},
        {99.94, "99.9", "99.9"},
        {100.4, "100", "100"},
        {9999, "9999", "10 k"},
        {10609, "10 609", "10.6 k"},
        {2e6, "2 000 000", "2 M"},
        {5e10, "50 000 000 000", "50 G"},
    };
    char text[FIGURE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_str_eq(figure(text, cases[i].value), cases[i].text);
        ck_assert_str_eq(figure_round(text, cases[i].value), cases[i].round);
    }
    ck_assert_str_eq(figure(text, NAN), "-");
    ck_assert_str_eq(figure_si(text, NAN), "-");
    ck_assert_uint_lt(strlen(figure(text, -1e300)), FIGURE);
}
END_TEST

/* A card is known by its name and its memory, and by nothing that is like them. */
START_TEST(test_sheets)
{
    static const struct {
        const char *name, *board;
        double gigabytes, bytes_per_second; /* 0: not known */
    } cases[] = {
        {"NVIDIA H200", "", 150.1, 4.8e12},
        {"NVIDIA A100-SXM4-40GB", "", 42.4, 1.555e12},
        {"gfx1100", "AMD Radeon RX 7900 XTX", 25.75, 960e9},
        {"Intel(R) Arc(TM) A770 Graphics", "", 16.2, 560e9},
        {"Intel(R) Arc(TM) A770 Graphics", "", 8.1, 0}, /* the same name, another memory */
        {"NVIDIA H200", "", 18, 0},                     /* a slice of one */
        {"NVIDIA H200 MIG 1g.18gb", "", 18, 0},
        {"NVIDIA GeForce RTX 4090 Laptop GPU", "", 17.2, 0},
        {"NVIDIA GeForce RTX 4090", "", NAN, 0},
        {"NVIDIA H20", "", 141, 0},
        {"", "", 141, 0},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        struct result *result = schema_create();
        struct result_device *device = &result->devices[0];
        strcpy(device->name, cases[i].name);
        strcpy(device->board, cases[i].board);
        device->memory_bytes = cases[i].gigabytes * 1e9;
        device->streams.read.median = cases[i].bytes_per_second / 2;
        result_derive_device(device);
        const struct result_sheet *sheet = &device->data_sheet;
        ck_assert(cases[i].bytes_per_second > 0 ? sheet->bytes_per_second == cases[i].bytes_per_second
                                                : isnan(sheet->bytes_per_second));
        ck_assert(cases[i].bytes_per_second > 0 ? sheet->read_share == 0.5 : isnan(sheet->read_share));
        ck_assert_int_eq(*sheet->card != '\0', cases[i].bytes_per_second > 0);
        ck_assert(!*sheet->source || strncmp(sheet->source, "https://", 8) == 0);
        ck_assert_uint_lt(strlen(sheet->source), RESULT_TEXT - 1); /* not cut */
        free(result);
    }
}
END_TEST

/* ---- Reports ---- */

static struct sample sample_of(double low, double median, double high, double rounds)
{
    return (struct sample){.lower_quartile = low, .median = median, .upper_quartile = high, .rounds = rounds};
}

START_TEST(test_verdicts)
{
    struct sample before = sample_of(9, 10, 11, 5), close = sample_of(11, 12, 13, 5), less = sample_of(5, 6, 8.9, 5);
    struct sample more = sample_of(11.1, 12, 13, 5), few = sample_of(1, 1, 1, 2), none = sample_of(NAN, NAN, NAN, 0);
    struct sample wide = sample_of(1, 10, 100, 3);
    ck_assert_int_eq(difference_of(&before, &close, false), DIFFERENCE_NOISE); /* quartiles that touch overlap */
    ck_assert_int_eq(difference_of(&close, &before, true), DIFFERENCE_NOISE);
    ck_assert_int_eq(difference_of(&before, &wide, true), DIFFERENCE_NOISE); /* one within the other */
    ck_assert_int_eq(difference_of(&wide, &before, true), DIFFERENCE_NOISE);
    ck_assert_int_eq(difference_of(&before, &more, false), DIFFERENCE_WORSE);
    ck_assert_int_eq(difference_of(&before, &more, true), DIFFERENCE_BETTER);
    ck_assert_int_eq(difference_of(&before, &less, false), DIFFERENCE_BETTER);
    ck_assert_int_eq(difference_of(&before, &less, true), DIFFERENCE_WORSE);
    ck_assert_int_eq(difference_of(&before, &few, true), DIFFERENCE_FEW);
    ck_assert_int_eq(difference_of(&none, &before, true), DIFFERENCE_FEW);
}
END_TEST

static struct result *devices_named(const char *const *names, size_t count)
{
    struct result *result = schema_create();
    for (size_t i = 0; i < count; i++)
        strcpy(result->devices[result->device_count++].name, names[i]);
    return result;
}

START_TEST(test_partners)
{
    struct result *three = devices_named((const char *const[]){"A", "B", "A"}, 3);
    struct result *two = devices_named((const char *const[]){"A", "A"}, 2);
    struct result *one = devices_named((const char *const[]){"C"}, 1);
    struct result *other = devices_named((const char *const[]){"D"}, 1);
    ck_assert_ptr_eq(difference_partner(three, 0, two), &two->devices[0]);
    ck_assert_ptr_eq(difference_partner(three, 2, two), &two->devices[1]); /* the second of that name */
    ck_assert_ptr_null(difference_partner(three, 1, two));
    ck_assert_ptr_eq(difference_partner(two, 1, three), &three->devices[2]);
    ck_assert_ptr_null(difference_partner(three, 0, one));
    ck_assert_ptr_eq(difference_partner(one, 0, other), &other->devices[0]); /* of two machines with one device each */
    free(three);
    free(two);
    free(one);
    free(other);
}
END_TEST

/* Two sizes, of which one alone was measured before, with another k, too. */
START_TEST(test_differences)
{
    struct result *before = schema_create(), *after = schema_create();
    struct result_device *old = &before->devices[0], *new = &after->devices[0];
    new->network_count = old->network_count = 2;
    new->networks[0].neurons = old->networks[0].neurons = old->networks[1].neurons = 961;
    new->networks[1].neurons = 10609;
    new->networks[0].degree_factor = old->networks[1].degree_factor = 2;
    old->networks[0].degree_factor = 3;
    new->networks[0].inference = new->networks[1].inference = sample_of(1e-6, 2e-6, 3e-6, 9);
    old->networks[0].inference = sample_of(7e-6, 7e-6, 7e-6, 9);
    old->networks[1].inference = sample_of(4e-6, 8e-6, 9e-6, 9);
    new->streams.read = sample_of(5e9, 5e9, 6e9, 9);
    old->streams.read = sample_of(10e9, 10e9, 12e9, 9);
    new->networks[0].csr.seconds = sample_of(1, 1, 1, 9); /* not measured before */
    struct difference *difference = difference_create(old, new);
    const struct grid *grid = difference_grid(difference);
    char text[GRID_TEXT];
    static const char *const rows[2][11] = {{"streams, read", "-", "-", "-", "GB/s", "10.0", "10.0 \342\200\223 12.0",
                                             "5.00", "5.00 \342\200\223 6.00", "0.500", "worse"},
                                            {"networks, inference", "961", "2", "-", "\302\265s", "8.00",
                                             "4.00 \342\200\223 9.00", "2.00", "1.00 \342\200\223 3.00", "4.00",
                                             "better"}};
    ck_assert_uint_eq(grid->rows, 2);
    ck_assert_uint_eq(grid->columns, 11);
    for (size_t i = 0; i < 22; i++)
        ck_assert_str_eq(grid_text(text, &grid->cells[i]), rows[i / 11][i % 11]);
    difference_free(difference);
    free(before);
    free(after);
}
END_TEST

/* Everything known, all texts as long as they can be, of characters of two bytes. */
START_TEST(test_box)
{
    struct result *result = schema_create();
    struct result_device *device = &result->devices[0];
    char long_text[RESULT_TEXT] = "", line[512];
    for (size_t i = 0; i + 2 < RESULT_TEXT; i += 2)
        strcat(long_text, "\xc3\xbc");
    char *const texts[] = {
        device->name,         device->type,           device->vendor,          device->platform, device->driver,
        device->dot_product,  device->selector,       device->version,         result->praxis,   result->machine.cpu,
        result->machine.date, result->machine.system, result->machine.compiler};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        strcpy(texts[i], long_text);
    for (size_t i = 0; i < 3; i++) {
        struct result_network *network = &device->networks[device->network_count++];
        *network = (struct result_network){.neurons = i == 0 ? 1e6 : i == 1 ? 1e5 : 1e4, .degree_factor = 2};
        network->synapses = 1e9;
        network->inference = network->traces = network->modulated_16 = network->modulated = sample_of(1, 1, 1, 9);
        network->clblast.seconds = network->csr.seconds = network->openblas.seconds = sample_of(1, 1, 1, 9);
        network->read_stream = network->copy_stream = 1e9;
        result_derive_network(network);
    }
    device->networks[0].inference_energy = device->networks[0].learning_energy =
        (struct result_energy){123.4e-12, 700, 1980, 3201, 41, 2};
    device->sensors.idle_watts = device->sensors.limit_watts = 700;
    device->networks[0].consolidated_ratio = 12.34;
    strcpy(device->sensors.missing, long_text);
    device->streams.read = device->streams.copy = device->streams.triad = sample_of(1e9, 1e9, 1e9, 9);
    device->start.first = device->start.second = sample_of(1, 1, 1, 9);
    device->small[0] = (struct result_small){.neurons = 961, .replicas = 1, .inference = sample_of(1, 1, 1, 9)};
    device->loops[0] = (struct result_loop){.neurons = 361, .replicas = 1, .step = sample_of(1, 1, 1, 9)};
    device->small_count = device->loop_count = 1;
    result_derive_small(&device->small[0]);
    result_derive_loop(&device->loops[0]);
    result_derive_device(device);
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    box_write(file, result, device, "> ");
    rewind(file);
    int lines = 0, wide = 0, whole = 0;
    while (fgets(line, sizeof line, file)) {
        int characters = 0;
        for (const char *c = line; *c; c++)
            characters += (*c & 0xc0) != 0x80;
        whole += strstr(line, ", consolidated 12.3 ") || strstr(line, ", 1980 MHz, 41.0 C ");
        wide = lines++ ? wide : characters;
        ck_assert_int_eq(characters, wide);
        ck_assert_int_eq(strncmp(line, lines == 1 ? "> +" : "> ", lines == 1 ? 3 : 2), 0);
    }
    ck_assert_int_eq(whole, 2); /* lines that end in these are not cut */
    ck_assert_int_ge(lines, 15);
    ck_assert_int_le(lines, BOX_LINES);
    fclose(file);
    free(result);
}
END_TEST

START_TEST(test_texts)
{
    char text[RESULT_TEXT], longer[2 * RESULT_TEXT] = "";
    result_text(text, "a\tb\x7f\xc3\xbc\xff\xe2\x82");
    ck_assert_str_eq(text, "a b \xc3\xbc???");
    for (size_t i = 0; i < RESULT_TEXT - 2; i++)
        longer[i] = 'x';
    strcpy(longer + RESULT_TEXT - 2, "\xc3\xbc");
    result_text(text, longer); /* half a character does not fit, so none of it is there */
    ck_assert_uint_eq(strlen(text), RESULT_TEXT - 2);
    ck_assert_int_eq(text[RESULT_TEXT - 3], 'x');
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("benchmark");
    TCase *tests = unit_case(suite, "parts");
    tcase_add_test(tests, test_summaries);
    tcase_add_test(tests, test_rates);
    tcase_add_test(tests, test_slopes);
    tcase_add_test(tests, test_growth);
    tcase_add_test(tests, test_ratios);
    tcase_add_test(tests, test_loops);
    tcase_add_test(tests, test_forms);
    tcase_add_test(tests, test_series);
    tcase_add_test(tests, test_series_of_work_that_slows_down);
    tcase_add_test(tests, test_series_too_short_for_the_clock);
    tcase_add_test(tests, test_budget);
    tcase_add_test(tests, test_figures);
    tcase_add_test(tests, test_sheets);
    tcase_add_test(tests, test_verdicts);
    tcase_add_test(tests, test_partners);
    tcase_add_test(tests, test_differences);
    tcase_add_test(tests, test_box);
    tcase_add_test(tests, test_texts);
    return unit_main(suite);
}
