/* SPDX-License-Identifier: MIT */
/* The OpenCL drivers that the loader finds: the .icd files of a folder, each with the name of a library. */
#ifndef TOOL_DRIVERS_H
#define TOOL_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>

struct driver {
    char *file;    /* the .icd file; or, where OCL_ICD_VENDORS names a library, that */
    char *library; /* what the file names; "" where it cannot be read */
};

struct drivers {
    struct driver *list; /* sorted by name */
    size_t count;
};

void drivers_find(struct drivers *drivers);
void drivers_free(struct drivers *drivers);

/* Why a library cannot be loaded, into `text`; false where it can be. Loads it: only where a driver may do as it likes.
 */
bool driver_is_broken(const struct driver *driver, char *text, size_t size);

/* A new, empty folder for OCL_ICD_VENDORS, allocated; NULL with errno where it cannot be made. */
char *drivers_make_folder(void);
/* Makes it hold those drivers whose `chosen` is true. False with errno where it cannot. */
bool drivers_choose(const struct drivers *drivers, const char *folder, const bool *chosen);
/* Removes and frees it; NULL is allowed. */
void drivers_remove_folder(const struct drivers *drivers, char *folder);

#endif
