/** Optical modules: what they measure, and their own limits. */
import { defineFamily } from "./family.ts"
import { bool, gauge } from "./field.ts"

const signed = { isSigned: true } as const
const limit = { isSigned: true, isLastOnly: true, isNoRuleMetric: true } as const

/** A module of several channels is one sample: their lowest powers and highest bias. */
export const optics = defineFamily({
  name: "optics",
  title: "Optics",
  description: "Optical power, bias, voltage and temperature of each optical module",
  key: { by: "interface" },
  fields: {
    rxDbm: gauge("optics.rx_dbm", "dBm", "optical power received", {
      label: "Received",
      ...signed,
    }),
    txDbm: gauge("optics.tx_dbm", "dBm", "optical power sent", { label: "Sent", ...signed }),
    biasMa: gauge("optics.bias_ma", "mA", "laser bias current"),
    voltageV: gauge("optics.voltage_v", "V", "supply voltage"),
    temperatureC: gauge("optics.temperature_c", "°C", "temperature of the module", signed),
    wavelengthNm: gauge("optics.wavelength_nm", "nm", "wavelength", {
      isLastOnly: true,
      isNoRuleMetric: true,
    }),
    hasRxLoss: bool("optics.rx_loss", "no light is received", { combine: "share" }),
    hasTxFault: bool("optics.tx_fault", "the module reports a transmit fault", {
      combine: "share",
    }),
    isOutside: bool("optics.alarm", "a value is outside the module's own alarm limits", {
      combine: "share",
    }),
    rxLowDbm: gauge("optics.rx_low_dbm", "dBm", "lowest allowed power received", limit),
    rxHighDbm: gauge("optics.rx_high_dbm", "dBm", "highest allowed power received", limit),
    txLowDbm: gauge("optics.tx_low_dbm", "dBm", "lowest allowed power sent", limit),
    txHighDbm: gauge("optics.tx_high_dbm", "dBm", "highest allowed power sent", limit),
  },
  charts: [
    { title: "Optical power received", metrics: ["optics.rx_dbm"] },
    { title: "Optical power sent", metrics: ["optics.tx_dbm"] },
    { title: "Optics temperature", metrics: ["optics.temperature_c"] },
  ],
  polledBy: { "routeros-api": 60_000, snmp: 60_000 },
})
