/* SPDX-License-Identifier: MIT */
/* The version, and what results of calls are called. */
#include "praxis/praxis.h"

#define VERSION_TEXT_(major, minor, patch) #major "." #minor "." #patch
#define VERSION_TEXT(major, minor, patch)  VERSION_TEXT_(major, minor, patch)

const char *praxis_version(void)
{
    return VERSION_TEXT(PRAXIS_VERSION_MAJOR, PRAXIS_VERSION_MINOR, PRAXIS_VERSION_PATCH);
}

const char *praxis_status_string(praxis_status status)
{
    switch (status) {
    case PRAXIS_SUCCESS:
        return "success";
    case PRAXIS_ERROR_INVALID_ARGUMENT:
        return "invalid argument";
    case PRAXIS_ERROR_OUT_OF_RANGE:
        return "out of range";
    case PRAXIS_ERROR_OUT_OF_MEMORY:
        return "out of memory";
    case PRAXIS_ERROR_NO_DEVICE:
        return "no such device";
    case PRAXIS_ERROR_DEVICE:
        return "device failed";
    case PRAXIS_ERROR_BUILD:
        return "kernels did not compile";
    case PRAXIS_ERROR_UNSUPPORTED:
        return "not supported";
    case PRAXIS_ERROR_IO:
        return "file could not be read or written";
    case PRAXIS_ERROR_BROKEN:
        return "network broken by an earlier failure";
    case PRAXIS_ERROR_IN_USE:
        return "network in use by another thread";
    case PRAXIS_ERROR_FORMAT:
        return "file is damaged or of another kind";
    }
    return "unknown status";
}
