/** The description of the virtual machine in an OVA. Pure. */
import { OVF_PROPERTIES, OVF_USER_DATA } from "@ispvm/appliance/seed/ovf-environment"

const MEMORY_MB = 2_048
const CPUS = 2

/** What an import asks for; the machine reads the answers at its first boot (seed). */
const PROPERTIES = [...Object.keys(OVF_PROPERTIES), OVF_USER_DATA]
const propertyOf = (name: string): string => {
  const hidden = name.includes("password") ? ' ovf:password="true"' : ""
  return `      <Property ovf:key="${name}" ovf:type="string" ovf:userConfigurable="true" ovf:value=""${hidden}>
        <Label>${name}</Label>
      </Property>`
}

/**
 * A machine as VMware's and VirtualBox's importers read it (DMTF DSP0243, 1.1). Controller and
 * network card are those that both have and that the test boots: LSI Logic SAS with VMXNET3 did not.
 */
export const ovfOf = (
  disk: { readonly name: string; readonly bytes: number; readonly capacity: number },
  version: string,
): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References>
    <File ovf:id="file1" ovf:href="${disk.name}" ovf:size="${disk.bytes}"/>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="${disk.capacity}"
      ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Networks</Info>
    <Network ovf:name="network"><Description>Management network</Description></Network>
  </NetworkSection>
  <VirtualSystem ovf:id="ispvm">
    <Info>ISP Visual Monitor</Info>
    <Name>ispvm</Name>
    <ProductSection>
      <Info>Product</Info>
      <Product>ISP Visual Monitor</Product>
      <Version>${version}</Version>
      <Category>First boot (docs/install.md). What is left empty is not set.</Category>
${PROPERTIES.map(propertyOf).join("\n")}
    </ProductSection>
    <OperatingSystemSection ovf:id="96">
      <Info>Debian GNU/Linux, 64 bit</Info>
    </OperatingSystemSection>
    <VirtualHardwareSection ovf:transport="iso">
      <Info>Hardware</Info>
      <System>
        <vssd:ElementName>Hardware</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>ispvm</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-11</vssd:VirtualSystemType>
      </System>
      <Item>
        <rasd:ElementName>${CPUS} CPUs</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>${CPUS}</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>
        <rasd:ElementName>${MEMORY_MB} MB of memory</rasd:ElementName>
        <rasd:InstanceID>2</rasd:InstanceID>
        <rasd:ResourceType>4</rasd:ResourceType>
        <rasd:VirtualQuantity>${MEMORY_MB}</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:ElementName>SATA controller</rasd:ElementName>
        <rasd:InstanceID>3</rasd:InstanceID>
        <rasd:ResourceSubType>AHCI</rasd:ResourceSubType>
        <rasd:ResourceType>20</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AddressOnParent>0</rasd:AddressOnParent>
        <rasd:ElementName>Disk</rasd:ElementName>
        <rasd:HostResource>ovf:/disk/disk1</rasd:HostResource>
        <rasd:InstanceID>4</rasd:InstanceID>
        <rasd:Parent>3</rasd:Parent>
        <rasd:ResourceType>17</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AddressOnParent>1</rasd:AddressOnParent>
        <rasd:AutomaticAllocation>false</rasd:AutomaticAllocation>
        <rasd:ElementName>CD drive</rasd:ElementName>
        <rasd:InstanceID>6</rasd:InstanceID>
        <rasd:Parent>3</rasd:Parent>
        <rasd:ResourceType>15</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AutomaticAllocation>true</rasd:AutomaticAllocation>
        <rasd:Connection>network</rasd:Connection>
        <rasd:ElementName>Network card</rasd:ElementName>
        <rasd:InstanceID>5</rasd:InstanceID>
        <rasd:ResourceSubType>E1000</rasd:ResourceSubType>
        <rasd:ResourceType>10</rasd:ResourceType>
      </Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`

const SUBTYPES = { AHCI: "ahci", E1000: "e1000" } as const

/** The controller and the network card that a description names, by QEMU's names. */
export const hardwareOf = (ovf: string): { readonly disk: "ahci"; readonly network: "e1000" } => {
  const named = [...ovf.matchAll(/<rasd:ResourceSubType>([^<]+)<\/rasd:ResourceSubType>/g)].map(
    ([, name = ""]) => name,
  )
  if (named.join() !== Object.keys(SUBTYPES).join())
    throw new Error(`the OVF names ${named.join(", ")}; not all of it is booted by a test`)
  return { disk: SUBTYPES.AHCI, network: SUBTYPES.E1000 }
}
