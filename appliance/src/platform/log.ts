/** One JSON line an event on standard error; standard output is for people. */
import { type DestinationStream, type Logger, pino } from "pino"
import { z } from "zod"

export const LogLevel = z.enum(
  ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
  "expected fatal, error, warn, info, debug, trace or silent",
)
export type LogLevel = z.infer<typeof LogLevel>
export type Log = Logger

/** Fields redacted in every log line, as a second protection; secrets are not logged at all. */
const SECRET_NAMES = [
  ...["password", "snmpCommunity", "community", "authPassword", "privPassword"],
  ...["secret", "token", "setupCode", "authorization", "cookie"],
]

const PINO_ERROR = 50

/** `traceIdOf`: of an error, or of the work that is running; it is in the lines of errors. */
export const createLog = (
  level: LogLevel,
  to: DestinationStream = process.stderr,
  traceIdOf: ((error: unknown) => string | undefined) | null = null,
): Log =>
  pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "[hidden]",
      },
      ...(traceIdOf === null
        ? {}
        : {
            mixin: (fields: object, lineLevel: number) => {
              if (lineLevel < PINO_ERROR) return {}
              const traceId = traceIdOf("err" in fields ? fields.err : undefined)
              return traceId === undefined ? {} : { traceId }
            },
          }),
    },
    to,
  )
