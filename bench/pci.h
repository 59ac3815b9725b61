/* SPDX-License-Identifier: MIT */
/* Where a device of OpenCL sits on the PCI bus: what NVML and sysfs know it by. */
#ifndef BENCH_PCI_H
#define BENCH_PCI_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#define PCI_ADDRESS 16

/* "0000:65:00.0", as sysfs has it; empty where the driver does not tell. AMD's own query leaves out the domain, which
 * is taken to be 0. */
void pci_address(cl_device_id device, char address[PCI_ADDRESS]);

#endif
