/* SPDX-License-Identifier: MIT */
/*
 * Pictures of a training run, drawn by gnuplot from data files that stay beside them. All is made in a new folder
 * within the one that was asked for, and then moved into it, so that no file is written through a link that stands
 * there, or is half of one run and half of another. No name from outside is told to gnuplot: it is started in the
 * folder.
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addfchdir_np, mkdtemp */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/training.h"
#include "tool/memory.h"

extern char **environ;

#define FEW_POINTS 60 /* of a curve, so that each is marked */

static const char style[] = "set terminal svg size 760,460 dynamic font 'Helvetica,14' background 'white'\n"
                            "set border 3 lc '#555555'\nset tics nomirror out\nset grid y lc '#dddddd' lt 1\n"
                            "set style fill transparent solid 0.25 noborder\n";

/* ---- Data ---- */

/* The learning curve: median and range over seeds of each point, learners and controls. */
static void write_curve(const struct training *training, FILE *file)
{
    const struct rewards *rewards = &training->rewards;
    for (size_t i = 0; i < rewards->point_count; i++) {
        const struct rewards_point *point = &rewards->points[i];
        const struct summary *of[] = {&point->learners, &point->controls};
        fprintf(file, "%" PRIu64, point->trial);
        for (int part = 0; part < 2; part++)
            fprintf(file, " %g %g %g", of[part]->minimum, of[part]->median, of[part]->maximum);
        fputc('\n', file);
    }
}

/* Density of the values of all learners, code by code. */
static void write_histogram(const praxis_statistics *statistics, uint32_t seeds, FILE *file)
{
    for (int b = 0; b < PRAXIS_HISTOGRAM_BINS; b++) {
        uint64_t count = 0, all = 0;
        for (uint32_t s = 0; s < seeds; s++) {
            count += statistics[s].histogram[b];
            all += statistics[s].count;
        }
        fprintf(file, "%g %g\n", (b - 127) * statistics->unit, (double)count / ((double)all * statistics->unit));
    }
}

static void write_weights(const struct training *training, FILE *file)
{
    write_histogram(training->weights, training->options.seeds, file);
}

static void write_activations(const struct training *training, FILE *file)
{
    write_histogram(training->activations, training->options.seeds, file);
}

static void write_raster(const struct training *training, FILE *file)
{
    const struct reinforcement_recording *recording = &training->recording;
    for (uint32_t t = 0; t < recording->ticks; t++) {
        for (uint32_t i = 0; i < recording->neurons; i++)
            fprintf(file, "%u %u %g\n", (t + 1) * recording->step, i,
                    (double)recording->values[(size_t)t * recording->neurons + i]);
        fputc('\n', file);
    }
}

/* ---- The script ---- */

static void script_curve(const struct training *training, FILE *file)
{
    const struct rewards *rewards = &training->rewards;
    const char *with = rewards->point_count < FEW_POINTS ? "linespoints pt 7 ps 0.5" : "lines";
    fprintf(file, "set output 'learning.svg'\nset title '%s, rule %s: reward of %u organoid%s", training->task.name,
            rule_name(training->options.rule), rewards->seeds, rewards->seeds == 1 ? "" : "s");
    if (rewards->trials < training->trials)
        fprintf(file, ", ended after %" PRIu64 " of %" PRIu64 " trials", rewards->trials, training->trials);
    fprintf(file,
            "'\nset xlabel 'trial'\nset ylabel 'reward, mean of %" PRIu64 " trials'\nset xrange [0:%" PRIu64 "]\n"
            "set yrange [0:1.05]\nset key outside bottom center horizontal spacing 1.1\nset bmargin 7\n"
            "plot 'learning.dat' using 1:2:4 with filledcurves lc '#1f77b4' title 'range over seeds', "
            "'' using 1:3 with %s lw 2 lc '#1f77b4' title 'median', "
            "'' using 1:5:7 with filledcurves lc '#888888' title 'control, range', "
            "'' using 1:6 with %s lw 2 lc '#888888' title 'control, median', "
            "%g with lines dt 2 lc '#d62728' title 'chance'\n",
            rewards->point_trials, rewards->trials, with, with, 1.0 / training->task.actions);
}

static void script_histograms(FILE *file)
{
    static const char *const names[] = {"weights", "activations"};
    fputs("set bmargin -1\nset yrange [0:*]\nset key inside top right vertical\nnormal(x) = "
          "exp(-x*x/2)/sqrt(2*pi)\nset samples 400\n",
          file);
    for (int i = 0; i < 2; i++)
        fprintf(file,
                "set output '%s.svg'\nset title 'Distribution of %s after training'\nset xlabel 'value'\n"
                "set ylabel 'density'\nset xrange [-3.2:3.2]\n"
                "plot '%s.dat' using 1:2 with boxes lc '#1f77b4' title '%s', "
                "normal(x) with lines lw 2 lc '#d62728' title 'N(0, 1)'\n",
                names[i], names[i], names[i], names[i]);
}

static void script_raster(const struct training *training, FILE *file)
{
    const struct reinforcement_recording *recording = &training->recording;
    double step = recording->step;
    fprintf(file,
            "set output 'activity.svg'\nset title 'One trial: activations of %u of %" PRIu64 " neurons, evenly chosen",
            recording->neurons, training->network.neurons);
    if (recording->step > 1)
        fprintf(file, ", one tick in %u", recording->step);
    fprintf(file,
            "'\nset xlabel 'tick'\nset ylabel 'neuron, in order'\nset xrange [%g:%g]\nset yrange [-0.5:%u.5]\n"
            "unset grid\nset cbrange [-2:2]\nset cblabel 'activation'\nset style fill solid 1.0\n"
            "set palette defined (-2 '#2166ac', 0 '#f7f7f7', 2 '#b2182b')\nunset key\n"
            "plot 'activity.dat' using 1:2:3 with image\n",
            step / 2, step * (recording->ticks + 0.5), recording->neurons - 1);
}

static void write_script(const struct training *training, FILE *file)
{
    fputs(style, file);
    script_curve(training, file);
    script_histograms(file);
    script_raster(training, file);
}

/* ---- Files ---- */

static const struct part {
    const char *name;
    void (*write)(const struct training *training, FILE *file); /* NULL: gnuplot draws it */
} parts[] = {
    {"learning.dat", write_curve},  {"weights.dat", write_weights}, {"activations.dat", write_activations},
    {"activity.dat", write_raster}, {"report.gp", write_script},    {"learning.svg", NULL},
    {"weights.svg", NULL},          {"activations.svg", NULL},      {"activity.svg", NULL},
};
#define PARTS (sizeof parts / sizeof *parts)

/* The directory and the new folder in it. */
struct place {
    int directory, folder; /* descriptors */
    char *path;            /* of the folder */
};

/* Makes both where need be; false with errno. */
static bool open_place(const char *directory, struct place *place)
{
    static const char name[] = "/.report.XXXXXX";
    *place = (struct place){-1, -1, NULL};
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return false;
    place->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->directory < 0)
        return false;
    place->path = memory_get(strlen(directory) + sizeof name, 1);
    sprintf(place->path, "%s%s", directory, name);
    if (mkdtemp(place->path))
        place->folder = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return place->folder >= 0;
}

/* Removes the folder and what is left in it. */
static void close_place(struct place *place)
{
    int error = errno;
    for (size_t i = 0; i < PARTS && place->folder >= 0; i++)
        unlinkat(place->folder, parts[i].name, 0);
    if (place->folder >= 0) {
        close(place->folder);
        rmdir(place->path);
    }
    if (place->directory >= 0)
        close(place->directory);
    free(place->path);
    errno = error;
}

static bool write_part(const struct training *training, const struct place *place, const struct part *part)
{
    int descriptor = openat(place->folder, part->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (!file)
        return false;
    part->write(training, file);
    bool written = !ferror(file);
    return fclose(file) == 0 && written;
}

/* Data and script, or what gnuplot has drawn: into the directory. */
static bool put_in_place(const struct place *place, bool drawn)
{
    for (size_t i = 0; i < PARTS; i++)
        if ((parts[i].write == NULL) == drawn &&
            renameat(place->folder, parts[i].name, place->directory, parts[i].name) != 0)
            return false;
    return true;
}

/* ---- gnuplot ---- */

/* Runs it in the folder, or where that is negative, here; what it prints is an error. Its exit code; negative where it
 * could not be started or was ended. */
static int run_gnuplot(char *const arguments[], int folder)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    bool started = (folder < 0 || posix_spawn_file_actions_addfchdir_np(&actions, folder) == 0) &&
                   posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) == 0 &&
                   posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    while (started && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return started && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int training_report_prepare(const struct cli_command *command, const char *directory)
{
    char program[] = "gnuplot", option[] = "-e", nothing[] = "";
    char *const arguments[] = {program, option, nothing, NULL};
    struct place place;
    bool opened = open_place(directory, &place);
    close_place(&place);
    if (!opened)
        return cli_fail(command, "%s: the report cannot be written: %s", directory, strerror(errno));
    if (run_gnuplot(arguments, -1) != 0)
        return cli_fail(command, "--report needs gnuplot, which cannot be started");
    return CLI_DONE;
}

int training_report(const struct cli_command *command, const struct training *training, const char *directory)
{
    char program[] = "gnuplot", defaults[] = "-d", script[] = "report.gp";
    char *const arguments[] = {program, defaults, script, NULL};
    struct place place;
    bool written = open_place(directory, &place);
    for (size_t i = 0; i < PARTS && written; i++)
        written = !parts[i].write || write_part(training, &place, &parts[i]);
    bool drawn = written && run_gnuplot(arguments, place.folder) == 0;
    written = written && put_in_place(&place, false) && (!drawn || put_in_place(&place, true));
    close_place(&place);
    if (!written)
        return cli_fail(command, "%s: the report cannot be written: %s", directory, strerror(errno));
    if (!drawn)
        return cli_fail(command, "gnuplot failed; the data and report.gp are in %s", directory);
    fprintf(stderr, "praxis %s: pictures in %s: learning.svg, weights.svg, activations.svg, activity.svg\n",
            command->name, directory);
    return CLI_DONE;
}
