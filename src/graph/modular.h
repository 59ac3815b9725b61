/* SPDX-License-Identifier: MIT */
/* Arithmetic modulo primes below 2^16. */
#ifndef PX_GRAPH_MODULAR_H
#define PX_GRAPH_MODULAR_H

#include <stdbool.h>
#include <stdint.h>

static inline bool px_is_prime(uint32_t n)
{
    if (n < 2 || n % 2 == 0)
        return n == 2;
    for (uint32_t i = 3; i * i <= n; i += 2)
        if (n % i == 0)
            return false;
    return true;
}

static inline uint32_t px_power(uint32_t base, uint32_t exponent, uint32_t p)
{
    uint64_t result = 1, square = base % p;
    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2)
            result = result * square % p;
        square = square * square % p;
    }
    return (uint32_t)result;
}

/* The inverse of n, by Fermat's little theorem. */
static inline uint32_t px_inverse(uint32_t n, uint32_t p)
{
    return px_power(n, p - 2, p);
}

/* The quadratic character of n: 1 for a square, -1 for none, 0 for 0; Euler's criterion. */
static inline int px_character(uint32_t n, uint32_t p)
{
    uint32_t power = px_power(n, (p - 1) / 2, p);
    return power == p - 1 ? -1 : (int)power;
}

/* The smallest generator of the multiplicative group: no power (p - 1) / q, q a prime factor of p - 1, is 1. */
static inline uint32_t px_primitive_root(uint32_t p)
{
    for (uint32_t g = 2;; g++) {
        bool generates = true;
        for (uint32_t q = 2, left = p - 1; left > 1 && generates; q++)
            if (left % q == 0) {
                generates = px_power(g, (p - 1) / q, p) != 1;
                while (left % q == 0)
                    left /= q;
            }
        if (generates)
            return g;
    }
}

#endif
