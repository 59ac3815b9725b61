/* SPDX-License-Identifier: MIT */
#include "pci.h"

#include <stdbool.h>
#include <stdio.h>

/* cl_khr_pci_bus_info: https://registry.khronos.org/OpenCL/specs/3.0-unified/html/OpenCL_Ext.html#cl_khr_pci_bus_info
 */
#define PCI_BUS_INFO_KHR 0x410F
/* cl_nv_device_attribute_query; the slot holds device and function, as in a PCI configuration address. */
#define PCI_BUS_ID_NV    0x4008
#define PCI_SLOT_ID_NV   0x4009
#define PCI_DOMAIN_ID_NV 0x400A
/* cl_amd_device_attribute_query: a type, 17 bytes without meaning, bus, device and function. */
#define TOPOLOGY_AMD           0x4037
#define TOPOLOGY_TYPE_PCIE_AMD 1

struct topology_amd {
    cl_uint type;
    unsigned char unused[17], bus, device, function;
};

/* Whether the device answers with exactly so many bytes. */
static bool ask(cl_device_id device, cl_device_info what, size_t size, void *value)
{
    size_t given = 0;
    return clGetDeviceInfo(device, what, size, value, &given) == CL_SUCCESS && given == size;
}

static void write(char address[PCI_ADDRESS], cl_uint domain, cl_uint bus, cl_uint device, cl_uint function)
{
    if (domain <= 0xffff && bus <= 0xff && device <= 0x1f && function <= 7)
        snprintf(address, PCI_ADDRESS, "%04x:%02x:%02x.%x", domain, bus, device, function);
}

void pci_address(cl_device_id device, char address[PCI_ADDRESS])
{
    cl_uint khronos[4], bus = 0, slot = 0, domain = 0;
    struct topology_amd topology;
    address[0] = '\0';
    if (ask(device, PCI_BUS_INFO_KHR, sizeof khronos, khronos))
        write(address, khronos[0], khronos[1], khronos[2], khronos[3]);
    else if (ask(device, PCI_BUS_ID_NV, sizeof bus, &bus) && ask(device, PCI_SLOT_ID_NV, sizeof slot, &slot))
        write(address, ask(device, PCI_DOMAIN_ID_NV, sizeof domain, &domain) ? domain : 0, bus, slot >> 3, slot & 7);
    else if (ask(device, TOPOLOGY_AMD, sizeof topology, &topology) && topology.type == TOPOLOGY_TYPE_PCIE_AMD)
        write(address, 0, topology.bus, topology.device, topology.function);
}
