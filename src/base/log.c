/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FAILURES 256

static const char no_memory[] = "(no memory left for the message)";

/* A number of the calling thread that no other ever has. */
static unsigned long this_thread(void)
{
    static atomic_ulong threads;
    static _Thread_local unsigned long number;
    if (number == 0)
        number = atomic_fetch_add(&threads, 1) + 1;
    return number;
}

void px_log_open(struct px_log *log, const praxis_log *sink)
{
    log->sink = sink ? *sink : (praxis_log){NULL, NULL};
    pthread_mutex_init(&log->lock, NULL);
    log->failures = NULL;
    log->failure_count = 0;
}

void px_log_close(struct px_log *log)
{
    for (size_t i = 0; i < log->failure_count; i++)
        free(log->failures[i].message);
    free(log->failures);
    pthread_mutex_destroy(&log->lock);
}

/* The formatted text in memory of its own, or NULL when there is none left. */
static char *format_text(const char *format, va_list arguments)
{
    va_list measured;
    va_copy(measured, arguments);
    int length = vsnprintf(NULL, 0, format, measured);
    va_end(measured);
    if (length < 0)
        return NULL;
    char *text = malloc((size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

/* Takes failure i out of the list. */
static void drop_failure(struct px_log *log, size_t i)
{
    free(log->failures[i].message);
    log->failure_count--;
    memmove(&log->failures[i], &log->failures[i + 1], (log->failure_count - i) * sizeof *log->failures);
}

/* Puts this thread's failure at the end, in place of its last one; where there are too many the oldest goes. */
static void keep_failure(struct px_log *log, char *message)
{
    unsigned long thread = this_thread();
    for (size_t i = 0; i < log->failure_count; i++)
        if (log->failures[i].thread == thread)
            drop_failure(log, i);
    if (log->failure_count == MOST_FAILURES)
        drop_failure(log, 0);
    struct px_failure *longer = realloc(log->failures, (log->failure_count + 1) * sizeof *longer);
    if (!longer) {
        free(message);
        return;
    }
    log->failures = longer;
    log->failures[log->failure_count++] = (struct px_failure){thread, message};
}

static void deliver_message(struct px_log *log, praxis_log_level level, char *text)
{
    pthread_mutex_lock(&log->lock);
    if (log->sink.callback)
        log->sink.callback(log->sink.user, level, text ? text : no_memory);
    if (level == PRAXIS_LOG_ERROR)
        keep_failure(log, text);
    else
        free(text);
    pthread_mutex_unlock(&log->lock);
}

void px_message(struct px_log *log, praxis_log_level level, const char *format, ...)
{
    if (!log)
        return;
    va_list arguments;
    va_start(arguments, format);
    char *text = format_text(format, arguments);
    va_end(arguments);
    deliver_message(log, level, text);
}

praxis_status px_fail(struct px_log *log, praxis_status status, const char *format, ...)
{
    if (!log)
        return status;
    va_list arguments;
    va_start(arguments, format);
    char *text = format_text(format, arguments);
    va_end(arguments);
    deliver_message(log, PRAXIS_LOG_ERROR, text);
    return status;
}

size_t px_log_last_error(struct px_log *log, char *buffer, size_t size)
{
    pthread_mutex_lock(&log->lock);
    unsigned long thread = this_thread();
    const char *text = "";
    for (size_t i = 0; i < log->failure_count; i++)
        if (log->failures[i].thread == thread)
            text = log->failures[i].message ? log->failures[i].message : no_memory;
    size_t length = strlen(text);
    if (buffer && size > 0) {
        size_t copied = length < size ? length : size - 1;
        memcpy(buffer, text, copied);
        buffer[copied] = '\0';
    }
    pthread_mutex_unlock(&log->lock);
    return length;
}

char *px_log_take_error(struct px_log *log)
{
    size_t size = px_log_last_error(log, NULL, 0) + 1;
    char *text = malloc(size);
    if (text)
        px_log_last_error(log, text, size);
    return text;
}
