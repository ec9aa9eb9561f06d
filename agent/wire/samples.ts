/** Samples: measured values of a device, an interface or a named thing at one moment. */
import type { z } from "zod"
import type { FAMILIES } from "./families/families.ts"

export { HealthSample } from "./families/health.ts"
export { InterfaceSample } from "./families/interface.ts"
export { PingSample } from "./families/ping.ts"
export { SensorSample } from "./families/sensor.ts"

export type Sample = z.infer<(typeof FAMILIES)[number]["schema"]>
