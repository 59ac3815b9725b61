/* SPDX-License-Identifier: MIT */
/*
 * A whole life of a network and its readout (life.h) in which each call of OpenCL, and each allocation, fails once, by
 * each code that drivers give. After every failure there is a message, and the network is what it was before the call,
 * by its hash, and goes on to the bits of the undisturbed life; or it is broken, and says so to every call. Nothing is
 * leaked.
 *
 * test_fault takes some of the calls, test_fault all takes each; test_fault all PART those of one of its parts, and
 * test_fault all PART FIRST those from the action of that number on, from 0, so that one can go on: it
 * tells which are done.
 */
#define _GNU_SOURCE /* nftw, too */

#include "../unit/folder.h"
#include "../unit/messages.h"
#include "allocations.h"
#include "find_layer.h"
#include "life.h"

#define TELLING 2 /* faults of an action, where not all are taken */

static struct layer *layer;
static char *folder;    /* where lives are saved, each over the last */
static size_t files;    /* there, when a life is over */
static size_t from = 0; /* the action with which failures begin */

/* ---- What holds after each action ---- */

struct standing {
    uint64_t network[REPLICAS], other[REPLICAS], readout, given;
};

static bool stand(struct life *life, struct standing *standing)
{
    static double weights[REPLICAS * OUTPUTS * FEATURES];
    praxis_readout_info info = {.struct_size = sizeof info};
    uint64_t given = life->given;
    *standing = (struct standing){.given = given};
    if (praxis_network_hash(life->network, standing->network) || praxis_network_hash(life->other, standing->other) ||
        praxis_readout_read_weights(life->readout, weights, UNIT_LENGTH(weights)) ||
        praxis_readout_describe(life->readout, &info))
        return false;
    life->given = 1;
    mix(life, weights, sizeof weights);
    mix(life, &info, sizeof info);
    standing->readout = life->given;
    life->given = given;
    return true;
}

/* Whether two stand at the same, whatever the last action gave. */
static bool same_state(const struct standing *a, const struct standing *b)
{
    return memcmp(a->network, b->network, sizeof a->network) == 0 && memcmp(a->other, b->other, sizeof a->other) == 0 &&
           a->readout == b->readout;
}

/* ---- What fails ---- */

struct fault {
    bool allocation;
    long number; /* of the call or allocation; 0: none, they are only counted */
    unsigned code;
    bool lost, lazy;
};

static void arm(const struct fault *fault)
{
    if (fault->allocation) {
        allocations.made = allocations.failed = 0;
        allocations.failing = fault->number;
        allocations.armed = true;
    } else if (layer) {
        layer->calls = layer->failed = 0;
        layer->error = 0;
        layer->name = "no call";
        layer->failing = fault->number;
        layer->code = fault->code;
        layer->lost = fault->lost;
        layer->lazy = fault->lazy;
        layer->armed = true;
    }
}

/* How many calls or allocations there were. */
static long disarm(const struct fault *fault)
{
    allocations.armed = false;
    if (layer)
        layer->armed = false;
    return fault->allocation ? allocations.made : layer ? layer->calls : 0;
}

static const char *tell(const struct fault *fault, const char *during)
{
    static char text[256];
    if (fault->allocation)
        snprintf(text, sizeof text, "%s: allocation %ld", during, fault->number);
    else
        snprintf(text, sizeof text, "%s: call %ld, %s, code %d%s%s", during, fault->number, layer->name, layer->error,
                 fault->lost ? ", and all after it" : "", fault->lazy ? ", found later" : "");
    return text;
}

static praxis_status act(struct life *life, size_t action, const struct fault *fault, long *count)
{
    life->given = UINT64_C(0xcbf29ce484222325);
    told = 0;
    arm(fault);
    praxis_status status = actions[action].act(life);
    *count = disarm(fault);
    return status;
}

/* ---- Lives ---- */

static const struct fault undisturbed = {.number = 0};

/* A life up to an action, which is not done, and at which it stands so. */
static void live_until(struct life *life, size_t action, const struct standing *before)
{
    struct standing now;
    long count;
    die(life);
    unit_success(life->context, be_born(life));
    for (size_t a = 0; a < action; a++)
        unit_success(life->context, act(life, a, &undisturbed, &count));
    ck_assert_msg(stand(life, &now) && same_state(&now, before), "a life until \"%s\" came to something else",
                  actions[action].name);
}

/* A broken network says so to every call, but can be described. */
static void check_broken(struct life *life, praxis_network *network, const char *what)
{
    float values[REPLICAS];
    uint64_t hashes[REPLICAS];
    praxis_run run;
    praxis_step step;
    praxis_run_default(&run);
    praxis_step_default(&step);
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_run(network, &run));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_step(network, &step));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_hash(network, hashes));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_modulate(network, values, REPLICAS));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_settle(network));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_reset(network, 1, NULL));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_set(network, "factor", "post"));
    unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way", praxis_network_finish(network));
    if (network == life->network)
        unit_failure(life->context, PRAXIS_ERROR_BROKEN, "half-way",
                     praxis_readout_error(life->readout, 1, (double[REPLICAS * OUTPUTS]){0}));
    ck_assert_msg(unit_info(network).neurons == NEURONS, "%s", what);
}

static bool is_broken(praxis_network *network)
{
    uint64_t hashes[REPLICAS];
    return praxis_network_hash(network, hashes) == PRAXIS_ERROR_BROKEN;
}

struct tally {
    long failed, kept, broken, absorbed, not_there;
};

/* One fault in one action of a life that stands before it. False where the life has to be lived anew. */
static bool fail_once(struct life *life, size_t action, const struct fault *fault, const struct standing *before,
                      const struct standing *after, struct tally *tally)
{
    struct standing now;
    long count;
    praxis_status status = act(life, action, fault, &count);
    const char *what = tell(fault, actions[action].name);
    bool failed = fault->allocation ? allocations.failed > 0 : layer->failed > 0 || layer->error != 0;
    tally->failed += failed;
    tally->not_there += !failed;
    ck_assert_msg(files == folder_count(folder), "%s: there are %zu files instead of %zu", what, folder_count(folder),
                  files);
    if (!status) {
        ck_assert_msg(stand(life, &now) && same_state(&now, after) && now.given == after->given,
                      "%s: it succeeded, and came to something else", what);
        tally->absorbed += failed;
        return false;
    }
    ck_assert_msg(failed, "%s: nothing failed, but %s", what, unit_error(life->context));
    bool of_device = status == PRAXIS_ERROR_DEVICE || status == PRAXIS_ERROR_BUILD;
    ck_assert_msg(status == PRAXIS_ERROR_OUT_OF_MEMORY || (!fault->allocation && of_device), "%s: %s: %s", what,
                  praxis_status_string(status), unit_error(life->context));
    ck_assert_msg(told > 0, "%s: %s, and no message", what, praxis_status_string(status));
    bool broken = is_broken(life->network), other = is_broken(life->other);
    ck_assert_msg(!fault->allocation || !(broken || other), "%s broke the network: %s", what,
                  unit_error(life->context));
    if (broken)
        check_broken(life, life->network, what);
    if (other)
        check_broken(life, life->other, what);
    tally->broken += broken || other;
    if (broken || other)
        return false;
    ck_assert_msg(stand(life, &now) && same_state(&now, before), "%s: %s, and the state is another", what,
                  unit_error(life->context));
    tally->kept++;
    return true;
}

/* Whether the call that has just failed is to fail with every code of its kind: not where there are thousands of it. */
static bool takes_all_codes(const struct fault *fault)
{
    return unit_all && !fault->allocation && !fault->lost && strcmp(layer->name, "clSetKernelArg") != 0;
}

/* Faults of one kind in one action: all of them, or some that are spread over it. */
static void fail_action(struct life *life, size_t action, struct fault fault, long count, const struct standing *before,
                        const struct standing *after, struct tally *tally)
{
    long stride = unit_all || count <= TELLING ? 1 : count / TELLING;
    bool stands = false;
    for (fault.number = 1; fault.number <= count; fault.number += stride) {
        unsigned first = unit_all && !fault.lost ? 0 : (unsigned)(fault.number / stride) % 3, last = first;
        for (fault.code = first; fault.code <= last; fault.code++) {
            if (!stands)
                live_until(life, action, before);
            stands = fail_once(life, action, &fault, before, after, tally);
            last = takes_all_codes(&fault) ? LAYER_CODES - 1 : last;
        }
    }
    long ignored;
    if (!stands)
        live_until(life, action, before);
    unit_success(life->context, act(life, action, &undisturbed, &ignored));
    struct standing now;
    ck_assert_msg(stand(life, &now) && same_state(&now, after) && now.given == after->given,
                  "%s: after failures it came to something else", actions[action].name);
}

/* Forms of the tick: the resident one, a launch for each, and one work-group that meets itself between them. */
static const char *const tunings[] = {NULL, "resident=0", "persistent=1"};
static const uint64_t limits[] = {0, 1600, 0};

static praxis_context *open_context(const char *device, int form)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = device;
    options.tuning = tunings[form];
    options.max_allocation_bytes = limits[form];
    options.partition = PRAXIS_PARTITION_COLUMNS;
    options.log = telling;
    return praxis_context_create(&options, &context) ? NULL : context;
}

static void fail_life(const char *device, int form, struct fault fault)
{
    folder = folder_make();
    char *file = folder_path(folder, "saved"), *index = folder_path(folder, "saved.index.json");
    struct life life = {
        .context = open_context(device, form), .elsewhere = open_context("reference", 0), .file = file, .index = index};
    struct tally tally = {0};
    struct standing *stands = unit_allocate(action_count + 1, sizeof *stands);
    long *counts = unit_allocate(action_count, sizeof *counts), all = 0;
    ck_assert(life.context && life.elsewhere);
    unit_success(life.context, be_born(&life));
    ck_assert(stand(&life, &stands[0]));
    fault.number = 0;
    for (size_t a = 0; a < action_count; a++) {
        unit_success(life.context, act(&life, a, &fault, &counts[a]));
        ck_assert(stand(&life, &stands[a + 1]));
        all += counts[a];
    }
    files = folder_count(folder);
    for (size_t a = from; a < action_count; a++) {
        fail_action(&life, a, fault, counts[a], &stands[a], &stands[a + 1], &tally);
        if (unit_all) {
            printf("action %zu, %s: %ld\n", a, actions[a].name, counts[a]);
            fflush(stdout);
        }
    }
    die(&life);
    praxis_context_destroy(life.elsewhere);
    praxis_context_destroy(life.context);
    free(stands);
    free(counts);
    free(file);
    free(index);
    folder_remove(folder);
    printf("%s, form %d: of %ld %s in a life, %ld failures: %ld left the network as it was, %ld broken, %ld did not "
           "matter; %ld tries had no code left\n",
           device ? device : "OpenCL", form, all, fault.allocation ? "allocations" : "calls", tally.failed, tally.kept,
           tally.broken, tally.absorbed, tally.not_there);
}

static bool objects_equal(const struct layer_objects *a)
{
    const struct layer_objects *b = &layer->objects;
    return a->contexts == b->contexts && a->queues == b->queues && a->buffers == b->buffers &&
           a->programs == b->programs && a->kernels == b->kernels && a->events == b->events;
}

/* Whether the program, after what `test` does, holds what it held before. */
static void check_leaks(const struct layer_objects *before, const char *what)
{
    ck_assert_msg(!layer || objects_equal(before), "%s: objects of OpenCL stay: %ld, %ld, %ld, %ld, %ld, %ld", what,
                  layer->objects.contexts, layer->objects.queues, layer->objects.buffers, layer->objects.programs,
                  layer->objects.kernels, layer->objects.events);
    ck_assert_msg(allocations.living == 0, "%s: %ld allocations stay", what, allocations.living);
}

static const struct layer_objects nothing;

/* A life whose every action may fail; what it leaves when it is over. */
static void check_life(const char *device, int form, struct fault fault)
{
    allocations.followed = true;
    fail_life(device, form, fault);
    allocations.followed = false;
    check_leaks(&nothing, "a life");
}

/* ---- Opening and birth ---- */

/* Opens, is born, learns and dies. */
static praxis_status whole_life(const char *device, int form, uint64_t *hashes)
{
    struct life life = {0};
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = device;
    options.tuning = tunings[form];
    options.max_allocation_bytes = limits[form];
    options.partition = PRAXIS_PARTITION_COLUMNS;
    options.log = telling;
    told = 0;
    praxis_status status = praxis_context_create(&options, &life.context);
    if (!status)
        status = be_born(&life);
    if (!status)
        status = run_learning(&life);
    if (!status)
        status = praxis_network_hash(life.network, hashes);
    die(&life);
    praxis_context_destroy(life.context);
    return status;
}

static void fail_birth(const char *device, int form, struct fault fault)
{
    uint64_t right[REPLICAS], found[REPLICAS];
    long count, failed = 0, absorbed = 0;
    ck_assert_int_eq(whole_life(device, form, right), PRAXIS_SUCCESS);
    fault.number = 0;
    arm(&fault);
    ck_assert_int_eq(whole_life(device, form, found), PRAXIS_SUCCESS);
    count = disarm(&fault);
    long stride = unit_all || count <= TELLING ? 1 : count / TELLING;
    allocations.followed = true;
    for (fault.number = 1; fault.number <= count; fault.number += stride) {
        fault.code = (unsigned)(fault.number / stride) % 3;
        arm(&fault);
        praxis_status status = whole_life(device, form, found);
        disarm(&fault);
        const char *what = tell(&fault, "opening and birth");
        failed += status != PRAXIS_SUCCESS;
        absorbed += !status;
        if (status)
            ck_assert_msg(told > 0 || fault.allocation, "%s: %s without a message", what, praxis_status_string(status));
        else
            ck_assert_msg(memcmp(right, found, sizeof right) == 0, "%s: other bits", what);
        check_leaks(&nothing, what);
    }
    allocations.followed = false;
    printf("%s, form %d: %ld %s from opening to the first run: %ld failures were told, %ld did not matter\n",
           device ? device : "OpenCL", form, count, fault.allocation ? "allocations" : "calls", failed, absorbed);
}

/* ---- Shares ---- */

#define MOST_EXCHANGES 16

/* A second rank for which all goes well. What this rank said in each exchange, and in one in which all goes well. */
static struct {
    uint64_t said[MOST_EXCHANGES], usual[MOST_EXCHANGES];
    size_t count;
} exchanges;

static void note_exchange(const void *bytes, uint64_t size)
{
    struct life hashed = {.given = UINT64_C(0xcbf29ce484222325)};
    if (exchanges.count == MOST_EXCHANGES)
        abort(); /* Check would allocate */
    mix(&hashed, bytes, (size_t)size);
    exchanges.said[exchanges.count++] = hashed.given;
}

static int gather_two(void *user, void *bytes, const uint64_t *starts, const uint64_t *counts)
{
    (void)user;
    note_exchange((char *)bytes + starts[0], counts[0]);
    memcpy((char *)bytes + starts[1], (char *)bytes + starts[0], (size_t)counts[1]);
    return 0;
}

static int wait_for_two(void *user)
{
    (void)user;
    return 0;
}

static int add_two(void *user, int64_t *numbers, uint64_t count)
{
    (void)user;
    note_exchange(numbers, count * sizeof *numbers);
    return 0;
}

/* The first device's speed, as far as it is told. */
static double measured;

static void note_speed(void *user, praxis_log_level level, const char *message)
{
    (void)user, (void)level;
    sscanf(message, "part 1: %lf", &measured);
}

static praxis_status measure_shares(const praxis_ranks *ranks)
{
    double shares[2];
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = ranks ? "reference" : "reference,reference";
    options.ranks = ranks;
    options.log = (praxis_log){note_speed, NULL};
    exchanges.count = 0;
    measured = -1;
    return praxis_measure_shares(&options, shares, 2);
}

/* Every allocation fails once. Another rank is told in the exchange in which it is by then, and waits for no more. */
static void fail_measuring(const praxis_ranks *ranks)
{
    struct fault fault = {.allocation = true};
    arm(&fault);
    ck_assert_int_eq(measure_shares(ranks), PRAXIS_SUCCESS);
    const long first = 4, count = disarm(&fault), stride = unit_all ? 1 : count / TELLING;
    const size_t usual = exchanges.count;
    memcpy(exchanges.usual, exchanges.said, sizeof exchanges.said);
    allocations.followed = true;
    for (fault.number = 1; fault.number <= count; fault.number += fault.number < first ? 1 : stride) {
        arm(&fault);
        praxis_status status = measure_shares(ranks);
        disarm(&fault);
        size_t last = exchanges.count - 1;
        const char *what = tell(&fault, "measuring shares");
        ck_assert_msg(status ? status == PRAXIS_ERROR_OUT_OF_MEMORY : measured != 0, "%s: %s", what,
                      praxis_status_string(status));
        ck_assert_msg(exchanges.count == usual || (last < usual && exchanges.said[last] != exchanges.usual[last]),
                      "%s: another rank waits", what);
        check_leaks(&nothing, what);
    }
    allocations.followed = false;
    printf("%ld allocations while shares %s are measured\n", count, ranks ? "of two ranks" : "of two devices");
}

/* ---- Tests ---- */

START_TEST(test_calls)
{
    check_life(NULL, _i, (struct fault){.allocation = false});
}
END_TEST

START_TEST(test_calls_around_meetings)
{
    check_life(NULL, 2, (struct fault){.allocation = false});
}
END_TEST

START_TEST(test_calls_of_a_lost_device)
{
    check_life(NULL, _i, (struct fault){.lost = true});
}
END_TEST

START_TEST(test_allocations)
{
    check_life(NULL, _i, (struct fault){.allocation = true});
}
END_TEST

START_TEST(test_allocations_of_the_reference)
{
    check_life("reference", 0, (struct fault){.allocation = true});
    fail_birth("reference", 0, (struct fault){.allocation = true});
}
END_TEST

/* Three parts of which one fails: what it needs is taken of all before any changes. */
START_TEST(test_allocations_of_parts)
{
    check_life("reference,reference,reference", 0, (struct fault){.allocation = true});
    fail_birth("reference,reference,reference", 0, (struct fault){.allocation = true});
}
END_TEST

/* The best OpenCL device beside the reference, and twice. */
static const char *parted_device(bool twice)
{
    static char text[80];
    praxis_context *context = unit_context(NULL);
    praxis_device_info info = {.struct_size = sizeof info};
    unit_success(context, praxis_context_device(context, &info));
    snprintf(text, sizeof text, "%s,%s", info.selector, twice ? info.selector : "reference");
    praxis_context_destroy(context);
    return text;
}

START_TEST(test_calls_of_parts)
{
    check_life(parted_device(_i), _i, (struct fault){.allocation = false});
    check_life(parted_device(_i), _i, (struct fault){.lost = true});
    check_life(parted_device(_i), _i, (struct fault){.allocation = true});
    fail_birth(parted_device(_i), _i, (struct fault){.allocation = false});
}
END_TEST

START_TEST(test_measured_shares)
{
    fail_measuring(NULL);
    fail_measuring(&(praxis_ranks){.count = 2, .gather = gather_two, .wait = wait_for_two, .add = add_two});
}
END_TEST

/* A compiler that refuses the kernels of work-groups that meet, and takes the others: the network does without. */
START_TEST(test_refused_meetings)
{
    static struct messages messages;
    uint64_t hashes[2][REPLICAS];
    for (int refused = 0; refused < 2; refused++) {
        praxis_context_options options;
        praxis_context *context = NULL;
        praxis_parameters parameters;
        praxis_context_options_default(&options);
        options.tuning = refused ? "persistent=1" : "resident=0";
        options.log = (praxis_log){messages_remember, &messages};
        ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
        praxis_parameters_default(&parameters);
        parameters.neurons = NEURONS;
        parameters.replicas = REPLICAS;
        layer->only = "clBuildProgram";
        arm(&(struct fault){.number = refused, .code = 1});
        praxis_network *network = unit_network(context, &parameters);
        ck_assert_int_eq(layer->failed, refused);
        disarm(&(struct fault){.number = refused});
        layer->only = NULL;
        ck_assert_ptr_null(strstr(unit_info(network).sum_path, "persistent"));
        unit_run(context, network, 5, PRAXIS_RUN_TRACE);
        unit_success(context, praxis_network_hash(network, hashes[refused]));
        praxis_network_destroy(network);
        praxis_context_destroy(context);
        bool said =
            strstr(messages.text, "whose work-groups meet the program did not compile: CL_BUILD_PROGRAM_FAILURE");
        ck_assert_msg(said == (refused == 1), "%s", messages.text);
    }
    ck_assert_mem_eq(hashes[0], hashes[1], sizeof hashes[0]);
}
END_TEST

START_TEST(test_births)
{
    fail_birth(NULL, _i, (struct fault){.allocation = false});
    fail_birth(NULL, _i, (struct fault){.lost = true});
    fail_birth(NULL, _i, (struct fault){.lazy = true});
    fail_birth(NULL, _i, (struct fault){.allocation = true});
}
END_TEST

/* A part of the tests, once for so many forms of the tick. */
static void add_part(Suite *suite, const char *name, const char *wanted, const TTest *test, int forms)
{
    if (!wanted || strcmp(wanted, name) == 0)
        tcase_add_loop_test(unit_case(suite, name), test, 0, forms);
}

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    const char *wanted = argc > 2 ? argv[2] : NULL; /* NULL: every part */
    from = argc > 3 ? (size_t)atol(argv[3]) : 0;
    Suite *suite = suite_create("fault");
    if (!unit_opencl()) {
        fprintf(stderr, "no OpenCL device can be used\n");
        return UNIT_SKIPPED;
    }
    layer = find_layer();
    if (!layer) {
        fprintf(stderr, "no layer: %s\n", dlerror());
        return EXIT_FAILURE;
    }
    add_part(suite, "calls", wanted, test_calls, 2);
    add_part(suite, "lost", wanted, test_calls_of_a_lost_device, 2);
    add_part(suite, "allocations", wanted, test_allocations, 2);
    add_part(suite, "births", wanted, test_births, 2);
    add_part(suite, "shares", wanted, test_measured_shares, 1);
    add_part(suite, "refusals", wanted, test_refused_meetings, 1);
    if (!wanted || strcmp(wanted, "reference") == 0)
        tcase_add_test(unit_case(suite, "reference"), test_allocations_of_the_reference);
    if (!wanted || strcmp(wanted, "several references") == 0)
        tcase_add_test(unit_case(suite, "several references"), test_allocations_of_parts);
    if (wanted && strcmp(wanted, "several") == 0)
        add_part(suite, "several", wanted, test_calls_of_parts, 2);
    if (wanted && strcmp(wanted, "meetings") == 0)
        add_part(suite, "meetings", wanted, test_calls_around_meetings, 1);
    return unit_main(suite);
}
