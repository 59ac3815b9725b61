/* SPDX-License-Identifier: MIT */
#include "csv.h"

#include "tool/json.h"
#include "schema.h"

/* What the lines of one device begin with. */
struct lines {
    FILE *file;
    const char *name;
    const struct result *result;
    const struct result_device *device;
};

static void put_text(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

/* Digit for digit as in the JSON; nothing for what is not known. */
static void put_number(FILE *file, double value)
{
    cJSON *json = json_number(value);
    fprintf(file, ",%s", cJSON_IsNull(json) ? "" : json->valuestring);
    cJSON_Delete(json);
}

static void put_line(void *context, const struct schema_figure *figure)
{
    const struct lines *lines = context;
    const struct sample *sample = figure->sample;
    FILE *file = lines->file;
    const char *const texts[] = {lines->name, lines->result->praxis, lines->result->machine.date, lines->device->name,
                                 lines->device->selector};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put_text(file, texts[i]);
        fputc(',', file);
    }
    fputs(figure->part, file);
    put_number(file, figure->neurons);
    put_number(file, figure->degree_factor);
    put_number(file, figure->replicas);
    put_number(file, figure->parts);
    fprintf(file, ",%s%s%s", figure->inside, *figure->inside ? "." : "", figure->name);
    put_number(file, sample ? sample->median : figure->value);
    if (sample) {
        const double rest[] = {sample->minimum, sample->lower_quartile, sample->upper_quartile, sample->maximum,
                               sample->rounds};
        for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
            put_number(file, rest[i]);
    } else {
        fputs(",,,,,", file);
    }
    fputs("\r\n", file);
}

void csv_write(FILE *file, const struct result *const *results, const char *const *names, size_t count)
{
    fputs("result,praxis,date,device,selector,part,neurons,degree_factor,replicas,parts,figure,value,minimum,lower_"
          "quartile,"
          "upper_quartile,maximum,rounds\r\n",
          file);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < results[i]->device_count; d++) {
            struct lines lines = {file, names[i], results[i], &results[i]->devices[d]};
            schema_visit(lines.device, put_line, &lines);
        }
}
