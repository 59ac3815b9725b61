/* SPDX-License-Identifier: MIT */
/* A record of CSV, by any separator: the first byte. */
#include <stdlib.h>
#include <string.h>

#include "cli/record.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = ",;\t| ";
    struct record record = {.fields = NULL};
    if (size == 0)
        return 0;
    char separator = separators[data[0] % (sizeof separators - 1)];
    char *line = malloc(size);
    if (!line)
        return 0;
    memcpy(line, data + 1, size - 1);
    line[size - 1] = '\0';
    if (record_parse(&record, line, separator))
        for (size_t i = 0; i < record.count; i++)
            if (strlen(record.fields[i].text) > size)
                abort();
    record_free(&record);
    free(line);
    return 0;
}
