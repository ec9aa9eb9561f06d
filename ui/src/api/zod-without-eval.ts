/** The appliance's Content-Security-Policy forbids `eval`, which zod would otherwise try first. */
import { config } from "zod"

config({ jitless: true })
