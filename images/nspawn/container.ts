/**
 * A Debian root booted by systemd-nspawn in a network namespace of its own: real units, real
 * systemd, nothing of this machine is touched.
 *
 *   namespace NAME: 10.88.0.1 (curl) ── veth ── 10.88.0.2 container
 *                   10.88.N.1        ── veth ── 10.88.N.2 another one, beside it
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { mountOverlay, unmount } from "./overlay.ts"

const NETWORKS = "10.88"
export const SEARCH_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
const STOP_MS = 20_000
const POLL_MS = 200

/** LLMNR and multicast DNS would open a port on every address. */
const networkOf = (subnet: string): string => `[Match]
Name=host0

[Network]
Address=${subnet}.2/24
Gateway=${subnet}.1
LLMNR=no
MulticastDNS=no
`
const RESOLVED = "[Resolve]\nLLMNR=no\nMulticastDNS=no\n"

export type Output = { readonly code: number; readonly stdout: string; readonly stderr: string }
export type Container = {
  readonly url: string
  /** Of the network beside it, for `ip netns exec`. */
  readonly namespace: string
  /** The container's files, seen from here. */
  readonly root: string
  /** Runs a command inside; throws unless it exits 0. */
  readonly run: (...command: readonly string[]) => string
  readonly tryRun: (...command: readonly string[]) => Output
  /** Starts a command inside, with its output to pipes. */
  readonly start: (...command: readonly string[]) => ChildProcess
  /** Of a file inside, also one in /run. */
  readonly pathOf: (file: string) => string
  /** curl, from the namespace beside it. The certificate is the container's own. */
  readonly curl: (...args: readonly string[]) => Output
  /** Runs a command of this machine in the namespace beside it. */
  readonly beside: (command: readonly string[], cwd: string) => Output
  /** Kills everything at once, then boots again on the same files. */
  readonly losePower: () => Promise<void>
  /** Off, and on again with the files it has. */
  readonly reboot: () => Promise<void>
  readonly stop: () => Promise<void>
}
export type ContainerOptions = {
  /** What the container is for, at most 4 characters; a number of this process is added. */
  readonly name: string
  /** A root to copy, or the layers of one (overlay.ts). */
  readonly base: string | readonly string[]
  /** Prepares the copy before it boots. */
  readonly prepare: (root: string) => void
  /** The root has network settings and a machine id, or its first boot makes them. */
  readonly isConfigured?: boolean
  /** What it writes is on a disk of its own of this size, in memory. Only with layers. */
  readonly diskMb?: number
  /** In the network of another one, which is stopped later, with this number of its own. */
  readonly near?: { readonly namespace: string; readonly number: number }
}

const outputOf = (command: string, args: readonly string[], cwd?: string): Output => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  })
  return { code: status ?? -1, stdout, stderr }
}

/** The container's first process. Other children of systemd-nspawn prepare it, and end. */
const initOf = async (nspawn: ChildProcess, output: () => string): Promise<number> => {
  for (;;) {
    const { stdout } = outputOf("pgrep", [
      "--parent",
      String(nspawn.pid),
      "--exact",
      "systemd|init",
    ])
    if (stdout.trim() !== "") return Number(stdout)
    if (nspawn.exitCode !== null) throw new Error(`systemd-nspawn has ended: ${output()}`)
    await delay(POLL_MS)
  }
}

type Place = {
  readonly name: string
  readonly root: string
  readonly namespace: string
  /** Its first three bytes. */
  readonly subnet: string
}
/**
 * A private mount of cgroup2, because the machine's own mounts need not be unified, and a group of
 * its own in it, because two may run at once.
 */
const bootScript = ({ name, root, subnet }: Place): string => `
ip link set lo up
umount -R /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/${name} && echo $$ > /sys/fs/cgroup/${name}/cgroup.procs
( until ip link show ve-${name} >/dev/null 2>&1; do sleep 0.02; done
  ip addr add ${subnet}.1/24 dev ve-${name}; ip link set ve-${name} up ) &
exec systemd-nspawn --quiet --directory=${root} --machine=${name} --register=no --keep-unit \\
  --network-veth --capability=CAP_NET_ADMIN --console=pipe --boot`

const configureNetwork = (root: string, subnet: string): void => {
  writeFileSync(join(root, "etc/systemd/network/10-host0.network"), networkOf(subnet))
  mkdirSync(join(root, "etc/systemd/resolved.conf.d"), { recursive: true })
  writeFileSync(join(root, "etc/systemd/resolved.conf.d/names.conf"), RESOLVED)
  writeFileSync(join(root, "etc/machine-id"), "")
  execFileSync("chroot", [root, "systemctl", "--quiet", "enable", "systemd-networkd"], {
    stdio: "ignore",
  })
}

const rootOver = (base: ContainerOptions["base"], folder: string): string => {
  if (typeof base !== "string") return mountOverlay(folder, base).root
  const root = join(folder, "root")
  execFileSync("cp", ["--archive", "--reflink=auto", base, root])
  return root
}

type Booted = { readonly nspawn: ChildProcess; readonly init: number }
const boot = async (place: Place): Promise<Booted> => {
  let printed = ""
  const nspawn = spawn(
    "ip",
    [
      ...["netns", "exec", place.namespace, "unshare", "--mount", "--propagation", "private"],
      ...["bash", "-c", bootScript(place)],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  )
  for (const stream of [nspawn.stdout, nspawn.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-4_000)
    })
  return { nspawn, init: await initOf(nspawn, () => printed) }
}

const REMOVE_GROUP = `umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup
find "/sys/fs/cgroup/$1" -depth -type d -exec rmdir {} +`
/** Nothing runs in it any more; one that cannot be removed is of no use, and no fault. */
const removeGroup = (name: string): void =>
  void spawnSync("unshare", ["--mount", "sh", "-c", REMOVE_GROUP, "sh", name])

const ensureNetwork = (namespace: string, isThere: boolean): void => {
  if (!isThere) execFileSync("ip", ["netns", "add", namespace])
  else execFileSync("ip", ["netns", "exec", namespace, "sysctl", "-qw", "net.ipv4.ip_forward=1"])
}

/**
 * The shutdown stops every process before it ends them. nsenter then stops as well, does not take
 * note of its child's end, and the container never ends.
 */
const endAll = (inSession: Set<ChildProcess>): void => {
  for (const child of inSession) child.kill("SIGKILL")
  inSession.clear()
}
const endOf = async ({ nspawn, init }: Booted): Promise<void> => {
  const ended = nspawn.exitCode === null ? once(nspawn, "exit") : Promise.resolve()
  const insist = setTimeout(() => process.kill(init, "SIGKILL"), STOP_MS)
  await ended
  clearTimeout(insist)
}

const ENVIRONMENT = ["env", "-i", `PATH=${SEARCH_PATH}`, "LC_ALL=C.UTF-8"]
let started = 0

export const startContainer = async (options: ContainerOptions): Promise<Container> => {
  const { base, prepare, isConfigured = false, diskMb, near } = options
  // An interrupted run leaves its namespace behind; an interface's name has 15 characters.
  const name = `${options.name}${process.pid.toString(36)}${started++}`
  const namespace = near?.namespace ?? name
  const subnet = `${NETWORKS}.${near?.number ?? 0}`
  const folder = mkdtempSync(join(tmpdir(), `ispvm-${name}-`))
  if (diskMb !== undefined)
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskMb}m`, "tmpfs", folder])
  const root = rootOver(base, folder)
  prepare(root)
  if (!isConfigured) configureNetwork(root, subnet)
  ensureNetwork(namespace, near !== undefined)
  const place = { name, root, namespace, subnet }
  let booted = await boot(place)
  const inside = (command: readonly string[]): readonly string[] => [
    ...["-t", String(booted.init), "-m", "-u", "-i", "-n", "-p", "-C", "--"],
    ...ENVIRONMENT,
    ...command,
  ]
  const tryRun = (...command: readonly string[]): Output => outputOf("nsenter", inside(command))
  const inSession = new Set<ChildProcess>()
  const powerOff = async (): Promise<void> => {
    endAll(inSession)
    tryRun("systemctl", "poweroff")
    await endOf(booted)
  }
  return {
    url: `https://${subnet}.2`,
    namespace,
    root,
    tryRun,
    start: (...command) => {
      const child = spawn("nsenter", inside(command), { stdio: ["ignore", "pipe", "pipe"] })
      inSession.add(child.once("exit", () => inSession.delete(child)))
      return child
    },
    pathOf: (file) => `/proc/${booted.init}/root${file}`,
    run: (...command) => {
      const { code, stdout, stderr } = tryRun(...command)
      if (code !== 0) throw new Error(`${command.join(" ")} exited ${code}: ${stderr || stdout}`)
      return stdout
    },
    curl: (...args) =>
      outputOf("ip", [
        ...["netns", "exec", namespace, "curl", "--silent", "--insecure", "--max-time", "30"],
        ...args,
      ]),
    beside: (command, cwd) => outputOf("ip", ["netns", "exec", namespace, ...command], cwd),
    losePower: async () => {
      const { nspawn, init } = booted
      const ended = once(nspawn, "exit")
      process.kill(init, "SIGKILL")
      await ended
      booted = await boot(place)
    },
    reboot: async () => {
      await powerOff()
      booted = await boot(place)
    },
    stop: async () => {
      await powerOff()
      if (near === undefined) execFileSync("ip", ["netns", "delete", name])
      removeGroup(name)
      if (typeof base !== "string") unmount(root)
      if (diskMb !== undefined) unmount(folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Copies the packages into the root and installs them, as an image build does: nothing runs yet. */
export const installPackages = (root: string, files: readonly string[]): void => {
  mkdirSync(join(root, "root/packages"), { recursive: true })
  for (const file of files) execFileSync("cp", [file, join(root, "root/packages/")])
  execFileSync(
    "chroot",
    [root, "sh", "-c", "dpkg --install /root/packages/*.deb && rm -r /root/packages"],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
}

export const readInside = ({ root }: Container, path: string): string =>
  readFileSync(join(root, path), "utf8")
