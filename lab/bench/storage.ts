/**
 * Bytes on disk of a sample: probes each second and ports each ten seconds, with keys, indexes and
 * rollups, after vacuum. Beside a plain table (series, time, value) with its primary key in the
 * same server, filled by COPY with the rates received of the same ports.
 *   npm run bench -- storage [--ports 50] [--targets 5] [--days 2]
 * An embedded server of its own, in ISPVM_TEST_DATABASES or the temporary folder, with the settings
 * of an appliance. A sample is one value that is not null.
 */
import { ratio, table } from "./figures.ts"
import { measure, type Stored, sizesOf } from "./storage-run.ts"

const count = (value: number): string => Math.round(value).toLocaleString("en")
const perSample = (bytes: number, samples: number): string => (bytes / samples).toFixed(2)

const sum = (all: readonly Stored[]): Stored => ({
  rows: all.reduce((total, { rows }) => total + rows, 0),
  samples: all.reduce((total, { samples }) => total + samples, 0),
  rawBytes: all.reduce((total, { rawBytes }) => total + rawBytes, 0),
  rollupBytes: all.reduce((total, { rollupBytes }) => total + rollupBytes, 0),
})

export const run = async (args: readonly string[]): Promise<boolean> => {
  const sizes = sizesOf(args)
  const { stored, reference } = measure(sizes)
  const theirs = reference.bytes / reference.rows
  const row = (name: string, { rows, samples, rawBytes, rollupBytes }: Stored) => [
    name,
    count(rows),
    count(samples),
    perSample(rawBytes, samples),
    perSample(rollupBytes, samples),
    perSample(rawBytes + rollupBytes, samples),
    ratio((rawBytes + rollupBytes) / samples, theirs),
  ]
  console.log(
    table([
      ["", "rows", "samples", "bytes raw", "rollups", "together", "to plain"],
      row("probes", stored.ping),
      row("ports", stored.interface),
      row("both", sum([stored.ping, stored.interface])),
      [
        "plain table",
        count(reference.rows),
        count(reference.rows),
        theirs.toFixed(2),
        "–",
        theirs.toFixed(2),
        "1.00×",
      ],
    ]),
  )
  return reference.rows === stored.interface.rows
}
