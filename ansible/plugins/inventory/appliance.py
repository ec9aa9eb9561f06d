# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Devices of the appliance as hosts."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
name: appliance
short_description: Devices that the appliance monitors
description:
  - Reads the devices by the appliance's API. The token needs the permission C(inventory:read).
  - The file with its settings ends in C(ispvm.yml) or C(ispvm.yaml).
  - Each device is in the group C(ispvm), and in groups of its site, region, roles, vendor and agent,
    such as C(site_izmir) and C(role_core).
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment:
  - constructed
  - inventory_cache
options:
  plugin:
    description: Names this plugin.
    required: true
    choices: [ispvm.monitor.appliance]
  url:
    description: Address of the appliance, as in a browser.
    type: str
    env:
      - name: ISPVM_URL
  token:
    description: API token. Better in the environment, or from a vault, than in the file.
    type: str
    env:
      - name: ISPVM_API_TOKEN
  ca_path:
    description: File with the certificate of the appliance's authority, or of your own.
    type: path
    env:
      - name: ISPVM_CA_PATH
  validate_certs:
    description: Whether the certificate of the appliance is checked.
    type: bool
    default: true
  timeout:
    description: Seconds that one request may take.
    type: int
    default: 30
  statuses:
    description: Only devices with one of these statuses. Empty for all.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
# inventory.ispvm.yml
plugin: ispvm.monitor.appliance
url: https://monitor.example.net
ca_path: /etc/ssl/monitor.crt
compose:
  ansible_network_os: "'community.routeros.routeros'"
  ansible_connection: "'ansible.netcommon.network_cli'"
keyed_groups:
  - key: ispvm_version
    prefix: version
"""

import re
import unicodedata

from ansible.errors import AnsibleParserError
from ansible.module_utils.common.text.converters import to_native
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.ispvm.monitor.plugins.module_utils.client import ApiError, Client

GROUP = "ispvm"
# Ansible evaluates templates in variables and names of hosts.
TEMPLATE_MARKS = ("{{", "{%", "{#")


def group_name(text):
    """ASCII letters, digits and underscores: İzmir PoP is izmir_pop. Pure."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def is_template(value):
    return isinstance(value, str) and any(mark in value for mark in TEMPLATE_MARKS)


def as_data(value):
    """What routers and people wrote must never be evaluated as a template."""
    return wrap_var(value) if is_template(value) else value


def host_vars(device, regions):
    """The variables of a device. Pure."""
    return dict(
        ansible_host=device["address"],
        ispvm_id=device["id"],
        ispvm_site=device["siteName"],
        ispvm_region=regions.get(device["siteId"]),
        ispvm_roles=device["roles"],
        ispvm_agent=device["agentName"],
        ispvm_status=device["status"]["status"],
        ispvm_identity=device["identity"],
        ispvm_vendor=device["vendor"],
        ispvm_board=device["board"],
        ispvm_version=device["version"],
        ispvm_serial=device["serial"],
        ispvm_note=device["note"],
    )


def group_names(variables):
    """The groups of a device. Pure."""
    single = [
        ("site", variables["ispvm_site"]),
        ("region", variables["ispvm_region"]),
        ("agent", variables["ispvm_agent"]),
        ("vendor", variables["ispvm_vendor"]),
    ]
    both = single + [("role", role) for role in variables["ispvm_roles"]]
    return ["%s_%s" % (kind, group_name(name)) for kind, name in both if name]


def hosts_of(devices, sites, regions, statuses):
    """Host names with their variables, by name. Pure."""
    region_names = dict((each["id"], each["name"]) for each in regions)
    region_of_site = dict((each["id"], region_names.get(each["regionId"])) for each in sites)
    return sorted(
        (each["name"], host_vars(each, region_of_site))
        for each in devices
        if not statuses or each["status"]["status"] in statuses
    )


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "ispvm.monitor.appliance"

    def verify_file(self, path):
        return super(InventoryModule, self).verify_file(path) and path.endswith(
            ("ispvm.yml", "ispvm.yaml")
        )

    def parse(self, inventory, loader, path, cache=True):
        super(InventoryModule, self).parse(inventory, loader, path)
        self._read_config_data(path)
        key = self.get_cache_key(path)
        is_cached = self.get_option("cache")
        lists = None
        if is_cached and cache:
            lists = self._cache.get(key)
        if lists is None:
            lists = self._fetch(path)
        if is_cached:
            self._cache[key] = lists
        self._populate(lists)

    def _fetch(self, path):
        try:
            client = Client(
                self.get_option("url"),
                self.templar.template(self.get_option("token")),
                ca_path=self.get_option("ca_path"),
                validate_certs=self.get_option("validate_certs"),
                timeout=self.get_option("timeout"),
            )
            return dict((name, client.items("/" + name)) for name in ("devices", "sites", "regions"))
        except ApiError as error:
            raise AnsibleParserError("%s: %s" % (to_native(path), to_native(error)))

    def _populate(self, lists):
        strict = self.get_option("strict")
        self.inventory.add_group(GROUP)
        statuses = self.get_option("statuses")
        for name, variables in hosts_of(
            lists["devices"], lists["sites"], lists["regions"], statuses
        ):
            if is_template(name):
                self.display.warning("The device %r is left out: its name is a template." % name)
                continue
            variables = dict((key, as_data(value)) for key, value in variables.items())
            self.inventory.add_host(name, group=GROUP)
            for key, value in variables.items():
                self.inventory.set_variable(name, key, value)
            for group in group_names(variables):
                self.inventory.add_host(name, group=self.inventory.add_group(group))
            self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
            self._add_host_to_composed_groups(
                self.get_option("groups"), variables, name, strict=strict
            )
            self._add_host_to_keyed_groups(
                self.get_option("keyed_groups"), variables, name, strict=strict
            )
