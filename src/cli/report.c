/* SPDX-License-Identifier: MIT */
/* Pictures of a training run, drawn by gnuplot from data files that stay beside them. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cli/training.h"

extern char **environ;

#define RASTER_NEURONS 200 /* rows of the activity raster, spread evenly over the network */

static const char style[] = "set terminal svg size 760,460 dynamic font 'Helvetica,14' background 'white'\n"
                            "set border 3 lc '#555555'\nset tics nomirror out\nset grid y lc '#dddddd' lt 1\n"
                            "set style fill transparent solid 0.25 noborder\n";

/* The learning curve: median and range over seeds of each block of trials, learners and controls. */
static bool write_curve(const struct training *training, FILE *file)
{
    uint32_t seeds = training->options.seeds;
    double *values = calloc(seeds, sizeof *values);
    for (uint64_t first = 0; values && first < training->trials; first += TRAINING_BLOCK) {
        uint64_t left = training->trials - first, count = left < TRAINING_BLOCK ? left : TRAINING_BLOCK;
        fprintf(file, "%llu", (unsigned long long)(first + count));
        for (uint32_t part = 0; part < 2; part++) {
            for (uint32_t s = 0; s < seeds; s++)
                values[s] = training_mean(training, part * seeds + s, first, count);
            struct summary summary = training_summarise(values, seeds);
            fprintf(file, " %g %g %g", summary.minimum, summary.median, summary.maximum);
        }
        fputc('\n', file);
    }
    free(values);
    return values != NULL;
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

static uint64_t raster_rows(const struct training *training)
{
    uint64_t neurons = training->network.graph.neurons;
    return neurons < RASTER_NEURONS ? neurons : RASTER_NEURONS;
}

static void write_raster(const struct training *training, FILE *file)
{
    uint64_t neurons = training->network.graph.neurons, rows = raster_rows(training);
    for (uint32_t t = 0; t < training->record_ticks; t++) {
        for (uint64_t i = 0; i < rows; i++)
            fprintf(file, "%u %llu %g\n", t + 1, (unsigned long long)i,
                    (double)training->record[t * neurons + i * neurons / rows]);
        fputc('\n', file);
    }
}

static void write_script(const struct training *training, FILE *file)
{
    uint64_t rows = raster_rows(training);
    fputs(style, file);
    fprintf(file,
            "set output 'learning.svg'\nset title '%s, rule %s: reward of %u organoids'\n"
            "set xlabel 'trial'\nset ylabel 'reward, mean of %d trials'\nset yrange [0:1.05]\n"
            "set key outside bottom center horizontal\n"
            "plot 'learning.dat' using 1:2:4 with filledcurves lc '#1f77b4' title 'range over seeds', "
            "'' using 1:3 with lines lw 2 lc '#1f77b4' title 'median', "
            "'' using 1:5:7 with filledcurves lc '#888888' title 'control, range', "
            "'' using 1:6 with lines lw 2 lc '#888888' title 'control, median', "
            "%g with lines dt 2 lc '#d62728' title 'chance'\n",
            training->task.name, rule_name(training->options.rule), training->options.seeds, TRAINING_BLOCK,
            1.0 / training->task.actions);
    fputs("set yrange [0:*]\nset key inside top right vertical\nnormal(x) = exp(-x*x/2)/sqrt(2*pi)\nset samples 400\n",
          file);
    const char *const names[] = {"weights", "activations"};
    for (int i = 0; i < 2; i++)
        fprintf(file,
                "set output '%s.svg'\nset title 'Distribution of %s after training'\nset xlabel 'value'\n"
                "set ylabel 'density'\nset xrange [-3.2:3.2]\n"
                "plot '%s.dat' using 1:2 with boxes lc '#1f77b4' title '%s', "
                "normal(x) with lines lw 2 lc '#d62728' title 'N(0, 1)'\n",
                names[i], names[i], names[i], names[i]);
    fprintf(file,
            "set output 'activity.svg'\nset title 'One trial: activations of %llu neurons, evenly chosen'\n"
            "set xlabel 'tick'\nset ylabel 'neuron, in order'\nset xrange [0.5:%u.5]\nset yrange [-0.5:%llu.5]\n"
            "unset grid\nset cbrange [-2:2]\nset cblabel 'activation'\nset style fill solid 1.0\n"
            "set palette defined (-2 '#2166ac', 0 '#f7f7f7', 2 '#b2182b')\nunset key\n"
            "plot 'activity.dat' using 1:2:3 with image\n",
            (unsigned long long)rows, training->record_ticks, (unsigned long long)rows - 1);
}

/* Runs gnuplot in the directory; its exit code, or -1 where it could not be started. */
static int run_gnuplot(const char *directory)
{
    char change[] = "-e", *command = malloc(strlen(directory) * 2 + 16);
    if (!command)
        return -1;
    char *at = command + sprintf(command, "cd '");
    for (const char *c = directory; *c; c++) {
        if (*c == '\'') /* a quote inside gnuplot's quotes is doubled */
            *at++ = '\'';
        *at++ = *c;
    }
    strcpy(at, "'");
    char program[] = "gnuplot", *script = malloc(strlen(directory) + 16);
    pid_t child;
    int result = -1;
    if (script) {
        sprintf(script, "%s/report.gp", directory);
        char *const arguments[] = {program, change, command, script, NULL};
        int status = 0;
        if (posix_spawnp(&child, program, NULL, NULL, arguments, environ) == 0 && waitpid(child, &status, 0) == child)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    free(script);
    free(command);
    return result;
}

static FILE *open_in(const char *directory, const char *name)
{
    char *path = malloc(strlen(directory) + strlen(name) + 2);
    if (!path)
        return NULL;
    sprintf(path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    free(path);
    return file;
}

static bool write_data(const struct training *training, const char *directory)
{
    static const char *const names[] = {"learning.dat", "weights.dat", "activations.dat", "activity.dat", "report.gp"};
    bool written = true;
    for (int i = 0; i < 5 && written; i++) {
        FILE *file = open_in(directory, names[i]);
        if (!file)
            return false;
        if (i == 0)
            written = write_curve(training, file);
        else if (i == 3)
            write_raster(training, file);
        else if (i == 4)
            write_script(training, file);
        else
            write_histogram(i == 1 ? training->weights : training->activations, training->options.seeds, file);
        written = !ferror(file) && written;
        written = fclose(file) == 0 && written;
    }
    return written;
}

int training_report(const struct cli_command *command, const struct training *training, const char *directory)
{
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return cli_fail(command, "%s: cannot be made: %s", directory, strerror(errno));
    if (!write_data(training, directory))
        return cli_fail(command, "%s: the report cannot be written: %s", directory, strerror(errno));
    int result = run_gnuplot(directory);
    if (result != 0)
        return cli_fail(command, "gnuplot %s; the data and report.gp are in %s",
                        result < 0 ? "cannot be started" : "failed", directory);
    fprintf(stderr, "praxis %s: pictures in %s: learning.svg, weights.svg, activations.svg, activity.svg\n",
            command->name, directory);
    return CLI_DONE;
}
