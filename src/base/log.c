/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void px_log_open(struct px_log *log, const praxis_log *sink)
{
    log->sink = sink ? *sink : (praxis_log){NULL, NULL};
    pthread_mutex_init(&log->lock, NULL);
    log->last_error = NULL;
}

void px_log_close(struct px_log *log)
{
    free(log->last_error);
    log->last_error = NULL;
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

static void deliver(struct px_log *log, praxis_log_level level, char *text)
{
    pthread_mutex_lock(&log->lock);
    if (log->sink.callback)
        log->sink.callback(log->sink.user, level, text ? text : "(no memory left for the message)");
    if (level == PRAXIS_LOG_ERROR) {
        free(log->last_error);
        log->last_error = text;
        text = NULL;
    }
    pthread_mutex_unlock(&log->lock);
    free(text);
}

void px_message(struct px_log *log, praxis_log_level level, const char *format, ...)
{
    if (!log)
        return;
    va_list arguments;
    va_start(arguments, format);
    char *text = format_text(format, arguments);
    va_end(arguments);
    deliver(log, level, text);
}

praxis_status px_fail(struct px_log *log, praxis_status status, const char *format, ...)
{
    if (!log)
        return status;
    va_list arguments;
    va_start(arguments, format);
    char *text = format_text(format, arguments);
    va_end(arguments);
    deliver(log, PRAXIS_LOG_ERROR, text);
    return status;
}

size_t px_log_last_error(struct px_log *log, char *buffer, size_t size)
{
    pthread_mutex_lock(&log->lock);
    const char *text = log->last_error ? log->last_error : "";
    size_t length = strlen(text);
    if (buffer && size > 0) {
        size_t copied = length < size ? length : size - 1;
        memcpy(buffer, text, copied);
        buffer[copied] = '\0';
    }
    pthread_mutex_unlock(&log->lock);
    return length;
}
