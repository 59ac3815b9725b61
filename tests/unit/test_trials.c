/* SPDX-License-Identifier: MIT */
/* The environments of trials by themselves: what is shown decides what is right, and is drawn as it should be. */
#include "unit.h"

#include "tasks/tasks.h"
#include "tasks/trials.h"
#include "tool/command.h"

const char cli_program[] = "test_trials "; /* what the room tool puts before messages */

#define DRAWS        2000
#define MOST_NUMBERS 4096 /* in the input of a trial */

/* A task at its defaults, and what it shows. */
struct shown {
    struct settings settings;
    const struct trial_environment *environment;
    uint64_t random;
    float input[MOST_NUMBERS];
    uint32_t ticks, channels, answer;
};

static void open_task(struct shown *shown, const char *name)
{
    const struct task *task = task_find(name);
    ck_assert_ptr_nonnull(task);
    ck_assert_ptr_eq(task->protocol, &trials);
    *shown = (struct shown){.environment = task->environment, .random = 7};
    settings_default(task, &shown->settings);
    task->recipe(&shown->settings);
    shown->ticks = shown->environment->ticks(&shown->settings);
    shown->channels = shown->environment->channels;
    ck_assert_uint_le(shown->ticks * shown->channels, MOST_NUMBERS);
}

static void draw(struct shown *shown, enum trial_set set, uint64_t learned)
{
    const struct trial trial = {.seed = 1, .learned = learned, .set = set, .random = &shown->random};
    memset(shown->input, 0, sizeof shown->input);
    shown->answer = UINT32_MAX;
    shown->environment->draw(&shown->settings, &trial, shown->input, &shown->answer);
    unit_require(shown->answer < shown->environment->actions, "answer %u", shown->answer);
    for (uint32_t i = 0; i < shown->ticks * shown->channels; i++)
        unit_require(shown->input[i] == 0 || shown->input[i] == 1, "input %g", (double)shown->input[i]);
    for (uint32_t i = shown->ticks * shown->channels; i < MOST_NUMBERS; i++)
        unit_require(shown->input[i] == 0, "written behind the trial's %u ticks", shown->ticks);
}

/* The channel that is on in a tick, alone; -1 where none is. */
static int channel_at(const struct shown *shown, uint32_t tick)
{
    int on = -1;
    for (uint32_t c = 0; c < shown->channels; c++)
        if (shown->input[tick * shown->channels + c] > 0) {
            unit_require(on < 0, "two channels in tick %u", tick);
            on = (int)c;
        }
    return on;
}

/* The channels of all ticks, as text: '.' for silence. */
static const char *channels_of(const struct shown *shown)
{
    static char text[MOST_NUMBERS + 1];
    for (uint32_t t = 0; t < shown->ticks; t++) {
        int channel = channel_at(shown, t);
        text[t] = channel < 0 ? '.' : (char)('0' + channel);
    }
    text[shown->ticks] = '\0';
    return text;
}

/* Of a draw among so many: each about as often as chance has it, five standard deviations to either side. */
static void check_counts(const uint32_t *counts, uint32_t of)
{
    double expected = (double)DRAWS / of, spread = 5 * sqrt(expected * (1 - 1.0 / of));
    for (uint32_t i = 0; i < of; i++)
        ck_assert_msg(fabs(counts[i] - expected) < spread, "%u of %u draws are number %u of %u", counts[i], DRAWS, i,
                      of);
}

START_TEST(a_cue_says_what_is_right)
{
    static const char *const names[] = {"delayed-cue", "late-reward"};
    struct shown shown;
    uint32_t counts[4] = {0};
    open_task(&shown, names[_i]);
    ck_assert_uint_eq(shown.ticks, _i == 0 ? 25 : 10);
    for (int i = 0; i < DRAWS; i++) {
        char expected[64];
        draw(&shown, TRIAL_LEARNED, 0);
        char cue = (char)('0' + shown.answer);
        snprintf(expected, sizeof expected, "%c%c%c%c%c%.*s", cue, cue, cue, cue, cue, (int)shown.ticks - 5,
                 "....................");
        unit_require(strcmp(channels_of(&shown), expected) == 0, "%s, not %s", channels_of(&shown), expected);
        counts[shown.answer]++;
    }
    check_counts(counts, 4);
}
END_TEST

START_TEST(delays_are_silent_ticks)
{
    static const char *const names[] = {"delayed-cue", "delayed-xor", "evidence"};
    static const uint32_t stimulus[] = {5, 15, 42};
    struct shown shown;
    open_task(&shown, names[_i]);
    shown.settings.options[TRIALS_OPTIONS] = 0;
    ck_assert_uint_eq(shown.environment->ticks(&shown.settings), stimulus[_i]);
    shown.settings.options[TRIALS_OPTIONS] = 300;
    ck_assert_uint_eq(shown.environment->ticks(&shown.settings), stimulus[_i] + 300);
}
END_TEST

START_TEST(a_wait_is_normal_noise_on_all_channels)
{
    struct shown shown;
    open_task(&shown, "late-reward");
    uint32_t ticks = shown.environment->wait_ticks(&shown.settings), count = ticks * shown.channels;
    ck_assert_uint_eq(ticks, 40);
    ck_assert_uint_eq(shown.channels, 8);
    double sum = 0, squares = 0;
    for (int i = 0; i < 100; i++) {
        const struct trial trial = {.seed = 1, .random = &shown.random};
        memset(shown.input, 0, sizeof shown.input);
        shown.environment->wait(&shown.settings, &trial, shown.input);
        for (uint32_t k = 0; k < count; k++) {
            sum += (double)shown.input[k];
            squares += (double)shown.input[k] * (double)shown.input[k];
        }
        unit_require(shown.input[count] == 0, "written behind");
    }
    double n = 100.0 * count;
    ck_assert_double_lt(fabs(sum / n), 5 / sqrt(n));
    ck_assert_double_lt(fabs(squares / n - 1), 5 * sqrt(2 / n)); /* the variance of a squared normal number is 2 */
}
END_TEST

START_TEST(two_stimuli_differ_or_not)
{
    struct shown shown;
    uint32_t counts[4] = {0};
    open_task(&shown, "delayed-xor");
    for (int i = 0; i < DRAWS; i++) {
        char expected[] = "00000.....00000.....";
        draw(&shown, TRIAL_LEARNED, 0);
        int first = channel_at(&shown, 0), second = channel_at(&shown, 10);
        unit_require(first >= 0 && second >= 0, "%s", channels_of(&shown));
        memset(expected, '0' + first, 5);
        memset(expected + 10, '0' + second, 5);
        unit_require(strcmp(channels_of(&shown), expected) == 0, "%s", channels_of(&shown));
        unit_require(shown.answer == (uint32_t)(first != second), "%s: answer %u", channels_of(&shown), shown.answer);
        counts[2 * first + second]++;
    }
    check_counts(counts, 4);
}
END_TEST

START_TEST(more_cues_are_right)
{
    struct shown shown;
    enum trial_set set = _i ? TRIAL_UNSEEN : TRIAL_LEARNED;
    open_task(&shown, "evidence");
    uint32_t left = 0, right = 0;
    for (int i = 0; i < DRAWS; i++) {
        uint32_t on_the_right = 0;
        draw(&shown, set, 0);
        for (uint32_t c = 0; c < 7; c++) {
            int side = channel_at(&shown, 6 * c);
            on_the_right += side == 1;
            for (uint32_t t = 0; t < 6; t++)
                unit_require(channel_at(&shown, 6 * c + t) == (t < 4 ? side : -1), "%s", channels_of(&shown));
        }
        unit_require(strlen(channels_of(&shown)) == 52 && strspn(channels_of(&shown) + 42, ".") == 10, "%s",
                     channels_of(&shown));
        unit_require(shown.answer == (on_the_right >= 4), "%s: answer %u", channels_of(&shown), shown.answer);
        *(shown.answer ? &right : &left) += 1;
    }
    ck_assert_uint_gt(left, DRAWS / 3);
    ck_assert_uint_gt(right, DRAWS / 3);
}
END_TEST

/* Together they are all that there are, and none is in both. */
START_TEST(what_is_unseen_is_never_learned_from)
{
    struct shown shown;
    bool met[2][128] = {{false}};
    uint32_t counts[2] = {0};
    open_task(&shown, "evidence");
    for (int i = 0; i < 20 * DRAWS; i++) {
        uint32_t pattern = 0;
        draw(&shown, i % 2 ? TRIAL_UNSEEN : TRIAL_LEARNED, 0);
        for (uint32_t c = 0; c < 7; c++)
            pattern = 2 * pattern + (uint32_t)channel_at(&shown, 6 * c);
        counts[i % 2] += !met[i % 2][pattern];
        met[i % 2][pattern] = true;
        unit_require(!met[!(i % 2)][pattern], "pattern %u is in both sets", pattern);
    }
    ck_assert_uint_eq(counts[0] + counts[1], 128);
    ck_assert_uint_ge(counts[1], 24);
    ck_assert_uint_le(counts[1], 40);
}
END_TEST

START_TEST(the_world_changes_at_its_time)
{
    struct shown shown;
    open_task(&shown, "reversal");
    for (uint64_t trial = 0; trial < shown.settings.length; trial += 37) {
        draw(&shown, TRIAL_LEARNED, trial);
        unit_require(shown.answer == ((uint64_t)channel_at(&shown, 0) + trial / 1000) % 4,
                     "trial %u: cue %d, answer %u", (unsigned)trial, channel_at(&shown, 0), shown.answer);
    }
    draw(&shown, TRIAL_LEARNED, shown.settings.length); /* the test is of the world that was learned last */
    ck_assert_uint_eq(shown.answer, ((unsigned)channel_at(&shown, 0) + 3) % 4);
}
END_TEST

/* Right from a trial on, in each of two worlds: how long it took is told, of both. */
START_TEST(mastery_is_counted_from_its_first_trial)
{
    struct shown shown;
    open_task(&shown, "reversal");
    const struct trial_environment *e = shown.environment;
    char tally[256] = {0};
    ck_assert_uint_le(e->tally_size, sizeof tally);
    ck_assert(isinf(e->figure(tally, 1)) && isnan(e->figure(tally, 0)));
    for (uint64_t t = 0; t < 3000; t++) {
        const struct trial trial = {.seed = 1, .learned = t};
        uint64_t since = t % 1000;
        bool wrong_later = since == 200 || since == 210; /* two of twenty may be */
        e->tally(tally, &shown.settings, &trial, t < 1000 ? since >= 30 : since >= 12 && !wrong_later);
    }
    /* 18 of 20: two that are wrong may stand before those that are right. */
    ck_assert_double_eq(e->figure(tally, 1), 28);
    ck_assert_double_eq(e->figure(tally, 0), 10);
}
END_TEST

START_TEST(what_was_not_mastered_never_was)
{
    struct shown shown;
    open_task(&shown, "reversal");
    char tally[256] = {0};
    for (uint64_t t = 0; t < 3000; t++) {
        const struct trial trial = {.seed = 1, .learned = t};
        shown.environment->tally(tally, &shown.settings, &trial, t / 1000 != 1);
    }
    ck_assert_double_eq(shown.environment->figure(tally, 1), 0);
    ck_assert(isinf(shown.environment->figure(tally, 0)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trials");
    TCase *environments = unit_case(suite, "environments");
    tcase_add_loop_test(environments, a_cue_says_what_is_right, 0, 2);
    tcase_add_loop_test(environments, delays_are_silent_ticks, 0, 3);
    tcase_add_test(environments, a_wait_is_normal_noise_on_all_channels);
    tcase_add_test(environments, two_stimuli_differ_or_not);
    tcase_add_loop_test(environments, more_cues_are_right, 0, 2);
    tcase_add_test(environments, what_is_unseen_is_never_learned_from);
    tcase_add_test(environments, the_world_changes_at_its_time);
    tcase_add_test(environments, mastery_is_counted_from_its_first_trial);
    tcase_add_test(environments, what_was_not_mastered_never_was);
    return unit_main(suite);
}
