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
#include <math.h>
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
#define NAME_SIZE  64 /* of a file */

static const char terminal[] = "set terminal svg size 760,460 dynamic font 'Helvetica,14' background 'white'\n";
static const char style[] = "reset\nset border 3 lc '#555555'\nset tics nomirror out\nset grid y lc '#dddddd' lt 1\n"
                            "set style fill transparent solid 0.25 noborder\n";

/* ---- The learning curve ---- */

/* Range and median over seeds of each point, condition after condition. */
static void write_curve(const struct training *training, FILE *file)
{
    const struct curve *curve = &training->curve;
    for (size_t i = 0; i < curve->point_count; i++) {
        fprintf(file, "%" PRIu64, curve->ends[i]);
        for (uint32_t c = 0; c < training->condition_count; c++) {
            const struct summary *point = &curve->points[i * training->condition_count + c];
            fprintf(file, " %g %g %g", point->minimum, point->median, point->maximum);
        }
        fputc('\n', file);
    }
}

/* Range and median of one condition. */
static void script_condition(const struct training *training, uint32_t condition, const char *with, FILE *file)
{
    static const char *const colours[] = {"#1f77b4", "#888888", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2"};
    const char *colour = colours[condition % (sizeof colours / sizeof *colours)];
    const struct task_control *control = training_control(training, condition);
    const char *name = control ? control->name : "learning";
    uint32_t column = 2 + 3 * condition;
    fprintf(file,
            "'learning.dat' using 1:%u:%u with filledcurves lc '%s' notitle, "
            "'' using 1:%u with %s lw 2 lc '%s' title '%s', ",
            column, column + 2, colour, column + 1, with, colour, name);
}

static void script_curve(const struct training *training, FILE *file)
{
    const struct curve *curve = &training->curve;
    const struct task *task = training->conditions->task;
    const char *with = curve->point_count < FEW_POINTS ? "linespoints pt 7 ps 0.5" : "lines";
    fprintf(file, "set title '%s: %s of %u organoid%s", task->name, training->shown, training->seeds,
            training->seeds == 1 ? "" : "s, median and range");
    if (curve->turns < training->conditions->length && training->signal)
        fprintf(file, ", ended after %" PRIu64 " of %" PRIu64 " %s", curve->turns, training->conditions->length,
                task->protocol->turns);
    fprintf(file,
            "'\nset xlabel '%s'\nset ylabel '%s, mean of %" PRIu64 " %s'\nset xrange [0:%" PRIu64 "]\n"
            "set yrange [0:*]\nset key outside right top vertical Left reverse samplen 2 spacing 1.2\n",
            task->protocol->turn, task->curve, curve->point_turns, task->protocol->turns, curve->turns);
    if (!isnan(task->chance))
        fprintf(file, "set yrange [0:1.05]\n");
    fprintf(file, "plot ");
    for (uint32_t c = 0; c < training->condition_count; c++)
        script_condition(training, c, with, file);
    fprintf(file, isnan(task->chance) ? "NaN notitle\n" : "%g with lines dt 2 lc '#d62728' title 'chance'\n",
            task->chance);
}

/* ---- Distributions ---- */

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
    write_histogram(training->weights, training->seeds, file);
}

static void write_activations(const struct training *training, FILE *file)
{
    write_histogram(training->activations, training->seeds, file);
}

static void script_histogram(const char *name, FILE *file)
{
    fprintf(file,
            "set title 'Distribution of %s after training'\nset xlabel 'value'\nset ylabel 'density'\n"
            "set xrange [-3.2:3.2]\nset yrange [0:*]\nset key inside top right vertical\n"
            "normal(x) = exp(-x*x/2)/sqrt(2*pi)\nset samples 400\n"
            "plot '%s.dat' using 1:2 with boxes lc '#1f77b4' title '%s', "
            "normal(x) with lines lw 2 lc '#d62728' title 'N(0, 1)'\n",
            name, name, name);
}

static void script_weights(const struct training *training, FILE *file)
{
    (void)training;
    script_histogram("weights", file);
}

static void script_activations(const struct training *training, FILE *file)
{
    (void)training;
    script_histogram("activations", file);
}

/* ---- All pictures ---- */

/* A picture of every task, or one of its own. */
struct picture {
    const char *name;
    void (*data)(const struct training *training, FILE *file);
    void (*script)(const struct training *training, FILE *file);
    const struct task_picture *own; /* NULL: the two above */
};

static const struct picture common[] = {
    {"learning", write_curve, script_curve, NULL},
    {"weights", write_weights, script_weights, NULL},
    {"activations", write_activations, script_activations, NULL},
};
#define COMMON (sizeof common / sizeof *common)

/* Whether there is anything to draw of learning: some tasks have nothing to tell before they end. */
static bool has_curve(const struct training *training)
{
    const struct curve *curve = &training->curve;
    for (size_t i = 0; i < curve->point_count * training->condition_count; i++)
        if (!isnan(curve->points[i].median))
            return true;
    return false;
}

/* Picture `number`; false where there is none. */
static bool find_picture(const struct training *training, size_t number, struct picture *picture)
{
    const struct task *task = training->conditions->task;
    const struct task_picture *lists[] = {task->protocol->pictures, task->pictures};
    number += !has_curve(training); /* the first */
    if (number < COMMON) {
        *picture = common[number];
        return true;
    }
    number -= COMMON;
    for (int i = 0; i < 2; i++)
        for (const struct task_picture *own = lists[i]; own && own->name; own++)
            if (number-- == 0) {
                *picture = (struct picture){.name = own->name, .own = own};
                return true;
            }
    return false;
}

static bool has_data(const struct picture *picture)
{
    return !picture->own || picture->own->data;
}

static void write_data(const struct training *training, const struct picture *picture, FILE *file)
{
    if (picture->own)
        picture->own->data(training->learners[0], file);
    else
        picture->data(training, file);
}

static void write_svg(const struct training *training, const struct picture *picture, FILE *file)
{
    picture->own->svg(training->learners[0], file);
}

static void write_script(const struct training *training, const struct picture *nothing, FILE *file)
{
    struct picture picture;
    (void)nothing;
    fputs(terminal, file);
    for (size_t i = 0; find_picture(training, i, &picture); i++) {
        if (picture.own && picture.own->svg)
            continue;
        fprintf(file, "%sset output '%s.svg'\n", style, picture.name);
        if (picture.own)
            picture.own->script(training->learners[0], file);
        else
            picture.script(training, file);
    }
}

/* ---- Files ---- */

/* A file of the report. */
struct part {
    char name[NAME_SIZE];
    struct picture picture;
    void (*write)(const struct training *training, const struct picture *picture, FILE *file); /* NULL: gnuplot draws */
};

/* Part `number`: the script, then data and drawing of every picture; false where there is none. The data of a picture
 * that has none is left out. */
static bool find_part(const struct training *training, size_t number, struct part *part)
{
    struct picture picture;
    if (number == 0) {
        *part = (struct part){.name = "report.gp", .write = write_script};
        return true;
    }
    number--;
    for (size_t i = 0; find_picture(training, i, &picture); i++) {
        *part = (struct part){.picture = picture};
        if (has_data(&picture) && number-- == 0) {
            snprintf(part->name, sizeof part->name, "%s.dat", picture.name);
            part->write = write_data;
            return true;
        }
        if (number-- == 0) {
            snprintf(part->name, sizeof part->name, "%s.svg", picture.name);
            part->write = picture.own && picture.own->svg ? write_svg : NULL;
            return true;
        }
    }
    return false;
}

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
static void close_place(const struct training *training, struct place *place)
{
    int error = errno;
    struct part part;
    for (size_t i = 0; training && place->folder >= 0 && find_part(training, i, &part); i++)
        unlinkat(place->folder, part.name, 0);
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
    part->write(training, &part->picture, file);
    bool written = !ferror(file);
    return fclose(file) == 0 && written;
}

/* What was written, or what gnuplot has drawn: into the directory. */
static bool put_in_place(const struct training *training, const struct place *place, bool drawn)
{
    struct part part;
    for (size_t i = 0; find_part(training, i, &part); i++)
        if ((part.write == NULL) == drawn && renameat(place->folder, part.name, place->directory, part.name) != 0)
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
    close_place(NULL, &place);
    if (!opened)
        return cli_fail(command, "%s: the report cannot be written: %s", directory, strerror(errno));
    if (run_gnuplot(arguments, -1) != 0)
        return cli_fail(command, "--report needs gnuplot, which cannot be started");
    return CLI_DONE;
}

/* "learning.svg, weights.svg" */
static void tell(const struct cli_command *command, const struct training *training, const char *directory)
{
    struct picture picture;
    fprintf(stderr, "praxis %s: pictures in %s: ", command->name, directory);
    for (size_t i = 0; find_picture(training, i, &picture); i++)
        fprintf(stderr, "%s%s.svg", i ? ", " : "", picture.name);
    fputc('\n', stderr);
}

int training_report(const struct cli_command *command, const struct training *training, const char *directory)
{
    char program[] = "gnuplot", defaults[] = "-d", script[] = "report.gp";
    char *const arguments[] = {program, defaults, script, NULL};
    struct place place;
    struct part part;
    bool written = open_place(directory, &place);
    for (size_t i = 0; written && find_part(training, i, &part); i++)
        written = !part.write || write_part(training, &place, &part);
    bool drawn = written && run_gnuplot(arguments, place.folder) == 0;
    written = written && put_in_place(training, &place, false) && (!drawn || put_in_place(training, &place, true));
    close_place(training, &place);
    if (!written)
        return cli_fail(command, "%s: the report cannot be written: %s", directory, strerror(errno));
    if (!drawn)
        return cli_fail(command, "gnuplot failed; the data and report.gp are in %s", directory);
    tell(command, training, directory);
    return CLI_DONE;
}
