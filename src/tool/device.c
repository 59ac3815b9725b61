/* SPDX-License-Identifier: MIT */
#include "tool/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/json.h"
#include "tool/memory.h"
#include "tool/opening.h"

#define MEMBER(member)                                                                                                 \
    {                                                                                                                  \
#member, offsetof(praxis_device_info, member), sizeof(((praxis_device_info *)NULL)->member)                    \
    }

struct member {
    const char *name;
    size_t offset, size;
};
static const struct member texts[] = {
    MEMBER(selector), MEMBER(name),    MEMBER(vendor),      MEMBER(platform),
    MEMBER(driver),   MEMBER(version), MEMBER(dot_product), MEMBER(reason),
};
static const struct member numbers[] = {
    MEMBER(compute_units),        MEMBER(clock_mhz),          MEMBER(memory_bytes),
    MEMBER(max_allocation_bytes), MEMBER(local_memory_bytes),
};
#define TEXTS   (sizeof texts / sizeof *texts)
#define NUMBERS (sizeof numbers / sizeof *numbers)

static uint64_t number_at(const praxis_device_info *info, const struct member *member)
{
    const char *at = (const char *)info + member->offset;
    uint32_t narrow;
    uint64_t wide;
    if (member->size == sizeof narrow)
        return memcpy(&narrow, at, sizeof narrow), narrow;
    return memcpy(&wide, at, sizeof wide), wide;
}

static void set_number(praxis_device_info *info, const struct member *member, uint64_t value)
{
    uint32_t narrow = (uint32_t)value;
    memcpy((char *)info + member->offset, member->size == sizeof narrow ? (void *)&narrow : (void *)&value,
           member->size);
}

cJSON *device_json(const praxis_device_info *info)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < TEXTS; i++)
        json_add_text(object, texts[i].name, (const char *)info + texts[i].offset);
    json_add_text(object, "type", cli_device_type(info->type));
    cJSON_AddBoolToObject(object, "usable", info->usable);
    for (size_t i = 0; i < NUMBERS; i++)
        json_add_count(object, numbers[i].name, number_at(info, &numbers[i]));
    return object;
}

/* False where a member is missing. Numbers are digit for digit up to 2^53. */
static bool read_device(const cJSON *object, praxis_device_info *info)
{
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItem(object, "type"));
    info->struct_size = sizeof *info;
    info->usable = cJSON_IsTrue(cJSON_GetObjectItem(object, "usable"));
    info->type = PRAXIS_DEVICE_REFERENCE;
    while (type && info->type <= PRAXIS_DEVICE_GPU && strcmp(type, cli_device_type(info->type)) != 0)
        info->type++;
    bool whole = type && info->type <= PRAXIS_DEVICE_GPU;
    for (size_t i = 0; i < TEXTS; i++) {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(object, texts[i].name));
        whole = whole && text;
        snprintf((char *)info + texts[i].offset, texts[i].size, "%s", text ? text : "");
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        const cJSON *number = cJSON_GetObjectItem(object, numbers[i].name);
        whole = whole && cJSON_IsNumber(number);
        if (whole)
            set_number(info, &numbers[i], number->valuedouble < 0x1p64 ? (uint64_t)number->valuedouble : UINT64_MAX);
    }
    return whole;
}

bool device_read_all(const char *report, praxis_device_info **devices, size_t *count)
{
    cJSON *object = cJSON_Parse(report);
    const cJSON *list = cJSON_GetObjectItem(object, "devices"), *item;
    bool whole = cJSON_GetArraySize(list) > 0;
    *count = 0;
    *devices = memory_get((size_t)cJSON_GetArraySize(list), sizeof **devices);
    cJSON_ArrayForEach(item, list) whole = whole && read_device(item, &(*devices)[(*count)++]);
    cJSON_Delete(object);
    if (!whole) {
        free(*devices);
        *devices = NULL;
        *count = 0;
    }
    return whole;
}
