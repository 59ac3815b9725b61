/* SPDX-License-Identifier: MIT */
#include "cli/groups.h"

#include <stdlib.h>
#include <string.h>

#include "cli/record.h"
#include "tool/memory.h"

/* G groups that share out all neurons in order. */
static void share_out(uint64_t neurons, uint64_t count, struct groups *groups)
{
    for (uint64_t g = 0; g < count; g++) {
        struct group *group = &groups->list[groups->count++];
        snprintf(group->name, sizeof group->name, "group%llu", (unsigned long long)g);
        group->first = g * neurons / count;
        group->count = (g + 1) * neurons / count - group->first;
    }
}

static bool parse_count(const char *text, uint64_t *value)
{
    const char *end;
    return cli_count(text, &end, value) && *end == '\0';
}

static bool is_taken(const struct groups *groups, const char *name)
{
    for (size_t g = 0; g < groups->count; g++)
        if (strcmp(groups->list[g].name, name) == 0)
            return true;
    return false;
}

/* One NAME=FIRST:COUNT, which is taken apart. */
static int parse_group(const struct cli_command *command, char *word, uint64_t neurons, struct groups *groups)
{
    struct group *group = &groups->list[groups->count];
    char *equals = strrchr(word, '='), *colon = equals ? strchr(equals, ':') : NULL;
    if (!colon)
        return cli_usage(command, "--groups has \"%s\", must be a number or NAME=FIRST:COUNT,...", word);
    *equals = *colon = '\0';
    size_t length = strlen(word);
    if (length == 0 || length >= sizeof group->name)
        return cli_usage(command, "--groups has the name \"%s\" of %zu bytes, must have 1 to %zu", word, length,
                         sizeof group->name - 1);
    if (is_taken(groups, word))
        return cli_usage(command, "--groups has two groups \"%s\"", word);
    if (!parse_count(equals + 1, &group->first) || group->first >= neurons)
        return cli_usage(command, "group %s begins at neuron \"%s\", there are 0 to %llu", word, equals + 1,
                         (unsigned long long)neurons - 1);
    if (!parse_count(colon + 1, &group->count) || group->count < 1 || group->count > neurons - group->first)
        return cli_usage(command, "group %s has \"%s\" neurons from %llu on, there are 1 to %llu", word, colon + 1,
                         (unsigned long long)group->first, (unsigned long long)(neurons - group->first));
    memcpy(group->name, word, length + 1);
    groups->count++;
    return CLI_DONE;
}

static int parse_list(const struct cli_command *command, const char *text, uint64_t neurons, struct groups *groups)
{
    struct record words;
    int code = record_parse(&words, text, ',') ? CLI_DONE : cli_usage(command, "--groups has a misplaced quote");
    if (code == CLI_DONE && words.count > GROUPS_MOST)
        code = cli_usage(command, "--groups has %zu groups, must have 1 to %d", words.count, GROUPS_MOST);
    for (size_t w = 0; w < words.count && code == CLI_DONE; w++)
        code = parse_group(command, words.fields[w].text, neurons, groups);
    record_free(&words);
    return code;
}

int groups_parse(const struct cli_command *command, const char *text, uint64_t neurons, struct groups *groups)
{
    uint64_t count, most = neurons < GROUPS_MOST ? neurons : GROUPS_MOST;
    *groups = (struct groups){.list = memory_get(GROUPS_MOST, sizeof *groups->list),
                              .numbers = memory_get(GROUPS_MOST, sizeof *groups->numbers)};
    if (strchr(text, '='))
        return parse_list(command, text, neurons, groups);
    if (!parse_count(text, &count))
        return cli_usage(command, "--groups is \"%s\", must be a number or NAME=FIRST:COUNT,...", text);
    if (count < 1 || count > most)
        return cli_usage(command, "--groups is %s, must be from 1 to %llu", text, (unsigned long long)most);
    share_out(neurons, count, groups);
    return CLI_DONE;
}

static bool add(praxis_network *network, const struct group *group, uint32_t *number)
{
    uint32_t *members = memory_get(group->count, sizeof *members);
    for (uint64_t i = 0; i < group->count; i++)
        members[i] = (uint32_t)(group->first + i);
    praxis_status status = praxis_network_add_group(network, group->name, members, (size_t)group->count, number);
    free(members);
    return !status;
}

bool groups_add(praxis_network *network, struct groups *groups)
{
    for (size_t g = 0; g < groups->count; g++)
        if (!add(network, &groups->list[g], &groups->numbers[g]))
            return false;
    return true;
}

void groups_free(struct groups *groups)
{
    free(groups->list);
    free(groups->numbers);
    *groups = (struct groups){.list = NULL};
}
