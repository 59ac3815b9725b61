/* SPDX-License-Identifier: MIT */
#include "tasks/regression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct room {
    size_t size; /* most + 1 */
    double *matrix, *right, *weight;
};

/* The lower triangle of the normal equations of `count` ticks, of the constant and the largest order. */
static void add_products(const struct regression_data *data, size_t first, size_t count, struct room *room)
{
    size_t size = room->size;
    for (size_t t = first; t < first + count; t++)
        for (size_t i = 0; i < size; i++) {
            double x = i ? (double)data->input[t + 1 - i] : 1;
            room->right[i] += x * (double)data->target[t];
            for (size_t k = 0; k <= i; k++)
                room->matrix[i * size + k] += x * (k ? (double)data->input[t + 1 - k] : 1);
        }
}

/* Weights of the first `size` unknowns by Cholesky's factor; a little is added to the diagonal, so that inputs that are
 * functions of each other have one. */
static void solve(const struct room *room, size_t size, double *factor)
{
    for (size_t i = 0; i < size; i++)
        for (size_t k = 0; k <= i; k++) {
            double sum = room->matrix[i * room->size + k] * (i == k ? 1 + 1e-10 : 1);
            for (size_t j = 0; j < k; j++)
                sum -= factor[i * size + j] * factor[k * size + j];
            factor[i * size + k] = i == k ? sqrt(fmax(sum, 1e-300)) : sum / factor[k * size + k];
        }
    for (size_t i = 0; i < size; i++) {
        room->weight[i] = room->right[i];
        for (size_t k = 0; k < i; k++)
            room->weight[i] -= factor[i * size + k] * room->weight[k];
        room->weight[i] /= factor[i * size + i];
    }
    for (size_t i = size; i-- > 0;) {
        for (size_t k = i + 1; k < size; k++)
            room->weight[i] -= factor[k * size + i] * room->weight[k];
        room->weight[i] /= factor[i * size + i];
    }
}

static double measure(const struct regression_data *data, size_t first, size_t count, size_t order,
                      const double *weight)
{
    double mean = 0, squares = 0, deviations = 0;
    for (size_t t = first; t < first + count; t++)
        mean += (double)data->target[t] / (double)count;
    for (size_t t = first; t < first + count; t++) {
        double error = (double)data->target[t] - weight[0], deviation = (double)data->target[t] - mean;
        for (size_t i = 1; i <= order; i++)
            error -= weight[i] * (double)data->input[t + 1 - i];
        squares += error * error;
        deviations += deviation * deviation;
    }
    return sqrt(squares / deviations);
}

bool regression_test(const struct regression_data *data, size_t most, size_t *order, double *error)
{
    size_t size = most + 1, validated = data->first + data->training, tested = validated + data->validation;
    struct room room = {size, calloc(size * size, sizeof(double)), calloc(size, sizeof(double)),
                        calloc(size, sizeof(double))};
    double *factor = calloc(size * size, sizeof(double)), least = INFINITY;
    bool made = room.matrix && room.right && room.weight && factor;
    *order = 1;
    if (made)
        add_products(data, data->first, data->training, &room);
    for (size_t n = 1; n <= most && made; n++) {
        solve(&room, n + 1, factor);
        double validation = measure(data, validated, data->validation, n, room.weight);
        if (validation < least) {
            least = validation;
            *order = n;
        }
    }
    if (made) {
        add_products(data, validated, data->validation, &room);
        solve(&room, *order + 1, factor);
        *error = measure(data, tested, data->test, *order, room.weight);
    }
    free(room.matrix);
    free(room.right);
    free(room.weight);
    free(factor);
    return made;
}
