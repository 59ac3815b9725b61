/* SPDX-License-Identifier: MIT */
#include "tool/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "tool/ranks.h"

#define MOST_FILES 8 /* to remove; one beyond them would only stay behind */

static const struct {
    int signal;
    const char *name;
} caught[] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}};
#define CAUGHT (sizeof caught / sizeof *caught)

/* A handler may run in any thread, a driver's too. */
static atomic_int noted;
static atomic_bool held, broken;
static _Atomic(const char *) files[MOST_FILES];
static int pipe_ends[2] = {-1, -1};

/* Nothing here, nor in the next, but what a handler may do. */
void cli_interrupt_clean(void)
{
    for (size_t i = 0; i < MOST_FILES; i++)
        if (files[i])
            unlink(files[i]);
}

static void on_signal(int signal)
{
    int error = errno, none = 0;
    if (held && atomic_compare_exchange_strong(&noted, &none, signal)) {
        ssize_t written = write(pipe_ends[1], "", 1);
        (void)written; /* what polls sees the signal a little later */
        errno = error;
        return;
    }
    cli_interrupt_clean();
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(signal, &usual, NULL);
    raise(signal);
    errno = error;
}

static void on_broken_pipe(int signal)
{
    (void)signal;
    broken = true;
}

static void catch_signal(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static bool is_ignored(int signal)
{
    struct sigaction found;
    return sigaction(signal, NULL, &found) == 0 && found.sa_handler == SIG_IGN;
}

void cli_interrupt_begin(void)
{
    if (pipe(pipe_ends) == 0)
        for (int i = 0; i < 2; i++) {
            fcntl(pipe_ends[i], F_SETFD, FD_CLOEXEC);
            fcntl(pipe_ends[i], F_SETFL, O_NONBLOCK);
        }
    for (size_t i = 0; i < CAUGHT; i++)
        if (!is_ignored(caught[i].signal))
            catch_signal(caught[i].signal, on_signal);
    catch_signal(SIGPIPE, on_broken_pipe);
}

void cli_interrupt_hold(void)
{
    held = !ranks_of_job();
}

int cli_interrupted(void)
{
    return noted;
}

const char *cli_interrupt_name(int signal)
{
    for (size_t i = 0; i < CAUGHT; i++)
        if (caught[i].signal == signal)
            return caught[i].name;
    return "a signal";
}

int cli_interrupt_code(int signal)
{
    return 128 + signal;
}

int cli_interrupt_descriptor(void)
{
    return pipe_ends[0];
}

bool cli_pipe_broken(void)
{
    return broken;
}

void cli_interrupt_remove(const char *path)
{
    for (size_t i = 0; i < MOST_FILES; i++) {
        const char *none = NULL;
        if (atomic_compare_exchange_strong(&files[i], &none, path))
            return;
    }
}

void cli_interrupt_forget(const char *path)
{
    for (size_t i = 0; i < MOST_FILES; i++) {
        const char *mine = path;
        atomic_compare_exchange_strong(&files[i], &mine, NULL);
    }
}
