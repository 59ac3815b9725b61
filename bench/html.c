#include "html.h"
bool html_write(FILE *file, const struct result *const *results, const char *const *names, size_t count)
{
    (void)file;
    (void)results;
    (void)names;
    (void)count;
    return true;
}
