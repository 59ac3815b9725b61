/* SPDX-License-Identifier: MIT */
/* A checkpoint: opened, described, and each of its objects made of it. With libFuzzer, checksums are taken for right.
 */
#include <stdlib.h>
#include <string.h>

#include <praxis/praxis.h>

#include "target.h"

struct bytes {
    const uint8_t *data;
    size_t size;
};

static int read_bytes(void *user, uint64_t offset, void *to, size_t size)
{
    const struct bytes *bytes = user;
    if (offset > bytes->size || size > bytes->size - offset)
        abort(); /* it was told how many there are */
    memcpy(to, bytes->data + offset, size);
    return 0;
}

static void make_objects(praxis_context *context, const praxis_checkpoint *checkpoint)
{
    praxis_network *network = NULL;
    praxis_readout *readout = NULL;
    praxis_critic *critic = NULL;
    praxis_predictor *predictor = NULL;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 1;
    run.flags = PRAXIS_RUN_TRACE;
    if (!praxis_checkpoint_load_network(checkpoint, "network", context, &network)) {
        praxis_network_run(network, &run);
        praxis_network_settle(network);
        praxis_checkpoint_load_readout(checkpoint, "readout", network, &readout);
    }
    praxis_checkpoint_load_critic(checkpoint, "critic", NULL, &critic);
    praxis_checkpoint_load_predictor(checkpoint, "predictor", NULL, &predictor);
    praxis_predictor_destroy(predictor);
    praxis_critic_destroy(critic);
    praxis_readout_destroy(readout);
    praxis_network_destroy(network);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static praxis_context *context;
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = "reference";
    if (!context && praxis_context_create(&options, &context))
        abort();
    struct bytes bytes = {data, size};
    const praxis_checkpoint_source source = {read_bytes, &bytes, size};
    praxis_checkpoint *checkpoint = NULL;
    if (praxis_checkpoint_open_from(&source, NULL, &checkpoint))
        return 0;
    praxis_statistics statistics[4] = {{.struct_size = sizeof *statistics}};
    praxis_network_info info = {.struct_size = sizeof info};
    if (!praxis_checkpoint_describe_network(checkpoint, "network", NULL, &info) && info.replicas <= 4)
        praxis_checkpoint_statistics(checkpoint, "network", PRAXIS_FIELD_WEIGHT, statistics);
    if (info.neurons < 3000 && info.replicas < 20) /* more is a matter of patience */
        make_objects(context, checkpoint);
    praxis_checkpoint_close(checkpoint);
    return 0;
}
