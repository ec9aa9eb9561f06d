/**
 * Commands of the router that are more than rows: logs, files, certificates, scripts, fetch, ping.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { type Invocation, ScriptError, type Value } from "../script/value.ts"
import { fetchTool } from "./fetch.ts"
import type { RouterSystem } from "./model.ts"
import { granted, NOT_PERMITTED, requirePolicy } from "./policies.ts"
import { idValue, NOTHING, num, str, textOf } from "./values.ts"
import { argument, itemRefs, NO_ITEM, selectedItems } from "./verbs.ts"

export type Action = (os: RouterSystem, call: Invocation) => Promise<Value> | Value

const arg = (call: Invocation, ...names: readonly string[]): string =>
  textOf(argument(call, ...names) ?? NOTHING)

/** `:log info "…"`: topic `script` and the severity. */
const log =
  (severity: string): Action =>
  (os, call) => {
    os.router.writeLog(os.now(), `script,${severity}`, arg(call, "message"))
    return NOTHING
  }

const selectedCertificates = (os: RouterSystem, call: Invocation) => {
  const value = argument(call, "numbers", "number", ".id")
  if (value === undefined) throw new ScriptError("missing value(s) of argument(s) numbers")
  return itemRefs(value).map((ref) => {
    const found = os.certificates.all.find((each) => each.id === ref || each.name === ref)
    if (found === undefined) throw new ScriptError(NO_ITEM)
    return found
  })
}

const selectedFiles = (os: RouterSystem, call: Invocation) => {
  const value = argument(call, "numbers", "number", ".id")
  if (value === undefined) throw new ScriptError("missing value(s) of argument(s) numbers")
  return itemRefs(value).map((ref) => {
    const found = os.files.all.find((file) => file.id === ref || file.name === ref)
    if (found === undefined) throw new ScriptError(NO_ITEM)
    return found
  })
}

const certificates: Readonly<Record<string, Action>> = {
  "/certificate/import": (os, call) => {
    requirePolicy(call.runner, "write")
    const name = arg(call, "file-name")
    const file = os.files.named(name)
    if (file === undefined) throw new ScriptError("failure: file not found")
    const found = os.certificates.import(file.bytes.toString("utf8"), arg(call, "name") || name)
    os.certificatesChanged()
    const items = {
      "certificates-imported": found.certificates,
      "private-keys-imported": found.keys,
      "files-imported": 1,
      "decryption-failures": 0,
      "keys-with-no-certificate": 0,
    }
    if (!call.flags.has("as-value")) return NOTHING
    return {
      type: "array",
      items: Object.entries(items)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, n]) => ({ key, value: num(n) })),
    }
  },
  "/certificate/add": (os, call) => {
    requirePolicy(call.runner, "write")
    if (!call.args.has("name")) throw new ScriptError("missing value(s) of argument(s) name")
    const values = new Map(
      [...call.args]
        .filter(([name]) => name !== "name")
        .map(([name, value]) => [name, textOf(value).replaceAll(";", ",")]),
    )
    return idValue(os.certificates.template(arg(call, "name"), values).id)
  },
  "/certificate/sign": (os, call) => {
    requirePolicy(call.runner, "write")
    if (arg(call, "ca") !== "")
      throw new ScriptError("failure: the lab's routers sign their own certificates only")
    for (const each of selectedCertificates(os, call))
      os.certificates.sign(each, arg(call, "name") || each.name, os.router.spec.address, os.now())
    os.certificatesChanged()
    return NOTHING
  },
  "/certificate/set": (os, call) => {
    requirePolicy(call.runner, "write")
    for (const each of selectedCertificates(os, call)) {
      const trusted = call.args.get("trusted")
      const name = arg(call, "name")
      os.certificates.change(each, {
        ...(trusted === undefined ? {} : { trusted: ["yes", "true"].includes(textOf(trusted)) }),
        ...(name === "" ? {} : { name }),
      })
    }
    os.certificatesChanged()
    return NOTHING
  },
  "/certificate/remove": (os, call) => {
    requirePolicy(call.runner, "write")
    os.certificates.remove(new Set(selectedCertificates(os, call).map((each) => each.id)))
    os.certificatesChanged()
    return NOTHING
  },
}

const files: Readonly<Record<string, Action>> = {
  "/file/add": (os, call) => {
    requirePolicy(call.runner, "write")
    const name = arg(call, "name")
    if (name === "") throw new ScriptError("missing value(s) of argument(s) name")
    if (os.files.named(name) !== undefined) throw new ScriptError("failure: file already exists")
    return idValue(os.files.put(name, Buffer.from(arg(call, "contents"), "utf8"), os.now()).id)
  },
  "/file/set": (os, call) => {
    requirePolicy(call.runner, "write")
    const contents = call.args.get("contents")
    for (const file of selectedFiles(os, call))
      if (contents !== undefined)
        os.files.put(file.name, Buffer.from(textOf(contents), "utf8"), os.now())
    return NOTHING
  },
  "/file/remove": (os, call) => {
    requirePolicy(call.runner, "write")
    os.files.remove(new Set(selectedFiles(os, call).map((file) => file.id)))
    return NOTHING
  },
}

const runScript: Action = async (os, call) => {
  requirePolicy(call.runner, "read")
  const table = os.store.table("/system/script")
  let last: Value = NOTHING
  for (const item of selectedItems(table, call)) {
    const own = granted(item.values.get("policy") ?? "")
    const exceedsPolicies = [...own].some((policy) => !call.runner.policies.has(policy))
    const runs = item.values.get("dont-require-permissions") === "true"
    if (exceedsPolicies && !runs) throw new ScriptError(NOT_PERMITTED)
    last = await os.runStored(
      item,
      { owner: call.runner.owner, policies: runs ? call.runner.policies : own },
      call.signal,
    )
  }
  return last
}

const importFile: Action = async (os, call) => {
  requirePolicy(call.runner, "read")
  const name = arg(call, "file-name")
  const file = os.files.named(name)
  if (file === undefined) throw new ScriptError(`failure: cannot open file: ${name}`)
  await os.engine.run(
    {
      source: file.bytes.toString("utf8"),
      runner: call.runner,
      variables: new Map(),
      name: `import ${name}`,
      signal: call.signal,
    },
    os.print,
  )
  return NOTHING
}

const ping: Action = async (os, call) => {
  requirePolicy(call.runner, "test")
  const count = Number(arg(call, "count") || 3)
  let answered = 0
  for (let n = 0; n < count; n++) {
    if (n > 0) await sleep(20, undefined, { signal: call.signal })
    if (await os.network.reaches(arg(call, "address"))) answered += 1
  }
  return num(answered)
}

const exported: Action = (os, call) => {
  requirePolicy(call.runner, "read")
  const text = os.export(call.path.slice(0, -"/export".length))
  const file = arg(call, "file")
  if (file === "") return str(text)
  requirePolicy(call.runner, "write")
  os.files.put(file.endsWith(".rsc") ? file : `${file}.rsc`, Buffer.from(text, "utf8"), os.now())
  return NOTHING
}

const environment = (call: Invocation) =>
  itemRefs(argument(call, "numbers", "number", ".id") ?? NOTHING)

export const ACTIONS: Readonly<Record<string, Action>> = {
  "/log/debug": log("debug"),
  "/log/info": log("info"),
  "/log/warning": log("warning"),
  "/log/error": log("error"),
  ...certificates,
  ...files,
  "/system/script/run": runScript,
  "/system/script/job/remove": (os, call) => {
    requirePolicy(call.runner, "write")
    for (const id of itemRefs(argument(call, "numbers", "number", ".id") ?? NOTHING))
      if (!os.engine.kill(id)) throw new ScriptError(NO_ITEM)
    return NOTHING
  },
  "/system/script/environment/remove": (os, call) => {
    requirePolicy(call.runner, "write")
    const all = os.engine.environment()
    for (const ref of environment(call)) {
      const found = all.find(
        (each, n) => `*${(n + 1).toString(16).toUpperCase()}` === ref || each.name === ref,
      )
      if (found === undefined) throw new ScriptError(NO_ITEM)
      os.engine.forget(found.owner, found.name)
    }
    return NOTHING
  },
  "/import": importFile,
  "/ping": ping,
  "/tool/ping": ping,
  "/tool/fetch": async (os, call) => {
    requirePolicy(call.runner, "test")
    if (os.store.single("/system/device-mode", "fetch") === "false")
      throw new ScriptError("failure: not allowed by device-mode")
    return fetchTool(call, os.fetchContext())
  },
  "/system/reboot": (os, call) => {
    requirePolicy(call.runner, "reboot")
    os.requestReboot()
    return NOTHING
  },
  "/system/device-mode/update": () => {
    throw new ScriptError("failure: device-mode needs a press of the button, or a power cut")
  },
}

export const actionOf = (path: string): Action | undefined =>
  path.endsWith("/export") ? exported : ACTIONS[path]
