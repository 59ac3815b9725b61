/* SPDX-License-Identifier: MIT */
/* Where messages go: the caller's callback, and a copy of the last failure of each thread. */
#ifndef PX_BASE_LOG_H
#define PX_BASE_LOG_H

#include <pthread.h>

#include <praxis/praxis.h>

struct px_failure {
    unsigned long thread;
    char *message; /* allocated; NULL where there was no memory for it */
};

struct px_log {
    praxis_log sink;
    pthread_mutex_t lock;        /* guards what follows and keeps callbacks one at a time */
    struct px_failure *failures; /* allocated: the last of each thread, in the order in which they failed last */
    size_t failure_count;
};

/* Prepares a log that forwards to `sink` (NULL: nowhere). */
void px_log_open(struct px_log *log, const praxis_log *sink);
void px_log_close(struct px_log *log);

/* Sends a message. `log` may be NULL: then nothing happens. */
void px_message(struct px_log *log, praxis_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Records and sends the message of a failure, and returns `status`, so that a caller can `return px_fail(...)`. */
praxis_status px_fail(struct px_log *log, praxis_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Copies the last failure of this thread as praxis_context_last_error describes. */
size_t px_log_last_error(struct px_log *log, char *buffer, size_t size);
/* The same, allocated (free); NULL where there is no memory. */
char *px_log_take_error(struct px_log *log);

#endif
