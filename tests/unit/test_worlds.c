/* SPDX-License-Identifier: MIT */
/* The worlds of closed loops by themselves: the cart beside what Gymnasium recorded, the court by its geometry. */
#include "unit.h"

#include "tasks/cart.h"
#include "tasks/court.h"

/* In long loops. */
#define holds(condition)      unit_require((condition), "%s", #condition)
#define holds_equal(is, must) unit_require((is) == (must), "%s is %u, not %u", #is, (unsigned)(is), (unsigned)(must))

/* ---- The cart ---- */

/* A row of tests/data/cartpole.csv. */
struct row {
    char episode[16];
    unsigned step, action, terminated, truncated;
    double state[4];
    float observed[4];
};

static bool read_row(FILE *file, struct row *row)
{
    char line[512], action[4] = "0", *rest;
    if (!fgets(line, sizeof line, file))
        return false;
    char *field = strtok_r(line, ",", &rest);
    snprintf(row->episode, sizeof row->episode, "%s", field);
    row->step = (unsigned)strtoul(strtok_r(NULL, ",", &rest), NULL, 10);
    if (row->step > 0) /* the first has no action, and strtok_r steps over what is empty */
        snprintf(action, sizeof action, "%s", strtok_r(NULL, ",", &rest));
    row->action = (unsigned)strtoul(action, NULL, 10);
    for (int i = 0; i < 4; i++)
        row->state[i] = strtod(strtok_r(NULL, ",", &rest), NULL);
    for (int i = 0; i < 4; i++)
        row->observed[i] = strtof(strtok_r(NULL, ",", &rest), NULL);
    row->terminated = (unsigned)strtoul(strtok_r(NULL, ",", &rest), NULL, 10);
    row->truncated = (unsigned)strtoul(strtok_r(NULL, ",", &rest), NULL, 10);
    return true;
}

static struct cart cart_of(const struct row *row)
{
    return (struct cart){row->state[0], row->state[1], row->state[2], row->state[3], row->step};
}

/* Largest difference from a recorded state. */
static double distance(const struct cart *cart, const struct row *row)
{
    double is[] = {cart->x, cart->x_velocity, cart->angle, cart->angle_velocity}, most = 0;
    for (int i = 0; i < 4; i++)
        most = fmax(most, fabs(is[i] - row->state[i]));
    return most;
}

static void check_seen(const struct row *row)
{
    struct cart cart = cart_of(row);
    float observed[CART_OBSERVED];
    memset(observed, 0x5a, sizeof observed);
    cart_observe(&cart, observed);
    for (int i = 0; i < CART_OBSERVED; i++)
        unit_require(observed[i] == row->observed[i], "%s %u: %.9g is observed, not %.9g", row->episode, row->step,
                     (double)observed[i], (double)row->observed[i]);
    holds_equal(cart_failed(&cart), row->terminated);
    holds_equal(cart.steps == CART_STEPS, row->truncated);
}

/*
 * One step from each recorded state: sine and cosine of two libraries may differ in their last place, 1.1e-16, which
 * accelerations below 50 m/s^2 take into a state as 50 x 0.02 of that, and rounding adds as much again. Whole episodes
 * from their first states: an error grows by at most 1.08 a step, that of a falling pole, in those that fall.
 */
START_TEST(cart_moves_as_gymnasium_has_it)
{
    FILE *file = fopen(DATA_DIRECTORY "/cartpole.csv", "r");
    char head[512];
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(head, sizeof head, file));
    struct row before = {.step = 0}, row;
    struct cart replayed = {.steps = 0};
    unsigned rows = 0, terminated = 0, truncated = 0;
    for (; read_row(file, &row); before = row, rows++) {
        check_seen(&row);
        terminated += row.terminated;
        truncated += row.truncated;
        if (row.step == 0) {
            replayed = cart_of(&row);
            continue;
        }
        ck_assert_str_eq(row.episode, before.episode);
        struct cart cart = cart_of(&before);
        cart_push(&cart, row.action);
        cart_push(&replayed, row.action);
        unit_require(distance(&cart, &row) < 1e-14, "%s %u: %g away", row.episode, row.step, distance(&cart, &row));
        unit_require(row.step > 40 || distance(&replayed, &row) < 1e-12, "%s %u: %g away, replayed", row.episode,
                     row.step, distance(&replayed, &row));
        holds_equal(replayed.steps, row.step);
    }
    fclose(file);
    ck_assert_uint_gt(rows, 600);
    ck_assert_uint_eq(terminated, 4); /* by both edges and both falls */
    ck_assert_uint_eq(truncated, 1);
}
END_TEST

START_TEST(cart_begins_near_the_middle)
{
    uint64_t random = 5;
    double least[4] = {1, 1, 1, 1}, most[4] = {-1, -1, -1, -1};
    for (int times = 0; times < 1000; times++) {
        struct cart cart;
        memset(&cart, 0x5a, sizeof cart);
        cart_begin(&cart, &random);
        double is[] = {cart.x, cart.x_velocity, cart.angle, cart.angle_velocity};
        for (int i = 0; i < 4; i++) {
            least[i] = fmin(least[i], is[i]);
            most[i] = fmax(most[i], is[i]);
        }
        holds_equal(cart.steps, 0);
    }
    for (int i = 0; i < 4; i++) {
        unit_require(least[i] >= -0.05 && least[i] < -0.049, "%g", least[i]);
        unit_require(most[i] <= 0.05 && most[i] > 0.049, "%g", most[i]);
    }
}
END_TEST

/* ---- The court ---- */

#define ROUNDING 1e-5F /* of single precision, over a flight */

static bool near(float value, float expected)
{
    return fabsf(value - expected) <= ROUNDING;
}

/* The channels by their formula, in double precision. */
START_TEST(channels_tell_where_the_ball_is)
{
    uint64_t random = 3;
    for (int times = 0; times < 200; times++) {
        float channels[COURT_CHANNELS];
        struct court court = {.x = (float)unit_uniform(&random), .y = (float)unit_uniform(&random)};
        court.paddle = (float)unit_uniform(&random);
        memset(channels, 0x5a, sizeof channels);
        court_feel(&court, &random, channels);
        for (int k = 0; k < COURT_CHANNELS; k++) {
            double preferred = -0.7 + 0.2 * k, away = (double)court.y - (double)court.paddle - preferred;
            double expected = (1 - 0.6 * (double)court.x) * exp(-away * away / 0.08);
            unit_require(fabs((double)channels[k] - expected) < 1e-6, "channel %d is %g, expected %g", k,
                         (double)channels[k], expected);
        }
    }
}
END_TEST

/* One step as geometry has it, of a world that moves; hit or miss where that is not too close to tell. */
static void check_flight(const struct court *before, const struct court *after, uint32_t action,
                         enum court_feedback feedback, struct court_event event)
{
    float paddle = before->paddle + (action == COURT_UP ? 0.05F : -0.05F);
    paddle = paddle < 0 ? 0 : paddle > 1 ? 1 : paddle;
    float x = before->x + before->x_velocity, y = before->y + before->y_velocity;
    y = y < 0 ? -y : y > 1 ? 2 - y : y;
    holds(near(after->paddle, paddle));
    bool contact = x <= 0;
    holds(event.hit + event.missed == contact);
    if (!contact) {
        holds(near(after->x, x > 1 ? 2 - x : x) && near(after->y, y));
        holds(near(fabsf(after->y_velocity), fabsf(before->y_velocity)));
        holds(!after->served);
        return;
    }
    float away = fabsf(y - paddle);
    if (fabsf(away - COURT_REACH) > ROUNDING)
        holds(event.hit == (away < COURT_REACH));
    if (event.hit || feedback == COURT_PLAYS_ON)
        holds(near(after->x, -x) && near(after->y, y) && after->x_velocity > 0 && !after->served);
    else
        holds(near(after->x, 0.8F) && after->x_velocity < 0 && after->served);
}

static void check_bounds(const struct court *court)
{
    unit_require(court->x >= 0 && court->x <= 1, "the ball is at x = %g", (double)court->x);
    unit_require(court->y >= 0 && court->y <= 1, "the ball is at y = %g", (double)court->y);
    unit_require(court->paddle >= 0 && court->paddle <= 1, "the paddle is at %g", (double)court->paddle);
    unit_require(near(fabsf(court->x_velocity), 0.04F), "speed %g", (double)court->x_velocity);
    unit_require(fabsf(court->y_velocity) <= 0.03F, "speed %g", (double)court->y_velocity);
    unit_require(court->hits < COURT_MOST_HITS, "%u hits", court->hits);
}

/* What is felt while the world stands still. */
static void check_stimulus(struct court *court, uint64_t *random, float *greatest)
{
    float channels[COURT_CHANNELS];
    memset(channels, 0x5a, sizeof channels);
    court_feel(court, random, channels);
    for (int k = 0; k < COURT_CHANNELS; k++) {
        if (court->stimulus == COURT_REGULAR)
            holds(near(channels[k], 0.7F));
        unit_require(channels[k] >= 0 && channels[k] <= 1.4F, "channel %d is %g", k, (double)channels[k]);
        *greatest = fmaxf(*greatest, channels[k]);
    }
}

/* Contacts of a game, and what followed them. */
struct tally {
    unsigned contacts, hits, regular_after_hit, regular_after_miss, stimulated, rallies, most;
};

static struct tally play(enum court_feedback feedback, bool well, unsigned steps)
{
    uint64_t random = 17 + (uint64_t)feedback;
    struct tally tally = {.contacts = 0};
    struct court court;
    float greatest = 0;
    memset(&court, 0x5a, sizeof court);
    court_begin(&court, &random);
    holds(court.served && court_moves(&court));
    for (unsigned t = 0, still = 0; t < steps; t++) {
        struct court before = court;
        uint32_t action = well ? court.y > court.paddle : (uint32_t)unit_integer(&random, 0, 1);
        if (!court_moves(&court))
            check_stimulus(&court, &random, &greatest);
        struct court_event event = court_move(&court, action, feedback, &random);
        check_bounds(&court);
        if (!court_moves(&before)) {
            holds(!event.hit && !event.missed && !event.ended);
            holds(court.x == before.x && court.y == before.y && court.paddle == before.paddle);
            holds_equal(++still + court.stimulus_steps, before.stimulus == COURT_REGULAR ? 4 : 16);
            continue;
        }
        still = 0;
        check_flight(&before, &court, action, feedback, event);
        tally.contacts += event.hit || event.missed;
        tally.hits += event.hit;
        tally.stimulated += !court_moves(&court);
        tally.regular_after_hit += event.hit && !court_moves(&court) && court.stimulus == COURT_REGULAR;
        tally.regular_after_miss += event.missed && !court_moves(&court) && court.stimulus == COURT_REGULAR;
        tally.rallies += event.ended;
        tally.most = event.ended && event.hits > tally.most ? event.hits : tally.most;
        holds(event.ended == (event.missed || (event.hit && before.hits + 1 == COURT_MOST_HITS)));
        holds_equal(event.ended ? event.hits : court.hits, before.hits + event.hit);
    }
    holds(feedback == COURT_SILENT || feedback == COURT_PLAYS_ON || greatest > (well ? 0.6F : 1.3F));
    return tally;
}

START_TEST(balls_and_paddles_keep_to_geometry)
{
    for (int feedback = COURT_STIMULATES; feedback <= COURT_AT_RANDOM; feedback++) {
        struct tally tally = play((enum court_feedback)feedback, false, 40000);
        ck_assert_uint_gt(tally.hits, 50);
        ck_assert_uint_gt(tally.contacts - tally.hits, 200);
        ck_assert_uint_eq(tally.rallies, tally.contacts - tally.hits);
    }
}
END_TEST

START_TEST(feedback_is_what_it_is_called)
{
    struct tally tally = play(COURT_STIMULATES, false, 40000);
    ck_assert_uint_eq(tally.stimulated, tally.contacts);
    ck_assert_uint_eq(tally.regular_after_hit, tally.hits);
    ck_assert_uint_eq(tally.regular_after_miss, 0);
    ck_assert_uint_eq(play(COURT_SILENT, false, 40000).stimulated, 0);
    ck_assert_uint_eq(play(COURT_PLAYS_ON, false, 40000).stimulated, 0);
    tally = play(COURT_AT_RANDOM, false, 40000);
    ck_assert_uint_eq(tally.stimulated, tally.contacts);
    double hits = tally.hits, misses = tally.contacts - tally.hits; /* halves, within four standard deviations */
    unit_require(fabs(tally.regular_after_hit - hits / 2) < 2 * sqrt(hits), "%u", tally.regular_after_hit);
    unit_require(fabs(tally.regular_after_miss - misses / 2) < 2 * sqrt(misses), "%u", tally.regular_after_miss);
}
END_TEST

/* The paddle is faster than the ball: who follows it misses none, and rallies end as long as they may be. */
START_TEST(who_follows_the_ball_meets_it)
{
    struct tally tally = play(COURT_SILENT, true, 40000);
    ck_assert_uint_le(tally.contacts - tally.hits, 1); /* the first serve may be out of reach */
    ck_assert_uint_eq(tally.most, COURT_MOST_HITS);
    ck_assert_uint_ge(tally.rallies, 40000 / (50 * 51) - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("worlds");
    TCase *cases = unit_case(suite, "worlds");
    tcase_add_test(cases, cart_moves_as_gymnasium_has_it);
    tcase_add_test(cases, cart_begins_near_the_middle);
    tcase_add_test(cases, channels_tell_where_the_ball_is);
    tcase_add_test(cases, balls_and_paddles_keep_to_geometry);
    tcase_add_test(cases, feedback_is_what_it_is_called);
    tcase_add_test(cases, who_follows_the_ball_meets_it);
    return unit_main(suite);
}
