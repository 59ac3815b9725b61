/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define NVIDIA "https://www.nvidia.com/"
#define A100   NVIDIA "en-us/data-center/a100/"
#define A100_40                                                                                                        \
    "https://images.nvidia.com/aem-dam/en-zz/Solutions/data-center/nvidia-ampere-architecture-whitepaper.pdf"
#define V100     "https://images.nvidia.com/content/technologies/volta/pdf/volta-v100-datasheet-update-us-1165301-r5.pdf"
#define H100     NVIDIA "en-us/data-center/h100/"
#define ADA      "https://images.nvidia.com/aem-dam/Solutions/geforce/ada/nvidia-ada-gpu-architecture.pdf"
#define AMPERE   NVIDIA "content/PDF/nvidia-ampere-ga-102-gpu-architecture-whitepaper-v2.pdf"
#define INSTINCT "https://www.amd.com/en/products/accelerators/instinct/"
#define RADEON   "https://www.amd.com/en/products/graphics/desktops/radeon/"
#define INTEL    "https://www.intel.com/content/www/us/en/products/sku/"

static const struct sheet sheets[] = {
    {"NVIDIA H200", 141, 4.8e12, NVIDIA "en-us/data-center/h200/"},
    {"NVIDIA H100 80GB HBM3", 80, 3.35e12, H100},
    {"NVIDIA H100 NVL", 94, 3.9e12, H100},
    {"NVIDIA A100-SXM4-80GB", 80, 2.039e12, A100},
    {"NVIDIA A100 80GB PCIe", 80, 1.935e12, A100},
    {"NVIDIA A100-SXM4-40GB", 40, 1.555e12, A100_40},
    {"NVIDIA A100-PCIE-40GB", 40, 1.555e12, A100_40},
    {"Tesla V100-SXM2-16GB", 16, 900e9, V100},
    {"Tesla V100-SXM2-32GB", 32, 900e9, V100},
    {"NVIDIA L40S", 48, 864e9, NVIDIA "en-us/data-center/l40s/"},
    {"NVIDIA L4", 24, 300e9, NVIDIA "en-us/data-center/l4/"},
    {"NVIDIA RTX 6000 Ada Generation", 48, 960e9, NVIDIA "en-us/design-visualization/rtx-6000/"},
    {"NVIDIA RTX A6000", 48, 768e9, NVIDIA "en-us/design-visualization/rtx-a6000/"},
    {"NVIDIA GeForce RTX 4090", 24, 1008e9, ADA},
    {"NVIDIA GeForce RTX 3090", 24, 936e9, AMPERE},
    {"AMD Instinct MI300X", 192, 5.3e12, INSTINCT "mi300/mi300x.html"},
    {"AMD Instinct MI210", 64, 1.6e12, INSTINCT "mi200/mi210.html"},
    {"AMD Radeon RX 7900 XTX", 24, 960e9, RADEON "7000-series/amd-radeon-rx-7900xtx.html"},
    {"AMD Radeon RX 7900 XT", 20, 800e9, RADEON "7000-series/amd-radeon-rx-7900xt.html"},
    {"AMD Radeon RX 6900 XT", 16, 512e9, RADEON "6000-series/amd-radeon-rx-6900-xt.html"},
    {"Intel(R) Arc(TM) A770 Graphics", 16, 560e9, INTEL "229151/intel-arc-a770-graphics-16gb/specifications.html"},
    {"Intel(R) Arc(TM) A750 Graphics", 8, 512e9, INTEL "227954/intel-arc-a750-graphics/specifications.html"},
    {"Intel(R) Arc(TM) B580 Graphics", 12, 456e9, INTEL "241598/intel-arc-b580-graphics/specifications.html"},
    {"Intel(R) Data Center GPU Max 1100", 48, 1228.8e9,
     INTEL "232876/intel-data-center-gpu-max-1100/specifications.html"},
};

/* Drivers keep some for themselves, and a gigabyte is 2^30 bytes of most. */
static bool is_as_large(double memory_bytes, double gigabytes)
{
    double share = memory_bytes / (gigabytes * 1e9);
    return share >= 0.85 && share <= 1.1;
}

const struct sheet *sheet_find(const char *name, const char *board, double memory_bytes)
{
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        if ((strcmp(sheets[i].card, name) == 0 || strcmp(sheets[i].card, board) == 0) &&
            is_as_large(memory_bytes, sheets[i].gigabytes))
            return &sheets[i];
    return NULL;
}
