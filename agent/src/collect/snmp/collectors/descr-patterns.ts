/**
 * Parses the free text of sysDescr by its form. Each pattern is anchored or begins with a literal
 * and has no nested repetition, so that it runs in linear time; the text is cut before.
 */
export type FromDescr = { readonly model: string | null; readonly version: string | null }
type Groups = {
  readonly model?: string
  readonly version?: string
  readonly release?: string
  readonly role?: string
}
type Pattern = { readonly form: RegExp; readonly read?: (groups: Groups) => FromDescr }

const MAX_CHARS = 1_024
const NOTHING: FromDescr = { model: null, version: null }

const plain = ({ model, version }: Groups): FromDescr => ({
  model: model?.trim() || null,
  version: version || null,
})
const upper = ({ model, version }: Groups): FromDescr => ({
  model: model?.toUpperCase() ?? null,
  version: version ?? null,
})
/**
 * `8.200` of the platform and `V800R012C10SPC300` of the product: both are needed to name a
 * release.
 */
const platform = ({ model, version, release }: Groups): FromDescr => ({
  model: model?.trim() || null,
  version:
    version === undefined ? null : release === undefined ? version : `${version} (${release})`,
})

const PATTERNS: readonly Pattern[] = [
  { form: /^RouterOS (?<model>\S.*)$/ },
  { form: /^SwOS (?<model>\S.*)$/ },
  { form: /^(?<model>\S+) SwOS v?(?<version>\S+)$/ },
  {
    form: /^Arista Networks EOS version (?<version>\S+) running on an Arista Networks (?<model>\S+)/,
  },
  {
    form: /^Juniper Networks, Inc\. (?<model>\S+) [^,]{0,80}, kernel JUNOS (?<version>[^\s,]+)/,
    read: upper,
  },
  {
    // Junos OS Evolved
    form: /^Juniper Networks, Inc\. (?<model>\S+) [^\n]{0,300}?(?<version>\d\d\.\d[\w.-]{0,20}-EVO)/,
    read: upper,
  },
  { form: /^(?<model>(?:NetScreen|SSG|ISG)[-\w]{1,20}) version (?<version>\d[\w.]*)/ },
  { form: /^TiMOS-(?:\w+-)?(?<version>\d\S*) \S+ (?:Nokia|ALCATEL) (?<model>.{1,40}) Copyright/ },
  {
    form: /^Cisco IOS XR Software \((?:Cisco )?(?<model>[^)]+)\), {1,4}Version (?<version>[^\s[]+)/,
  },
  {
    form: /^Cisco NX-OS\(tm\) [^,]+, Software \([^)]*\), (?:Experimental )?Version (?<version>[^\s,]+)/,
  },
  {
    form: /^Cisco (?:IOS|Internetwork Operating System|Adaptive|Controller|Firepower|AP Software|[^,\n]{1,40} Software,)[^\n]{0,300}?Version:? (?<version>[^\s,]+)/,
  },
  {
    form: /^(?:Huawei |Quidway )?(?<model>\S+) {0,4}Huawei Versatile Routing Platform Software VRP \(R\) software, ?Version (?<version>\S+)(?: \((?:[^)\s]+ ){0,4}(?<release>V\w+)\))?/,
    read: platform,
  },
  {
    form: /^Huawei Versatile Routing Platform Software VRP \(R\) software, ?Version (?<version>\S+)(?: \((?:[^)\s]+ ){0,4}(?<release>V\w+)\))?[^\n]{0,120}?Ltd\.? {0,4}HUAWEI {0,4}(?<model>\S.{0,60})$/,
    read: platform,
  },
  {
    form: /^(?:Huawei Versatile Routing Platform Software )?VRP \(R\) software, ?Version (?<version>[^\s,]+)(?: \((?:[^)\s]+ ){0,4}(?<release>V\w+)\))?/,
    read: platform,
  },
  { form: /^Huawei (?<model>Opti[xX] [A-Z]+(?: \d+\w*)?|Optix [A-Z]+) (?<version>V\w+)/ },
  { form: /^(?<model>\S+) Version (?<version>V\S+) Software, Copyright \(c\) by ZTE/ },
  {
    form: /^(?:ZTE Ethernet Switch )?ZXR10 (?<model>\S+?),?(?: [^\n]{0,80}?)? Version: ?(?<version>V?\S+?),?(?: |$)/,
  },
  { form: /^ZXR10 ROS Version (?<version>V?\S+) (?<model>ZXR10 \S+)/ },
  { form: /^(?<model>.{1,40}) \(R\) Software, Version (?<version>[^,]+)/ },
  {
    form: /^EdgeOS v?(?<version>\d[\d.]*)/,
    read: ({ version }) => ({ model: "EdgeRouter", version: version ?? null }),
  },
  {
    form: /^(?<model>(?:EdgeSwitch|EdgePoint Switch) [^,]{1,40}), (?:firmware )?v?(?<version>\d[^\s,]*)/,
  },
  {
    form: /^(?<model>(?:US|USW|USL|USP|UAP|UBB|U6|U7|UXG|UDM|U-LTE)[\w-]{0,30}),? v?(?<version>\d[\w.-]*)/,
  },
  {
    form: /^CANOPY (?<version>\d\S*) (?<role>AP|SM|BHM|BHS)\b/,
    read: ({ version, role }) => ({
      model: role === undefined ? null : `Canopy ${role}`,
      version: version ?? null,
    }),
  },
  { form: /^Cambium Networks (?:cnMatrix )?(?<model>\S+) [^\n]{0,80}?SW:(?<version>\S+)/ },
  {
    form: /^Cambium cnWave (?<model>\S[^,\n]{0,30}?) (?:Client|Distribution|Base) Node, Version (?<version>\S+)/,
  },
  { form: /^Calix ONT (?<model>\S+) (?<version>\d\S*)/ },
  { form: /^Calix (?<model>[A-Z]\d[\w-]*)\b[^\n]{0,60}?(?<version>\d+\.\d+\.\d[\w.]*)/ },
  { form: /^ROS_[^.]{0,20}\.(?<model>RAX\S+?|ISCOM\S+?|GAZELLE\S+?)\.\d/ },
  {
    form: /^(?:ExtremeXOS|Extreme Networks Switch Engine) \((?<model>[^)]+)\) version (?<version>\S+)/,
  },
  { form: /^ExtremeXOS version (?<version>\S+)/ },
  {
    // AOS-CX
    form: /^(?:HPE ANW|HPE Aruba|Aruba) (?<model>\w+(?: [^,\n]{1,60}?)?) (?<version>[A-Z]{2}\.\d{2}\.\d{2}\.\d{4}\w*)/,
  },
  { form: /^(?<model>(?:VSP|ERS|VOSS|XA|5\d{3})-?[\w+-]{2,30}) \((?<version>\d[\d.]*)\)/ },
  {
    form: /^(?<model>Ethernet (?:Routing )?Switch \S+) [^\n]{0,60}?SW:v?(?<version>\S+)/,
  },
  {
    form: /^(?:HPE?|ProCurve|Aruba)(?: J\w+| R\w+)? (?:Switch )?(?<model>[^,]{1,60}?)(?: Switch)?, revision (?<version>[^\s,]+)/,
  },
  {
    form: /^(?:HPE?|H3C) Comware (?:Platform )?Software, (?:Software )?Version (?<version>[^,]{1,40}(?:, Release \w+)?)/,
  },
  {
    form: /^(?:Brocade Communications Systems|Ruckus Wireless|Foundry Networks|CommScope), Inc\. (?<model>[^,]{1,60}), IronWare Version V?(?<version>\S+)/,
  },
  { form: /^(?:Vyatta )?VyOS (?<version>\S+)/ },
  {
    form: /^Alcatel-Lucent (?:Enterprise )?(?<model>OS\S+|OmniSwitch \S+) (?<version>\d\S*)/,
  },
  { form: /^Linux \S+ (?<version>\d+\.\d[\w.+~-]*) #/ },
  {
    form: /^(?:Dell )?(?:EMC Networking|SmartFabric) OS10[^\n]{0,200}?Version: (?<version>\S+?)\.? System Type: (?<model>\S+)/,
  },
  { form: /^(?:Dell )?EMC Networking OS10[^\n]{0,200}?Version: (?<version>\S+)/ },
  {
    form: /^Dell [^\n]{0,200}?Application Software Version: (?<version>\S+) Series: (?<model>\S+)/,
  },
  { form: /^BDCOM\S* (?<model>\S+) Software, Version (?<version>\S+)/ },
  { form: /^ArubaOS \(MODEL: (?<model>[^)]+)\), Version (?<version>[^\s,]+)/ },
  { form: /^Palo Alto Networks (?<model>\S+) series firewall/ },
  { form: /^pfSense \S+ (?<version>\d\S+)/ },
  { form: /^FreeBSD \S+ (?<version>\d\S+)/ },
  { form: /^Nokia (?<model>1830 \w+) v?(?<version>\d\S*)/ },
  { form: /^(?<model>(?:WS|DGS|DES|DXS|DGE)-[\w/+-]+)/ },
  { form: /^D-Link (?<model>D\w{2}-[\w/+-]+)/ },
  { form: /^(?<model>ETX-\w+|MP-\d+\w*|SecFlow-\w+)\b/ },
  { form: /^(?<model>FSP \d+\S*)/ },
  { form: /^Netonix (?<model>\S+)/ },
]

/** One line, without padding and quotes. */
export const oneLine = (text: string): string => {
  const end = text.indexOf("\0")
  const cut = (end === -1 ? text : text.slice(0, end)).slice(0, MAX_CHARS)
  return cut
    .split(/\s/)
    .filter((word) => word !== "")
    .join(" ")
    .replace(/^"/, "")
    .replace(/"$/, "")
}

export const fromDescr = (descr: string | null): FromDescr => {
  if (descr === null) return NOTHING
  const line = oneLine(descr)
  for (const { form, read = plain } of PATTERNS) {
    const found = form.exec(line)
    if (found?.groups !== undefined) return read(found.groups)
  }
  return NOTHING
}
