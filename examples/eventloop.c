/* SPDX-License-Identifier: MIT */
/*
 * Many networks in one thread: events come on file descriptors, each for the network of its sensor.
 *
 * A step without output returns as soon as its work is queued, so that the loop first gives all networks that have
 * events their work, and then reads what they say: devices work on some while the host serves others.
 *
 *     eventloop [device]
 */
#include <poll.h>
#include <praxis/praxis.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SENSORS 4
#define EVENTS  6

static praxis_context *context;

static void check(praxis_status status)
{
    char message[512] = "";
    if (!status)
        return;
    praxis_context_last_error(context, message, sizeof message);
    fprintf(stderr, "eventloop: %s: %s\n", praxis_status_string(status), message);
    exit(1);
}

/* Queues what an event is to do: five ticks with the event as input. */
static void begin(praxis_network *network, float event)
{
    praxis_step step;
    praxis_step_default(&step);
    step.ticks = 5;
    step.input = &event;
    step.input_count = 1;
    check(praxis_network_step(network, &step));
}

/* What the network's first neuron says now; waits for the ticks. */
static float finish(praxis_network *network)
{
    float activation;
    check(praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, &(praxis_range){0, 1, 0, 1}, &activation, 1));
    return activation;
}

/* The world: a pipe for each sensor, on which events wait already, more on some than on others. */
static void open_sensors(struct pollfd *sensors)
{
    for (int s = 0; s < SENSORS; s++) {
        int ends[2];
        if (pipe(ends) != 0)
            exit(1);
        for (int e = 0; e < EVENTS - s; e++) {
            float event = (float)(e % 3) - (float)s / 4;
            if (write(ends[1], &event, sizeof event) != sizeof event)
                exit(1);
        }
        close(ends[1]);
        sensors[s] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    }
}

int main(int argc, char **argv)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.device = argc > 1 ? argv[1] : NULL;
    check(praxis_context_create(&options, &context));

    struct pollfd sensors[SENSORS];
    praxis_network *networks[SENSORS];
    open_sensors(sensors);
    for (int s = 0; s < SENSORS; s++) {
        praxis_parameters parameters;
        praxis_parameters_default(&parameters);
        parameters.neurons = 100;
        parameters.channels = 1;
        parameters.seed = (uint64_t)s;
        check(praxis_network_create(context, &parameters, &networks[s]));
    }

    for (int open = SENSORS; open > 0;) {
        int busy[SENSORS] = {0};
        if (poll(sensors, SENSORS, -1) < 0)
            return 1;
        for (int s = 0; s < SENSORS; s++) {
            float event;
            if (sensors[s].fd < 0 || !sensors[s].revents)
                continue;
            busy[s] = read(sensors[s].fd, &event, sizeof event) == sizeof event;
            if (busy[s]) {
                begin(networks[s], event);
            } else { /* no more will come */
                close(sensors[s].fd);
                sensors[s].fd = -1;
                open--;
            }
        }
        for (int s = 0; s < SENSORS; s++)
            if (busy[s])
                printf("sensor %d: %+.3f\n", s, (double)finish(networks[s]));
    }

    for (int s = 0; s < SENSORS; s++)
        praxis_network_destroy(networks[s]);
    praxis_context_destroy(context);
    return 0;
}
