/* SPDX-License-Identifier: MIT */
/*
 * A program of its own, of dot4.cl, words.cl and this: what the host compares with scalar C before it trusts a device.
 * Beside those two, kernels stand on wide products, which NVIDIA's driver 470 got wrong, and on remainders by a constant.
 *
 * A work-item takes four samples, and gathers the words of each from four runs of bytes as a tick does.
 * a, b      [4 lanes][count] bytes
 * acc, x, y [count]
 * results   [6][count], the planes of src/backend/opencl/confirm.c
 */
#define MULTIPLIER 0xD2511F53u
#define DIVISOR 1009u

__kernel void confirm(__global const char *a, __global const char *b, __global const int *acc, __global const uint *x,
                      __global const uint *y, uint count, __global uint *results)
{
    uint item = get_global_id(0);
    if (item >= count / 4)
        return;
    char4 p[4], q[4];
#pragma unroll
    for (uint lane = 0; lane < 4; lane++) {
        p[lane] = vload4(item, a + lane * count);
        q[lane] = vload4(item, b + lane * count);
    }
    int4 sum = vload4(item, acc);
    uint4 words = transpose4(as_uint(p[0]), as_uint(p[1]), as_uint(p[2]), as_uint(p[3]));
    sum.x = dot4(sum.x, as_char4(words.x), (char4)(q[0].x, q[1].x, q[2].x, q[3].x));
    sum.y = dot4(sum.y, as_char4(words.y), (char4)(q[0].y, q[1].y, q[2].y, q[3].y));
    sum.z = dot4(sum.z, as_char4(words.z), (char4)(q[0].z, q[1].z, q[2].z, q[3].z));
    sum.w = dot4(sum.w, as_char4(words.w), (char4)(q[0].w, q[1].w, q[2].w, q[3].w));
    uint4 u = load_once((__global const uint4 *)x + item), v = vload4(item, y);
    ulong4 wide = convert_ulong4(u) * convert_ulong4(v);
    long4 signed_wide = convert_long4(as_int4(u)) * convert_long4(as_int4(v));
    vstore4(as_uint4(sum), item, results);
    vstore4(convert_uint4(wide >> 32), item, results + count);
    vstore4(convert_uint4(as_ulong4((signed_wide + (1L << 30)) >> 31) & 0xFFFFFFFFu), item, results + 2 * count);
    for (uint i = 4 * item; i < 4 * item + 4; i++) {
        results[3 * count + i] = (uint)(((ulong)MULTIPLIER * x[i]) >> 32);
        results[4 * count + i] = x[i] % DIVISOR;
        results[5 * count + i] = word_from(x[i], y[i], i);
    }
}
