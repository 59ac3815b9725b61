/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2, strsignal */
#include "tool/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "tool/clock.h"
#include "tool/interrupt.h"
#include "tool/memory.h"

extern char **environ;

#define MOST_ARGUMENTS 32
#define SELF           "/proc/self/exe"
#define NOT_STARTED    127
#define TAIL_LINES     8

enum { OUTPUT, PRINTED, FAILURE, PIPES }; /* the last carries errno where the program cannot be started */

/* What is read of one process. */
struct reading {
    const struct process *process;
    struct process_result *result;
    int pipes[PIPES][2];
    pid_t child;
    size_t output_bytes, printed_bytes;
};

static void close_end(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static void close_pipes(struct reading *reading)
{
    for (int i = 0; i < PIPES; i++)
        for (int end = 0; end < 2; end++)
            close_end(&reading->pipes[i][end]);
}

static bool open_pipes(struct reading *reading)
{
    memset(reading->pipes, -1, sizeof reading->pipes);
    for (int i = 0; i < PIPES; i++)
        if (pipe2(reading->pipes[i], O_CLOEXEC) < 0)
            return false;
    /* What the process leaves running, such as a compiler, may hold this one open. */
    return fcntl(reading->pipes[PRINTED][0], F_SETFL, O_NONBLOCK) == 0;
}

/* ---- Its environment ---- */

/* What names and values are put together in; all is made before the fork, behind which nothing may be allocated. */
struct environment {
    char **entries; /* NULL at the end: ours, and the texts */
    char **texts;   /* [count] "NAME=value" */
    size_t count;
};

static bool is_named(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

static bool is_replaced(const struct process *process, const char *entry)
{
    for (size_t v = 0; v < process->variable_count; v++)
        if (process->variables[v].value && is_named(entry, process->variables[v].name))
            return true;
    return false;
}

static char *make_entry(const struct process_variable *variable)
{
    size_t size = strlen(variable->name) + strlen(variable->value) + 2;
    char *text = memory_get(size, 1);
    snprintf(text, size, "%s=%s", variable->name, variable->value);
    return text;
}

static struct environment make_environment(const struct process *process)
{
    struct environment made = {.texts = memory_get(process->variable_count, sizeof *made.texts)};
    size_t ours = 0, used = 0;
    while (environ[ours])
        ours++;
    made.entries = memory_get(ours + process->variable_count + 1, sizeof *made.entries);
    for (size_t i = 0; i < ours; i++)
        if (!is_replaced(process, environ[i]))
            made.entries[used++] = environ[i];
    for (size_t v = 0; v < process->variable_count; v++)
        if (process->variables[v].value)
            made.entries[used++] = made.texts[made.count++] = make_entry(&process->variables[v]);
    return made;
}

static void free_environment(struct environment *environment)
{
    for (size_t i = 0; i < environment->count; i++)
        free(environment->texts[i]);
    free(environment->texts);
    free(environment->entries);
}

/* ---- The process ---- */

/* In the child, which becomes the program. It may have been forked from threads of a driver: it calls nothing but what
 * a handler of signals may. */
static void become(const struct reading *reading, char *const *environment)
{
    const struct process *process = reading->process;
    char path[4096] = "", *arguments[MOST_ARGUMENTS + 2] = {path};
    for (int i = 0; i < MOST_ARGUMENTS && process->arguments[i]; i++)
        arguments[i + 1] = (char *)process->arguments[i];
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
    if (dup2(reading->pipes[OUTPUT][1], STDOUT_FILENO) >= 0 && dup2(reading->pipes[PRINTED][1], STDERR_FILENO) >= 0 &&
        readlink(SELF, path, sizeof path - 1) > 0) {
        execve(path, arguments, environment); /* what SELF itself leads to may be an emulator of this processor */
        execve(SELF, arguments, environment); /* the file was moved */
    }
    int error = errno;
    ssize_t written = write(reading->pipes[FAILURE][1], &error, sizeof error);
    _exit(written < 0 ? 1 : NOT_STARTED);
}

/* False, with errno, where there is no process. */
static bool start(struct reading *reading)
{
    struct environment environment = make_environment(reading->process);
    fflush(NULL);
    reading->child = fork();
    if (reading->child == 0)
        become(reading, environment.entries);
    int error = errno;
    free_environment(&environment);
    errno = error;
    if (reading->child < 0)
        return false;
    for (int i = 0; i < PIPES; i++)
        close_end(&reading->pipes[i][1]);
    if (read(reading->pipes[FAILURE][0], &error, sizeof error) != sizeof error)
        return true;
    waitpid(reading->child, NULL, 0);
    errno = error;
    return false;
}

/* Appends what there is to the output; false at its end. */
static bool read_output(struct reading *reading)
{
    char part[4096], *before = reading->result->output;
    ssize_t size = read(reading->pipes[OUTPUT][0], part, sizeof part);
    if (size <= 0)
        return size < 0 && errno == EINTR;
    char *longer = memory_get(reading->output_bytes + (size_t)size + 1, 1);
    memcpy(longer, before, reading->output_bytes);
    memcpy(longer + reading->output_bytes, part, (size_t)size);
    reading->output_bytes += (size_t)size;
    reading->result->output = longer;
    free(before);
    return true;
}

/* Keeps the end of what is printed; returns what read returns. */
static ssize_t read_printed(struct reading *reading)
{
    char part[4096], *kept = reading->result->printed;
    ssize_t size = read(reading->pipes[PRINTED][0], part, sizeof part);
    if (size <= 0)
        return size;
    if (reading->process->relay)
        fwrite(part, 1, (size_t)size, stderr);
    size_t have = reading->printed_bytes, room = PROCESS_PRINTED - 1;
    size_t drop = have + (size_t)size > room ? have + (size_t)size - room : 0;
    memmove(kept, kept + drop, have - drop);
    memcpy(kept + have - drop, part, (size_t)size);
    reading->printed_bytes = have - drop + (size_t)size;
    kept[reading->printed_bytes] = '\0';
    return size;
}

/* Reads until the process closes its output, which it does at its end. False where that takes too long, or a signal
 * tells this process to end. */
static bool read_all(struct reading *reading)
{
    struct pollfd ends[] = {{reading->pipes[OUTPUT][0], POLLIN, 0},
                            {reading->pipes[PRINTED][0], POLLIN, 0},
                            {cli_interrupt_descriptor(), POLLIN, 0}};
    bool bounded = reading->process->seconds > 0;
    double until = clock_now() + reading->process->seconds;
    for (;;) {
        double left = until - clock_now();
        if ((bounded && left <= 0) || cli_interrupted())
            return false;
        int ready = poll(ends, 3, bounded ? (int)(left * 1e3) + 1 : -1);
        if (ready < 0 && errno != EINTR)
            return true;
        if (ready <= 0)
            continue;
        if (ends[1].revents && read_printed(reading) == 0)
            ends[1].fd = -1;
        if (ends[0].revents && !read_output(reading))
            return true;
    }
}

static void finish(struct reading *reading, bool hung)
{
    struct process_result *result = reading->result;
    int status = 0;
    if (hung)
        kill(reading->child, SIGKILL);
    while (waitpid(reading->child, &status, 0) < 0 && errno == EINTR)
        ;
    while (read_printed(reading) > 0)
        ;
    result->end = hung ? PROCESS_HUNG : WIFSIGNALED(status) ? PROCESS_KILLED : PROCESS_EXITED;
    result->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

bool process_run(const struct process *process, struct process_result *result)
{
    struct reading reading = {.process = process, .result = result};
    *result = (struct process_result){.output = memory_copy("")};
    bool started = open_pipes(&reading) && start(&reading);
    int error = errno;
    if (started)
        finish(&reading, !read_all(&reading));
    else
        process_free(result);
    close_pipes(&reading);
    errno = error;
    return started;
}

void process_free(struct process_result *result)
{
    free(result->output);
    result->output = NULL;
}

void process_describe(const struct process *process, const struct process_result *result, char text[96])
{
    if (result->end == PROCESS_HUNG)
        snprintf(text, 96, "gave no answer in %g s", process->seconds);
    else if (result->end == PROCESS_KILLED)
        snprintf(text, 96, "was killed by signal %d (%.60s)", result->code, strsignal(result->code));
    else
        snprintf(text, 96, "ended with exit code %d", result->code);
}

const char *process_tail(const struct process_result *result)
{
    const char *at = result->printed + strlen(result->printed);
    for (int lines = 0; at > result->printed && lines <= TAIL_LINES; at--)
        lines += at[-1] == '\n' && *at;
    return at > result->printed ? at + 1 : at;
}

void process_print_tail(FILE *file, const char *tail)
{
    while (*tail) {
        size_t length = strcspn(tail, "\n");
        fprintf(file, "    %.*s\n", (int)length, tail);
        tail += length + (tail[length] == '\n');
    }
}
