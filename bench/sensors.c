/* SPDX-License-Identifier: MIT */
#include "sensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool/memory.h"

struct sensors {
    struct sensor sensor;
};

struct sensors *sensors_open(const struct sensors_place *place)
{
    static bool (*const kinds[])(const struct sensors_place *, struct sensor *) = {nvml_open, hwmon_open, rapl_open};
    struct sensors *sensors = memory_get(1, sizeof *sensors);
    struct sensor *sensor = &sensors->sensor;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i](place, sensor))
            return sensors;
    if (!*sensor->missing && *place->pci)
        snprintf(sensor->missing, sizeof sensor->missing, "neither NVML nor a hardware monitor tells of %s",
                 place->pci);
    else if (!*sensor->missing)
        snprintf(sensor->missing, sizeof sensor->missing, "the driver does not tell where the device sits");
    return sensors;
}

void sensors_close(struct sensors *sensors)
{
    if (sensors->sensor.close)
        sensors->sensor.close(sensors->sensor.work);
    free(sensors);
}

const char *sensors_source(const struct sensors *sensors)
{
    return sensors->sensor.source;
}

const char *sensors_missing(const struct sensors *sensors)
{
    return sensors->sensor.missing;
}

void sensors_read(struct sensors *sensors, struct reading *reading)
{
    *reading = (struct reading){NAN, NAN, NAN, NAN, NAN, NAN};
    if (sensors->sensor.read)
        sensors->sensor.read(sensors->sensor.work, reading);
}
