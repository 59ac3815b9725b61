/* SPDX-License-Identifier: MIT */
#include "modulators/modulators.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

praxis_status px_modulators_fail(const praxis_log *log, praxis_status status, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (log && log->callback)
        log->callback(log->user, PRAXIS_LOG_ERROR, message);
    return status;
}

praxis_status px_modulators_check_there(const praxis_log *log, bool there, const char *names)
{
    return there ? PRAXIS_SUCCESS : px_modulators_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s NULL", names);
}

praxis_status px_modulators_check_number(const praxis_log *log, const char *name, double value, double low, double high)
{
    if (value >= low && value <= high)
        return PRAXIS_SUCCESS;
    return px_modulators_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s is %g, must be from %g to %g", name, value, low,
                              high);
}

praxis_status px_modulators_check_finite(const praxis_log *log, const char *name, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return px_modulators_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "%s[%llu] is %g, must be finite", name,
                                      (unsigned long long)i, (double)values[i]);
    return PRAXIS_SUCCESS;
}

praxis_status px_modulators_create(const struct px_kind *kind, const void *options, const praxis_log *log, void **made)
{
    struct px_log opened;
    px_log_open(&opened, log);
    praxis_status status = px_object_create(&opened, kind, options, made);
    px_log_close(&opened);
    return status;
}
