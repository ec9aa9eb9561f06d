/** The services of compose.yaml, and each as the arguments of `podman run`. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { z } from "zod"

export const COMPOSE_FILE = join(import.meta.dirname, "compose.yaml")

const Text = z.coerce.string()
const Service = z.strictObject({
  image: z.string(),
  container_name: z.string(),
  command: z.array(z.string()).default([]),
  user: z.string(),
  hostname: z.string().optional(),
  profiles: z.array(z.string()).default([]),
  depends_on: z.array(z.string()).default([]),
  network_mode: z.literal("none").optional(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal("ALL")]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  sysctls: z.record(z.string(), Text).default({}),
  restart: z.enum(["unless-stopped", "always"]),
  logging: z.unknown(),
  stop_signal: z.string().optional(),
  stop_grace_period: z.string().optional(),
  shm_size: z.string().optional(),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.literal(false) })).default([]),
  environment: z.record(z.string(), Text).default({}),
  ports: z.array(Text).default([]),
  tmpfs: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.literal("CMD")], Text),
      interval: z.string(),
      timeout: z.string(),
      start_period: z.string(),
      retries: z.int(),
    })
    .optional(),
})
export type Service = z.infer<typeof Service>
const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
})
export type Compose = z.infer<typeof Compose>

export const readCompose = (): Compose =>
  Compose.parse(parse(readFileSync(COMPOSE_FILE, "utf8"), { merge: true }))

/** `${NAME:-fallback}` as compose fills it in, from `given` alone. */
export const fillIn = (text: string, given: Readonly<Record<string, string>>): string =>
  text.replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name: string, fallback: string) => given[name] || fallback,
  )

export type Place = {
  /** Settings as in a file .env. */
  readonly given: Readonly<Record<string, string>>
  /** A network namespace that all share: published ports and sysctls are its own. */
  readonly namespace: string
  /** More of podman's options. */
  readonly more: readonly string[]
}
/** What `podman-compose up` runs, in one network namespace. */
export const runArguments = (
  { network_mode, ...service }: Service,
  { given, namespace, more }: Place,
): readonly string[] => {
  const option = (name: string, values: readonly string[]): readonly string[] =>
    values.flatMap((value) => [`--${name}`, fillIn(value, given)])
  const network = network_mode === "none" ? "none" : `ns:/run/netns/${namespace}`
  return [
    ...["run", "--detach", "--read-only", "--name", service.container_name],
    ...["--user", service.user, "--network", network],
    ...option("restart", [service.restart]),
    ...option("cap-drop", service.cap_drop),
    ...option("cap-add", service.cap_add),
    ...option("security-opt", service.security_opt),
    ...option("tmpfs", service.tmpfs),
    ...option("volume", service.volumes),
    ...option("stop-signal", service.stop_signal === undefined ? [] : [service.stop_signal]),
    ...option("shm-size", service.shm_size === undefined ? [] : [service.shm_size]),
    ...option(
      "env",
      Object.entries(service.environment).map(([name, value]) => `${name}=${value}`),
    ),
    ...more,
    fillIn(service.image, given),
    ...service.command,
  ]
}
