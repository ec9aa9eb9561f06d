/** The settings of backups as a form: every field is text. */
import type { Backup } from "@ispvm/appliance/api/backup"
import type { BodyOf } from "../../api/call.ts"

type Settings = BodyOf<"PUT /backup/settings">
type Target = Settings["target"]
export type BackupForm = {
  readonly frequency: string
  readonly hourUtc: string
  readonly keepCount: string
  readonly keepDays: string
  readonly kind: string
  readonly path: string
  readonly host: string
  readonly port: string
  readonly username: string
  readonly sftpPath: string
  readonly hostKey: string
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly prefix: string
  readonly accessKeyId: string
  readonly secret: string
}
const SSH_PORT = "22"
export const BLANK: BackupForm = {
  ...{ frequency: "daily", hourUtc: "2", keepCount: "14", keepDays: "30" },
  ...{ kind: "directory", path: "" },
  ...{ host: "", port: SSH_PORT, username: "", sftpPath: "", hostKey: "" },
  ...{ endpoint: "", region: "us-east-1", bucket: "", prefix: "", accessKeyId: "" },
  secret: "",
}

const targetFields = (target: Target): Partial<BackupForm> => {
  switch (target.kind) {
    case "directory":
      return { path: target.path ?? "" }
    case "sftp": {
      const { host, port, username, path, hostKey } = target
      return { host, port: String(port), username, sftpPath: path, hostKey: hostKey ?? "" }
    }
    case "s3": {
      const { kind: _, ...fields } = target
      return fields
    }
  }
}
export const filledWith = ({ settings }: Pick<Backup, "settings">): BackupForm => ({
  ...BLANK,
  ...targetFields(settings.target),
  frequency: settings.frequency,
  hourUtc: String(settings.hourUtc),
  keepCount: String(settings.keepCount),
  keepDays: String(settings.keepDays),
  kind: settings.target.kind,
})

const orNull = (text: string): string | null => (text.trim() === "" ? null : text)
const targetOf = (form: BackupForm): Target => {
  if (form.kind === "sftp") {
    const { host, username } = form
    const [port, path, hostKey] = [Number(form.port), form.sftpPath, orNull(form.hostKey)]
    return { kind: "sftp", host, port, username, path, hostKey }
  }
  if (form.kind === "s3") {
    const { endpoint, region, bucket, prefix, accessKeyId } = form
    return { kind: "s3", endpoint, region, bucket, prefix, accessKeyId }
  }
  return { kind: "directory", path: orNull(form.path) }
}
const FREQUENCIES = ["off", "hourly", "daily", "weekly"] as const

/** An empty secret is not changed. */
export const bodyOf = (form: BackupForm): Settings => ({
  frequency: FREQUENCIES.find((each) => each === form.frequency) ?? "off",
  hourUtc: Number(form.hourUtc),
  keepCount: Number(form.keepCount),
  keepDays: Number(form.keepDays),
  target: targetOf(form),
  ...(form.secret === "" ? {} : { secret: form.secret }),
})

/** Where the body has a field of the target. */
export const PATHS = {
  path: "target.path",
  host: "target.host",
  port: "target.port",
  username: "target.username",
  sftpPath: "target.path",
  hostKey: "target.hostKey",
  endpoint: "target.endpoint",
  region: "target.region",
  bucket: "target.bucket",
  prefix: "target.prefix",
  accessKeyId: "target.accessKeyId",
} as const
