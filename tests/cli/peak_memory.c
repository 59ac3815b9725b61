/* SPDX-License-Identifier: MIT */
/*
 * peak_memory FILE COMMAND [ARGUMENT...]: runs the command, writes to FILE how many bytes of memory it had at most, and
 * ends as it does. A system counts to a program what the process had before it became that program: so whoever starts
 * it has to be small, as Python is not.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rusage used;
    int status;
    if (argc < 3)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        execv(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        return 2;
    FILE *file = fopen(argv[1], "w");
    if (!file || fprintf(file, "%lld\n", 1024LL * used.ru_maxrss) < 0 || fclose(file))
        return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
