/* SPDX-License-Identifier: MIT */
#include "tool/utf8.h"

size_t utf8_length(const char *bytes)
{
    const unsigned char *text = (const unsigned char *)bytes;
    unsigned char first = text[0], least = 0x80, most = 0xBF;
    size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (first == 0xE0)
        least = 0xA0; /* below: too long a form */
    else if (first == 0xED)
        most = 0x9F; /* above: surrogates */
    else if (first == 0xF0)
        least = 0x90;
    else if (first == 0xF4)
        most = 0x8F; /* above: beyond U+10FFFF */
    for (size_t i = 1; i < length; i++) {
        if (text[i] < least || text[i] > most)
            return 0;
        least = 0x80;
        most = 0xBF;
    }
    return length;
}
