/**
 * Why no script can be made from a configuration, field by field: values that a router would reject
 * or read as something else.
 */
import { compareReleases, isRelease } from "../check/release.ts"
import type { DesiredConfig } from "./desired-config.ts"

type Check = (desired: DesiredConfig) => readonly string[]
const when = (isInvalid: boolean, message: string): readonly string[] =>
  isInvalid ? [message] : []

const OLDEST = "6.49"
const HEX64 = /^[0-9a-f]{64}$/
/**
 * An address or a prefix of either family, checked by characters: nothing that could end a word.
 */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)(\/\d{1,3})?$/
const HOST = /^[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9:])?$/
const KEY = /^[A-Za-z0-9._-]+$/
const LIST = /^!?[^\s!][^\n\r]*$/
const SERVICES = /^[a-z][a-z0-9-]*$/

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max

/** No control characters: no terminal could show such names and passwords. */
const isText = (text: string): boolean =>
  text.trim() !== "" && !/[\p{Cc}]/u.test(text) && text.isWellFormed()

const release: Check = (desired) =>
  !isRelease(desired.release)
    ? [`release: ${desired.release} is no RouterOS release such as 7.18.2`]
    : when(
        compareReleases(desired.release, OLDEST) < 0 || !/^[67]\./.test(desired.release),
        `release: scripts are made for ${OLDEST} and for 7, not for ${desired.release}`,
      )

const authority: Check = ({ authority: { pem, fingerprint } }) => [
  ...when(!HEX64.test(fingerprint), "authority.fingerprint: expected 64 hex digits in lower case"),
  ...when(
    !pem.startsWith("-----BEGIN CERTIFICATE-----"),
    "authority.pem: expected a certificate in PEM",
  ),
  ...when(
    pem.length > 4_000,
    "authority.pem: longer than the 4000 characters that every release takes into a file",
  ),
]

const accountErrors = (name: string, account: DesiredConfig["api"]): readonly string[] =>
  account === null
    ? []
    : [
        ...when(
          !/^[A-Za-z0-9]([^*\p{Cc}]*[A-Za-z0-9])?$/u.test(account.username),
          `${name}.username: begins and ends with a letter or digit, without an asterisk`,
        ),
        ...when(
          !isText(account.password),
          `${name}.password: is empty or holds control characters`,
        ),
      ]
const account: Check = ({ api, diagnostics = null }) => [
  ...accountErrors("api", api),
  ...accountErrors("diagnostics", diagnostics),
  ...when(
    api !== null && api.username === diagnostics?.username,
    "diagnostics.username: is that of the read-only account",
  ),
]

const snmp: Check = ({ snmp: config }) => {
  if (config === null) return []
  if (config.version === 2)
    return when(!isText(config.community), "snmp.community: is empty or holds control characters")
  return [
    ...when(!isText(config.user), "snmp.user: is empty or holds control characters"),
    ...(["authPassword", "privPassword"] as const).flatMap((name) =>
      when(
        config[name].length < 8 || !isText(config[name]),
        `snmp.${name}: at least 8 characters, none of them a control character`,
      ),
    ),
  ]
}

const places: Check = ({ agents, syslogTo, routerName }) => [
  ...agents.flatMap((each, at) =>
    when(!ADDRESS.test(each), `agents[${at}]: expected an address or a prefix`),
  ),
  ...(syslogTo === null
    ? []
    : [
        ...when(
          !ADDRESS.test(syslogTo.address) || syslogTo.address.includes("/"),
          "syslogTo.address: expected an address",
        ),
        ...when(!isWhole(syslogTo.port, 1, 65_535), "syslogTo.port: expected 1 to 65535"),
      ]),
  ...when(routerName.trim() === "", "routerName: is empty"),
]

const push: Check = (desired) => {
  const config = desired.push
  if (config === null) return []
  const seen = new Set<string>()
  return [
    ...when(
      !/^https:\/\/[^\s"$\\?]+$/.test(config.url),
      "push.url: expected https://host:port/push/v1",
    ),
    ...when(!KEY.test(config.key), "push.key: letters, digits, dot, hyphen and underscore only"),
    ...when(!isWhole(config.heartbeatS, 0, 86_400), "push.heartbeatS: expected 0 to 86400"),
    ...when(!isWhole(config.maxPerMinute, 1, 600), "push.maxPerMinute: expected 1 to 600"),
    ...when(!isWhole(config.maxQueue, 10, 10_000), "push.maxQueue: expected 10 to 10000"),
    ...config.netwatch.flatMap((entry, at) => {
      const isDuplicate = seen.has(entry.name)
      seen.add(entry.name)
      return [
        ...when(
          !isText(entry.name),
          `push.netwatch[${at}].name: is empty or holds control characters`,
        ),
        ...when(isDuplicate, `push.netwatch[${at}].name: ${entry.name} is there twice`),
        ...when(
          !HOST.test(entry.host) && !ADDRESS.test(entry.host),
          `push.netwatch[${at}].host: expected an address or a host name`,
        ),
        ...when(
          !isWhole(entry.intervalS, 1, 86_400),
          `push.netwatch[${at}].intervalS: expected 1 to 86400`,
        ),
        ...when(
          entry.port !== null && !isWhole(entry.port, 1, 65_535),
          `push.netwatch[${at}].port: expected 1 to 65535`,
        ),
        ...when(
          entry.lossPercent !== null && !isWhole(entry.lossPercent, 0, 100),
          `push.netwatch[${at}].lossPercent: expected 0 to 100`,
        ),
        ...when(
          entry.rttMs !== null && !isWhole(entry.rttMs, 1, 60_000),
          `push.netwatch[${at}].rttMs: expected 1 to 60000`,
        ),
      ]
    }),
  ]
}

const harden: Check = ({ harden: config }) =>
  config === null
    ? []
    : [
        ...config.servicesOff.flatMap((each, at) => [
          ...when(
            !SERVICES.test(each),
            `harden.servicesOff[${at}]: ${each} is no service of the router`,
          ),
          ...when(each === "api-ssl", `harden.servicesOff[${at}]: api-ssl is what the agents use`),
        ]),
        ...when(
          config.discoveryList !== null &&
            (!LIST.test(config.discoveryList) || !isText(config.discoveryList)),
          "harden.discoveryList: expected the name of an interface list",
        ),
        ...when(
          !isWhole(config.undoAfterMinutes, 1, 1_440),
          "harden.undoAfterMinutes: expected 1 to 1440",
        ),
      ]

const CHECKS: readonly Check[] = [release, authority, account, snmp, places, push, harden]

/** Empty: a script can be made. */
export const validationErrors = (desired: DesiredConfig): readonly string[] =>
  CHECKS.flatMap((check) => check(desired))
