/* SPDX-License-Identifier: MIT */
/* Which devices a text asks for. */
#ifndef PX_WISHES_H
#define PX_WISHES_H

#include "base/log.h"

/* Devices by selector or part of a name. */
struct px_wishes {
    char **names; /* [count] in `text`, NUL-terminated */
    uint32_t count;
    char *text;
};

/* The first usable device that the wish names: its selector, or part of its name; NULL or "" takes the first. */
const praxis_device_info *px_wish_find(const praxis_device_info *list, size_t count, const char *wish);

/*
 * Those between commas, without the blanks around them; but one where all of the text names a device of the list, for a
 * name may hold a comma. px_wishes_free, which does nothing to zeros, where it fails, too.
 */
praxis_status px_wishes_read(struct px_log *log, const char *text, const praxis_device_info *list, size_t count,
                             struct px_wishes *wishes);
void px_wishes_free(struct px_wishes *wishes);

#endif
