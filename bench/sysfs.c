/* SPDX-License-Identifier: MIT */
#include "sysfs.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tool/number.h"

static bool read_line(char text[RESULT_TEXT], const char *format, va_list arguments)
{
    char path[SYSFS_PATH], line[RESULT_TEXT];
    int length = vsnprintf(path, sizeof path, format, arguments);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    errno = 0;
    bool there = fgets(line, sizeof line, file) != NULL;
    int error = there ? 0 : errno ? errno : EINVAL;
    fclose(file);
    errno = error;
    if (!there)
        return false;
    line[strcspn(line, "\n")] = '\0';
    result_text(text, line);
    return true;
}

bool sysfs_text(char text[RESULT_TEXT], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool there = read_line(text, format, arguments);
    va_end(arguments);
    return there;
}

double sysfs_number(double scale, const char *format, ...)
{
    char text[RESULT_TEXT];
    double value = NAN;
    va_list arguments;
    va_start(arguments, format);
    bool there = read_line(text, format, arguments);
    va_end(arguments);
    if (there && number_parse(text, &value) != NUMBER) {
        errno = EINVAL;
        return NAN;
    }
    return there ? value * scale : NAN;
}
