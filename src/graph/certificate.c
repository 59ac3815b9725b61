/* SPDX-License-Identifier: MIT */
/*
 * Eigenvalues in closed form. The graph is a Cayley graph of an abelian group, so each character (u, v) of Z_p x Z_p
 * is an eigenvector; its eigenvalue is the sum of the character over the connection set. For v = 0, u != 0 that is -k.
 * For v != 0 each curve of slope s adds a quadratic Gauss sum less its term at t = 0: with p mod 4 = 3,
 *
 *     sum over t != 0 of w^(u t + v s t^2) = chi(v s) i sqrt(p) w^(-u^2 / (4 v s)) - 1,   w = exp(2 pi i / p).
 *
 * It depends on (u, v) through chi(v) and z = -u^2 / (4 v) alone, and z runs over 0 and the residues y with
 * chi(y) = chi(-1) chi(v) = -chi(v): 2 values of chi(v), (p + 1) / 2 of z. Since the eigenvalue at (u, -v) is the
 * complex conjugate, chi(v) = 1 suffices for absolute values: z = 0 and the non-residues.
 */
#include <math.h>

#include "graph/graph.h"
#include "graph/modular.h"

#define TWO_PI 6.28318530717958647692

/* |eigenvalue| for chi(v) = 1 and this z; inverse[q] is 1 / slope[q], sign[q] its character. */
static double magnitude(const struct px_graph *graph, const uint32_t *inverse, const int *sign, uint32_t z)
{
    double root = sqrt(graph->prime), real = -(double)graph->curves, imaginary = 0;
    for (uint32_t q = 0; q < graph->curves; q++) {
        double angle = TWO_PI * (double)((uint64_t)z * inverse[q] % graph->prime) / graph->prime;
        real -= sign[q] * root * sin(angle); /* i (cos + i sin) */
        imaginary += sign[q] * root * cos(angle);
    }
    return hypot(real, imaginary);
}

static double second_eigenvalue(const struct px_graph *graph)
{
    uint32_t p = graph->prime, inverse[PX_MAX_CURVES];
    int sign[PX_MAX_CURVES];
    for (uint32_t q = 0; q < graph->curves; q++) {
        inverse[q] = px_inverse(graph->slope[q], p);
        sign[q] = px_character(graph->slope[q], p);
    }
    double largest = fmax(graph->curves, magnitude(graph, inverse, sign, 0));
    for (uint32_t u = 1; u <= (p - 1) / 2; u++) {
        uint32_t square = (uint32_t)((uint64_t)u * u % p); /* -square runs over the non-residues */
        largest = fmax(largest, magnitude(graph, inverse, sign, p - square));
    }
    return largest;
}

/*
 * k >= 2: slopes s and -s reach every neuron in two steps, and d < N - 1 rules out one. k = 1: t + t' = x with
 * t^2 + t'^2 = y asks for a square, so two steps do not reach everything; three do, for every p >= 7.
 */
void px_graph_certify(const struct px_graph *graph, struct px_certificate *certificate)
{
    certificate->second_eigenvalue = second_eigenvalue(graph);
    certificate->ramanujan_bound = 2 * sqrt(graph->degree - 1.0);
    certificate->diameter = graph->curves >= 2 ? 2 : 3;
}
