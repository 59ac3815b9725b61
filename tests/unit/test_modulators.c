/* SPDX-License-Identifier: MIT */
/* Choices, rewards, critics, surprises and predictors, against formulas that do not go step by step. */
#include "unit.h"

#define R 3

static char said[512];

static void listen(void *user, praxis_log_level level, const char *message)
{
    (void)user;
    (void)level;
    snprintf(said, sizeof said, "%s", message);
}

static const praxis_log log_ = {listen, NULL};

/* The call must fail with this status and say this. */
#define refused(status, part, call)                                                                                    \
    do {                                                                                                               \
        said[0] = '\0';                                                                                                \
        ck_assert_int_eq((call), (status));                                                                            \
        ck_assert_msg(strstr(said, (part)) != NULL, "\"%s\" does not say \"%s\"", said, (part));                       \
    } while (0)

static void succeeds(praxis_status status)
{
    ck_assert_msg(status == PRAXIS_SUCCESS, "%s: %s", praxis_status_string(status), said);
}

static void near(double value, double expected, double tolerance)
{
    unit_require(fabs(value - expected) <= tolerance, "%.17g, expected %.17g within %g", value, expected, tolerance);
}

static void fill_uniform(float *values, size_t count, double low, double high, uint64_t *random)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(low + (high - low) * unit_uniform(random));
}

/* ---- Choices ---- */

/* Logistic form: p_a = 1 / sum over b of exp((q_b - q_a) / T). */
static double logistic(const float *preference, size_t actions, size_t a, double temperature)
{
    double sum = 0;
    for (size_t b = 0; b < actions; b++)
        sum += exp(((double)preference[b] - (double)preference[a]) / temperature);
    return 1 / sum;
}

START_TEST(probabilities)
{
    uint64_t random = 11;
    for (int times = 0; times < 50; times++) {
        float preference[R * 5], probability[R * 5];
        double temperature = 0.05 + unit_uniform(&random);
        fill_uniform(preference, R * 5, -2, 2, &random);
        memset(probability, 0x5a, sizeof probability);
        succeeds(praxis_choice_probabilities(R, 5, temperature, preference, probability, &log_));
        for (size_t i = 0; i < R * 5; i++)
            near((double)probability[i], logistic(preference + i / 5 * 5, 5, i % 5, temperature), 1e-7);
    }
    /* No exponential overflows, and without temperature the first of the greatest is certain. */
    const float steep[] = {-3e38f, 3e38f, 0, 1, 2, 2};
    float certain[6];
    succeeds(praxis_choice_probabilities(1, 3, 1e-3, steep, certain, NULL));
    ck_assert(certain[0] == 0 && certain[1] == 1 && certain[2] == 0);
    succeeds(praxis_choice_probabilities(2, 3, 0, steep, certain, NULL));
    ck_assert(certain[1] == 1 && certain[3] == 0 && certain[4] == 1 && certain[5] == 0);
}
END_TEST

START_TEST(draws)
{
    const float probability[] = {0, 0.25f, 0, 0.75f, 0};
    int count[5] = {0};
    for (int i = 0; i < 1000; i++) {
        double uniform = i / 1000.0;
        uint32_t chosen = 99;
        succeeds(praxis_choice_draw(1, 5, probability, &uniform, &chosen, &log_));
        ck_assert_uint_lt(chosen, 5);
        count[chosen]++;
    }
    ck_assert(count[1] == 250 && count[3] == 750);
    /* Where probabilities sum to less than the number, a possible action is drawn still. */
    const float rounded[] = {0.5f, 0.4999999f, 0};
    double last = 1 - 0x1p-53;
    uint32_t chosen = 99;
    succeeds(praxis_choice_draw(1, 3, rounded, &last, &chosen, &log_));
    ck_assert_uint_eq(chosen, 1);
}
END_TEST

/* The signal is the derivative of log p of the chosen action by the preferences, times the temperature. */
START_TEST(signals)
{
    uint64_t random = 12;
    const double temperature = 0.3, step = 1e-3;
    const uint32_t chosen[R] = {2, 0, 3};
    const float scale[R] = {1, -0.5f, 2};
    float preference[R * 4], probability[R * 4], signal[R * 4];
    fill_uniform(preference, R * 4, -1, 1, &random);
    succeeds(praxis_choice_probabilities(R, 4, temperature, preference, probability, &log_));
    succeeds(praxis_choice_signal(R, 4, chosen, probability, scale, signal, &log_));
    for (size_t r = 0; r < R; r++)
        for (size_t a = 0; a < 4; a++) {
            float up[4], down[4];
            memcpy(up, preference + r * 4, sizeof up);
            memcpy(down, preference + r * 4, sizeof down);
            up[a] += (float)step;
            down[a] -= (float)step;
            double slope = log(logistic(up, 4, chosen[r], temperature) / logistic(down, 4, chosen[r], temperature)) /
                           ((double)up[a] - (double)down[a]);
            /* Central differences err by step^2 / 6 of the third derivative, below 1 / temperature^3. */
            near((double)signal[r * 4 + a], (double)scale[r] * temperature * slope, 2 * step * step / 6 / 0.09 + 1e-6);
        }
    succeeds(praxis_choice_signal(R, 4, chosen, NULL, NULL, signal, &log_));
    for (size_t i = 0; i < R * 4; i++)
        ck_assert(signal[i] == (i % 4 == chosen[i / 4] ? 0.75f : -0.25f));
}
END_TEST

/* ---- Errors, rewards, surprise ---- */

START_TEST(errors_averaged)
{
    const float error[] = {1, -2, 4, 0.5f, 0.5f, 0.5f};
    float modulator[2] = {9, 9};
    succeeds(praxis_modulator_error(2, 3, error, modulator));
    ck_assert(modulator[0] == 1 && modulator[1] == 0.5f);
}
END_TEST

/* V after n rewards is (1 - rate)^n V_0 + rate sum of (1 - rate)^(n - 1 - i) reward_i. */
START_TEST(rewards)
{
    enum { STEPS = 60, CONTEXTS = 2 };
    const double rate = 0.07, first = 0.25;
    uint64_t random = 13;
    double expectation[R * CONTEXTS];
    float taken[R][CONTEXTS][STEPS];
    int count[R][CONTEXTS] = {{0}};
    for (int i = 0; i < R * CONTEXTS; i++)
        expectation[i] = first;
    for (int t = 0; t < STEPS; t++) {
        float reward[R], modulator[R] = {7, 7, 7};
        uint32_t context[R];
        uint8_t active[R];
        fill_uniform(reward, R, -1, 1, &random);
        for (int r = 0; r < R; r++) {
            context[r] = (uint32_t)unit_integer(&random, 0, CONTEXTS - 1);
            active[r] = unit_uniform(&random) < 0.8;
        }
        succeeds(praxis_modulator_reward(R, rate, reward, CONTEXTS, context, active, expectation, modulator, &log_));
        for (int r = 0; r < R; r++) {
            uint32_t c = context[r];
            int n = count[r][c];
            double expected = pow(1 - rate, n) * first;
            for (int i = 0; i < n; i++)
                expected += rate * pow(1 - rate, n - 1 - i) * (double)taken[r][c][i];
            near((double)modulator[r], active[r] ? (double)reward[r] - expected : 0, 1e-6);
            if (active[r])
                taken[r][c][count[r][c]++] = reward[r];
        }
    }
    double alone[R] = {0};
    const float reward[R] = {1, 2, 3};
    float modulator[R];
    succeeds(praxis_modulator_reward(R, 1, reward, 1, NULL, NULL, alone, modulator, NULL));
    ck_assert(alone[0] == 1 && alone[2] == 3 && modulator[1] == 2);
}
END_TEST

/* The moments are those of all values so far under weights that decay: (1 - rate)^n of the first moments, and
 * rate (1 - rate)^(n - 1 - i) of value i. */
START_TEST(surprises)
{
    enum { STEPS = 40, WIDE = 2 };
    const double rate = 0.1, pi = 3.14159265358979323846;
    uint64_t random = 14;
    double mean[R * WIDE], variance[R * WIDE];
    float all[STEPS][R * WIDE];
    for (int i = 0; i < R * WIDE; i++) {
        mean[i] = 0.5;
        variance[i] = 2;
    }
    const uint8_t active[R] = {1, 0, 1};
    for (int t = 0; t < STEPS; t++) {
        float surprise[R] = {7, 7, 7};
        fill_uniform(all[t], R * WIDE, -1, 2, &random);
        succeeds(praxis_modulator_surprise(R, WIDE, rate, 0.01, all[t], active, mean, variance, surprise, &log_));
        for (int r = 0; r < R; r++) {
            double sum = 0;
            for (int i = r * WIDE; i < (r + 1) * WIDE && active[r]; i++) {
                double m = pow(1 - rate, t) * 0.5, v = 0;
                for (int s = 0; s < t; s++)
                    m += rate * pow(1 - rate, t - 1 - s) * (double)all[s][i];
                v = pow(1 - rate, t) * (2 + (0.5 - m) * (0.5 - m));
                for (int s = 0; s < t; s++)
                    v += rate * pow(1 - rate, t - 1 - s) * ((double)all[s][i] - m) * ((double)all[s][i] - m);
                double x = (double)all[t][i];
                sum -= log(exp(-(x - m) * (x - m) / (2 * v)) / sqrt(2 * pi * v));
            }
            near((double)surprise[r], sum, 1e-5);
        }
    }
    ck_assert(mean[2] == 0.5 && variance[3] == 2);
    /* A value that never changes: the floor keeps the surprise finite, log(2 pi floor) / 2. */
    double still = 1, none = 0;
    const float one = 1;
    float surprise;
    succeeds(praxis_modulator_surprise(1, 1, rate, 0.01, &one, NULL, &still, &none, &surprise, NULL));
    near((double)surprise, log(2 * pi * 0.01) / 2, 1e-6);
}
END_TEST

/* ---- The critic ---- */

static praxis_critic *make_critic(uint32_t replicas, uint32_t observations, int quadratic, double rate)
{
    praxis_critic_options options;
    praxis_critic_options_default(&options);
    options.replicas = replicas;
    options.observations = observations;
    options.quadratic = quadratic;
    options.learning_rate = rate;
    options.discount = 0.9;
    options.trace_decay = 0.7;
    options.log = log_;
    praxis_critic *critic = NULL;
    succeeds(praxis_critic_create(&options, &critic));
    return critic;
}

/* The same by the whole history: every trace is a sum over the features of the episode so far. */
START_TEST(critic_steps)
{
    enum { STEPS = 80, WIDE = 2, FEATURES = 6 };
    const double rate = 0.05, gamma = 0.9, lambda = 0.7;
    uint64_t random = 15;
    praxis_critic *critic = make_critic(R, WIDE, 1, rate);
    double weight[R][FEATURES] = {{0}}, history[R][STEPS][FEATURES], value[R] = {0};
    int length[R] = {0};
    for (int t = 0; t < STEPS; t++) {
        float observation[R * WIDE], reward[R], error[R] = {7, 7, 7};
        praxis_episode episode[R];
        uint8_t active[R];
        fill_uniform(observation, R * WIDE, -1, 1, &random);
        fill_uniform(reward, R, -1, 1, &random);
        for (int r = 0; r < R; r++) {
            double u = unit_uniform(&random);
            episode[r] = u < 0.1   ? PRAXIS_EPISODE_TERMINATED
                         : u < 0.2 ? PRAXIS_EPISODE_TRUNCATED
                                   : PRAXIS_EPISODE_GOES_ON;
            active[r] = unit_uniform(&random) < 0.9;
        }
        succeeds(praxis_critic_step(critic, observation, reward, episode, active, error));
        for (int r = 0; r < R; r++) {
            if (!active[r]) {
                ck_assert(error[r] == 0);
                continue;
            }
            double a = (double)observation[r * WIDE], b = (double)observation[r * WIDE + 1];
            const double f[FEATURES] = {1, a, b, a * a, a * b, b * b};
            double next = 0, expected = 0;
            for (int i = 0; i < FEATURES; i++)
                next += weight[r][i] * f[i];
            if (length[r] > 0) {
                expected = (double)reward[r] - value[r];
                expected += episode[r] == PRAXIS_EPISODE_TERMINATED ? 0 : gamma * next;
                for (int i = 0; i < FEATURES; i++)
                    for (int s = 0; s < length[r]; s++)
                        weight[r][i] += rate * expected * pow(gamma * lambda, length[r] - 1 - s) * history[r][s][i];
            }
            near((double)error[r], expected, 1e-6);
            memcpy(history[r][length[r]++], f, sizeof f);
            value[r] = 0;
            for (int i = 0; i < FEATURES; i++)
                value[r] += weight[r][i] * f[i];
            if (episode[r] != PRAXIS_EPISODE_GOES_ON)
                length[r] = 0;
        }
    }
    float values[R];
    succeeds(praxis_critic_values(critic, values));
    for (int r = 0; r < R; r++)
        near((double)values[r], value[r], 1e-6);
    praxis_critic_destroy(critic);
}
END_TEST

/* Five states in a row, steps to either side, reward 1 beyond the right end: without discount the values are 1/6 .. 5/6
 * (Sutton and Barto 2018, example 6.2); with discount g they solve v_s = g (v_(s-1) + v_(s+1)) / 2 but for the ends. */
START_TEST(critic_of_a_random_walk)
{
    enum { STATES = 5 };
    praxis_critic *critic = make_critic(1, STATES, 0, 0.01);
    double truth[STATES + 2] = {0};
    for (int times = 0; times < 1000; times++)
        for (int s = 1; s <= STATES; s++)
            truth[s] = ((s == 1 ? 0 : 0.9 * truth[s - 1]) + (s == STATES ? 1 : 0.9 * truth[s + 1])) / 2;
    uint64_t random = 16;
    double sum[STATES] = {0};
    int count[STATES] = {0};
    for (int walk = 0; walk < 6000; walk++) {
        float observation[STATES] = {0}, reward = 0, error, value;
        int state = STATES / 2;
        praxis_episode episode = PRAXIS_EPISODE_GOES_ON;
        while (episode == PRAXIS_EPISODE_GOES_ON) {
            episode = state < 0 || state == STATES ? PRAXIS_EPISODE_TERMINATED : PRAXIS_EPISODE_GOES_ON;
            reward = state == STATES;
            memset(observation, 0, sizeof observation);
            if (episode == PRAXIS_EPISODE_GOES_ON)
                observation[state] = 1;
            succeeds(praxis_critic_step(critic, observation, &reward, &episode, NULL, &error));
            succeeds(praxis_critic_values(critic, &value));
            if (walk >= 2000 && episode == PRAXIS_EPISODE_GOES_ON) {
                sum[state] += (double)value;
                count[state]++;
            }
            state += unit_uniform(&random) < 0.5 ? -1 : 1;
        }
    }
    for (int s = 0; s < STATES; s++)
        near(sum[s] / count[s], truth[s + 1], 0.03);
    praxis_critic_destroy(critic);
}
END_TEST

/* ---- The predictor ---- */

static praxis_predictor *make_predictor(uint32_t replicas, uint32_t observations, uint32_t order, int normalised,
                                        double rate)
{
    praxis_predictor_options options;
    praxis_predictor_options_default(&options);
    options.replicas = replicas;
    options.observations = observations;
    options.order = order;
    options.normalised = normalised;
    options.learning_rate = rate;
    options.log = log_;
    praxis_predictor *predictor = NULL;
    succeeds(praxis_predictor_create(&options, &predictor));
    return predictor;
}

/* Weights are sums over all steps so far of rate error z, every z taken from the whole series. */
static void check_predictor(int normalised)
{
    enum { STEPS = 40, WIDE = 2, ORDER = 3, Z = WIDE * ORDER + 1 };
    const double rate = normalised ? 0.5 : 0.05;
    uint64_t random = 17;
    praxis_predictor *predictor = make_predictor(R, WIDE, ORDER, normalised, rate);
    static float all[R][STEPS][WIDE];
    static double steps[R][STEPS][WIDE][Z];
    int seen[R] = {0}, since[R] = {0};
    for (int t = 0; t < STEPS; t++) {
        float observation[R * WIDE], error[R * WIDE], squared[R] = {7, 7, 7};
        const uint8_t forget[R] = {t == 20, 0, 0};
        memset(error, 0x5a, sizeof error);
        fill_uniform(observation, R * WIDE, -1, 1, &random);
        uint8_t active[R] = {1, (uint8_t)(t % 3 != 0), 1};
        succeeds(praxis_predictor_forget(predictor, forget));
        since[0] = t == 20 ? seen[0] : since[0];
        succeeds(praxis_predictor_step(predictor, observation, active, error, squared));
        for (int r = 0; r < R; r++) {
            double square = 0, z[Z], length = 0;
            bool full = active[r] && seen[r] - since[r] >= ORDER;
            for (int i = 0; i < Z && full; i++) {
                z[i] = i == Z - 1 ? 1 : (double)all[r][seen[r] - 1 - i / WIDE][i % WIDE];
                length += z[i] * z[i];
            }
            for (int o = 0; o < WIDE; o++) {
                double expected = full ? (double)observation[r * WIDE + o] : 0;
                for (int i = 0; i < Z && full; i++)
                    for (int s = 0; s < t; s++)
                        expected -= steps[r][s][o][i] * z[i];
                for (int i = 0; i < Z; i++)
                    steps[r][t][o][i] = full ? (normalised ? rate / length : rate) * expected * z[i] : 0;
                near((double)error[r * WIDE + o], expected, 1e-6);
                square += expected * expected;
            }
            near((double)squared[r], square, 1e-6);
            if (active[r])
                memcpy(all[r][seen[r]++], observation + r * WIDE, sizeof all[r][0]);
        }
    }
    praxis_predictor_destroy(predictor);
}

START_TEST(predictor_steps)
{
    check_predictor(_i);
}
END_TEST

/* A sine is a linear function of its last two values: what remains of the error is nothing. */
START_TEST(predictor_of_a_sine)
{
    praxis_predictor *predictor = make_predictor(1, 1, 2, 1, 0.5);
    double first = 0, last = 0;
    for (int t = 0; t < 4000; t++) {
        float x = (float)sin(0.7 * t), squared;
        succeeds(praxis_predictor_step(predictor, &x, NULL, NULL, &squared));
        first += t < 20 ? (double)squared : 0;
        last += t >= 3980 ? (double)squared : 0;
    }
    ck_assert(first > 0.1);
    ck_assert(last < 1e-9);
    praxis_predictor_destroy(predictor);
}
END_TEST

/* ---- What is refused ---- */

START_TEST(refusals)
{
    const float good[4] = {0.5f, 0.5f, 0.5f, 0.5f}, bad[2] = {1, NAN};
    const double one = 1, half[2] = {0.5, 0.5};
    const uint32_t action[2] = {0, 2};
    float out[4];
    double expectation[2] = {0, 0}, variance[2] = {1, 1};
    uint32_t chosen[2];
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "temperature is -1, must be from 0",
            praxis_choice_probabilities(1, 2, -1, good, out, &log_));
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "preference[1] is nan", praxis_choice_probabilities(1, 2, 1, bad, out, &log_));
    refused(PRAXIS_ERROR_INVALID_ARGUMENT, "NULL", praxis_choice_probabilities(1, 2, 1, NULL, out, &log_));
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "uniform[0] is 1", praxis_choice_draw(1, 2, good, &one, chosen, &log_));
    refused(PRAXIS_ERROR_INVALID_ARGUMENT, "NULL", praxis_choice_draw(1, 0, good, half, chosen, &log_));
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "chosen[1] is 2, there are 2 actions",
            praxis_choice_signal(2, 2, action, NULL, NULL, out, &log_));
    ck_assert_int_eq(praxis_modulator_error(1, 0, good, out), PRAXIS_ERROR_INVALID_ARGUMENT);
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "rate is 1.5, must be from 0 to 1",
            praxis_modulator_reward(1, 1.5, good, 1, NULL, NULL, expectation, out, &log_));
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "reward[1] is nan",
            praxis_modulator_reward(2, 0.5, bad, 1, NULL, NULL, expectation, out, &log_));
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "context[1] is 2, there are 1",
            praxis_modulator_reward(2, 0.5, good, 1, action, NULL, expectation, out, &log_));
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "floor is 0",
            praxis_modulator_surprise(1, 1, 0.5, 0, good, NULL, expectation, variance, out, &log_));
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "values[1] is nan",
            praxis_modulator_surprise(1, 2, 0.5, 1, bad, NULL, expectation, variance, out, &log_));
    ck_assert(expectation[0] == 0 && expectation[1] == 0 && variance[0] == 1);

    praxis_critic_options options;
    praxis_critic *critic = (praxis_critic *)(uintptr_t)1;
    praxis_critic_options_default(&options);
    options.log = log_;
    options.discount = 1.01;
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "discount of the critic is 1.01, must be from 0 to 1",
            praxis_critic_create(&options, &critic));
    ck_assert_ptr_null(critic);
    ck_assert_int_eq(praxis_critic_create(NULL, &critic), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_critic_create(&options, NULL), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_critic_destroy(NULL);
    critic = make_critic(2, 1, 1, 0.1);
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "reward[1] is nan", praxis_critic_step(critic, good, bad, NULL, NULL, out));
    refused(PRAXIS_ERROR_INVALID_ARGUMENT, "NULL", praxis_critic_step(critic, NULL, good, NULL, NULL, out));
    praxis_critic_destroy(critic);

    praxis_predictor_options predicting;
    praxis_predictor *predictor = (praxis_predictor *)(uintptr_t)1;
    praxis_predictor_options_default(&predicting);
    predicting.log = log_;
    predicting.order = 0;
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "order of the predictor is 0, must be from 1 to 4096",
            praxis_predictor_create(&predicting, &predictor));
    ck_assert_ptr_null(predictor);
    praxis_predictor_destroy(NULL);
    predictor = make_predictor(2, 1, 1, 0, 0.1);
    refused(PRAXIS_ERROR_OUT_OF_RANGE, "observation[1] is nan", praxis_predictor_step(predictor, bad, NULL, NULL, out));
    praxis_predictor_destroy(predictor);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("modulators");
    TCase *modulators = unit_case(suite, "modulators");
    tcase_add_test(modulators, probabilities);
    tcase_add_test(modulators, draws);
    tcase_add_test(modulators, signals);
    tcase_add_test(modulators, errors_averaged);
    tcase_add_test(modulators, rewards);
    tcase_add_test(modulators, surprises);
    tcase_add_test(modulators, critic_steps);
    tcase_add_test(modulators, critic_of_a_random_walk);
    tcase_add_loop_test(modulators, predictor_steps, 0, 2);
    tcase_add_test(modulators, predictor_of_a_sine);
    tcase_add_test(modulators, refusals);
    return unit_main(suite);
}
