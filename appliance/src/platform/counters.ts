/** Metrics of the appliance for /metrics. One registry per process is passed on. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"

export type Counters = {
  readonly text: () => Promise<{ readonly type: string; readonly body: string }>
  /** The same name gives the same metric. */
  readonly counter: (name: string, help: string, labels?: readonly string[]) => Counter
  readonly gauge: (name: string, help: string, labels?: readonly string[]) => Gauge
  /** `buckets` in seconds. */
  readonly histogram: (
    name: string,
    help: string,
    labels?: readonly string[],
    buckets?: readonly number[],
  ) => Histogram
}

const SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]

/** Names get the prefix `ispvm_`; `process` adds the metrics of Node. */
export const createCounters = (
  options: { readonly process: boolean } = { process: true },
): Counters => {
  const registry = new Registry()
  if (options.process) collectDefaultMetrics({ register: registry })
  const made = new Map<string, unknown>()
  const once = <T>(name: string, kind: new (...args: never[]) => T, make: () => T): T => {
    const known = made.get(name)
    if (known instanceof kind) return known
    const fresh = make()
    made.set(name, fresh)
    return fresh
  }
  const base = (name: string, help: string, labels: readonly string[] = []) => ({
    name: `ispvm_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  })
  return {
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
    counter: (name, help, labels) =>
      once(name, Counter, () => new Counter(base(name, help, labels))),
    gauge: (name, help, labels) => once(name, Gauge, () => new Gauge(base(name, help, labels))),
    histogram: (name, help, labels, buckets = SECONDS) =>
      once(
        name,
        Histogram,
        () => new Histogram({ ...base(name, help, labels), buckets: [...buckets] }),
      ),
  }
}
