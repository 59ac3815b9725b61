/* SPDX-License-Identifier: MIT */
/*
 * test_threads DEVICE: threads that share a context, with a network each, beside threads with a context each. All come
 * to the same bits, each has its own last error, and the thread sanitizer (-Db_sanitize=thread) has nothing to say.
 */
#include <praxis/praxis.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define SHARING 4
#define THREADS 8
#define LIVES   5
#define TICKS   20

static const char *device;
static praxis_context *shared;
static uint64_t hashes[THREADS];

static void fail(const char *what)
{
    fprintf(stderr, "test_threads: %s\n", what);
    exit(1);
}

static praxis_context *open_context(void)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = device;
    if (praxis_context_create(&options, &context))
        fail("no context");
    return context;
}

static void live(praxis_context *context, uint64_t *hash)
{
    praxis_parameters parameters;
    praxis_network *network = NULL;
    praxis_run run;
    float modulator[TICKS];
    char message[128];
    for (int t = 0; t < TICKS; t++)
        modulator[t] = (float)(t % 3 - 1);
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.noise = 0.3;
    praxis_run_default(&run);
    run.ticks = TICKS;
    run.flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    run.modulator = modulator;
    if (praxis_network_create(context, &parameters, &network) || praxis_network_run(network, &run) ||
        praxis_network_hash(network, hash))
        fail("a life failed");
    if (!praxis_network_modulate(network, modulator, 3) || !praxis_context_last_error(context, message, sizeof message))
        fail("a failure was not told");
    praxis_network_destroy(network);
}

static void *run_thread(void *place)
{
    uint64_t *hash = place;
    praxis_context *context = hash < hashes + SHARING ? shared : open_context();
    for (int l = 0; l < LIVES; l++)
        live(context, hash);
    if (context != shared)
        praxis_context_destroy(context);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    device = argc > 1 ? argv[1] : NULL;
    shared = open_context();
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run_thread, &hashes[i]))
            fail("no thread");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    praxis_context_destroy(shared);
    for (int i = 1; i < THREADS; i++)
        if (hashes[i] != hashes[0])
            fail("threads came to other bits");
    return 0;
}
