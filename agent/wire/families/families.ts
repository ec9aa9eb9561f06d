/** Every metric family. A new one is a file of this folder and a line here. */
import { health } from "./health.ts"
import { interfaceFamily } from "./interface.ts"
import { ping } from "./ping.ts"
import { sensor } from "./sensor.ts"

export const FAMILIES = [ping, interfaceFamily, health, sensor] as const
