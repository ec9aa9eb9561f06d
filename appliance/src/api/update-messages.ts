/** Why an update was rejected or undone, as codes and params: `messages/` renders them as text. */
import { z } from "zod"
import { message } from "./message-schema.ts"

/** `detail`: what the program that failed said, for the one who looks closer. */
const Detail = z.object({ detail: z.string() })

export const UpdateMessage = z.discriminatedUnion("code", [
  message("update.not-a-bundle", Detail),
  message("update.truncated", Detail),
  message("update.too-large", Detail),
  message("update.unexpected-file", Detail),
  message("update.unsigned", Detail),
  message("update.foreign-key", Detail),
  message("update.changed", Detail),
  message("update.other-architecture", Detail),
  message("update.older", Detail),
  message("update.same-version", Detail),
  message("update.other-suite", Detail),
  message("update.older-packages", Detail),
  message("update.nothing-newer", Detail),
  message("update.missing-packages", Detail),
  message("update.debian-incomplete", Detail),
  message("update.no-space", Detail),
  message("update.database", Detail),
  message("update.clock", Detail),
  message("update.backup-failed", Detail),
  message("update.install-failed", Detail),
  message("update.not-ready", Detail),
  message("update.self-test", Detail),
  message("update.no-file", Detail),
  message("update.agent", Detail),
  message("update.no-previous", Detail),
  message("update.killed", Detail),
  message("update.power-loss", Detail),
  /** Also a reason that this release does not know. */
  message("update.fault", Detail),
])
export type UpdateMessage = z.infer<typeof UpdateMessage>
