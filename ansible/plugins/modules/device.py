#!/usr/bin/python
# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Devices that are monitored."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: device
short_description: Manage devices
description: Adds, changes and removes devices. Options that are omitted stay as they are.
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment: ispvm.monitor.api
options:
  name:
    description: Name of the device.
    type: str
    required: true
  address:
    description: Host name, IPv4 or IPv6 address. Required for a new device.
    type: str
  site:
    description: Name of its site, which must exist. Empty for none.
    type: str
  roles:
    description: What it is in the network.
    type: list
    elements: str
    choices:
      - upstream
      - border
      - core
      - route-reflector
      - aggregation
      - edge
      - access
      - pppoe-server
      - cgnat
      - wireless
      - switch
      - cpe
  agent:
    description:
      - Name of the agent that monitors it. Empty for none.
      - Needs the permission C(agents:read).
    type: str
  credential:
    description:
      - Name of the saved credential to read it with. Empty for none.
      - Needs the permissions C(credentials:read) and C(credentials:use).
    type: str
  secret:
    description:
      - Secrets of the credential, again. Needed for an address outside its allowed networks, unless
        the token has the permission C(credentials:write).
    type: dict
    suboptions:
      password:
        description: Password of the RouterOS API.
        type: str
      snmp_community:
        description: SNMP community.
        type: str
      snmp_auth_password:
        description: SNMPv3 authentication password.
        type: str
      snmp_priv_password:
        description: SNMPv3 privacy password.
        type: str
  routeros_api:
    description: Reading by the RouterOS API.
    type: dict
    suboptions:
      enabled:
        description: Whether it is used.
        type: bool
        default: true
      port:
        description: TCP port.
        type: int
      tls:
        description: Whether the connection is encrypted.
        type: bool
      fingerprint:
        description: SHA-256 of the certificate to expect.
        type: str
  snmp:
    description: Reading by SNMP.
    type: dict
    suboptions:
      enabled:
        description: Whether it is used.
        type: bool
        default: true
      port:
        description: UDP port.
        type: int
  icmp:
    description: Whether it is probed by ICMP.
    type: bool
  tcp_port:
    description: Port that is probed by TCP. 0 for none.
    type: int
  note:
    description: Free text.
    type: str
  state:
    description: Whether it exists. A removed device takes its links along.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The router is monitored
  ispvm.monitor.device:
    name: izm-core-1
    address: 192.0.2.1
    site: Izmir
    roles: [core]
    agent: izm-pop
    credential: monitor
    routeros_api:
      port: 8729
      tls: true
"""

RETURN = r"""
id:
  description: Its id; null after its removal, or where check mode would add it.
  type: str
  returned: success
action:
  description: What was done - create, change, remove or nothing.
  type: str
  returned: success
"""

from ansible_collections.ispvm.monitor.plugins.module_utils.client import ApiError
from ansible_collections.ispvm.monitor.plugins.module_utils.resource import (
    STATE, Resource, ensure, find_one, make_module, resolve, run,
)

FIELDS = (
    "name", "address", "siteId", "roles", "agentId", "credentialId", "methods", "note",
)
DEVICE = Resource(
    "device", "/devices", lambda item: dict((key, item[key]) for key in FIELDS), hidden=("secret",)
)
REFERENCES = (
    ("site", "siteId", "/sites"),
    ("agent", "agentId", "/agents"),
    ("credential", "credentialId", "/credentials"),
)
NO_METHODS = dict(routerosApi=None, snmp=None, icmp=True, tcpPort=None)
ROUTEROS_API = dict(port=8729, tls=True, fingerprint=None)
SNMP = dict(port=161)


def method_of(current, defaults, given):
    """One method after the task: what is omitted stays, or has its default. Pure."""
    if given is None:
        return current
    if not given["enabled"]:
        return None
    method = dict(defaults if current is None else current)
    method.update(
        (key, value) for key, value in given.items() if key != "enabled" and value is not None
    )
    if method.get("fingerprint"):
        method["fingerprint"] = method["fingerprint"].lower().replace(":", "")
    return method


def methods_of(current, params):
    """All methods after the task. Pure."""
    methods = dict(NO_METHODS if current is None else current)
    methods["routerosApi"] = method_of(
        methods["routerosApi"], ROUTEROS_API, params["routeros_api"]
    )
    methods["snmp"] = method_of(methods["snmp"], SNMP, params["snmp"])
    if params["icmp"] is not None:
        methods["icmp"] = params["icmp"]
    if params["tcp_port"] is not None:
        methods["tcpPort"] = params["tcp_port"] or None
    return methods


def secret_of(given):
    """The typed secrets in the API's words; None without any. Pure."""
    names = dict(
        password="password", snmp_community="snmpCommunity",
        snmp_auth_password="snmpAuthPassword", snmp_priv_password="snmpPrivPassword",
    )
    return dict(
        (names[key], value) for key, value in (given or {}).items() if value is not None
    ) or None


def desired_of(params, current, references):
    """The fields of the device after the task. Pure."""
    desired = dict(
        (key, params[key]) for key in ("name", "address", "note") if params[key] is not None
    )
    desired.update(references)
    if params["roles"] is not None:
        # The order of roles says nothing.
        same = current is not None and sorted(current["roles"]) == sorted(set(params["roles"]))
        desired["roles"] = current["roles"] if same else sorted(set(params["roles"]))
    desired["methods"] = methods_of(None if current is None else current["methods"], params)
    return desired


class DeviceWithSecret(object):
    """Adds the typed secret to what is sent, if something is sent at all."""

    def __init__(self, secret):
        self.secret = secret

    def __getattr__(self, name):
        return getattr(DEVICE, name)

    def apply(self, client, current, action, fields):
        if self.secret is not None and action in ("create", "change"):
            fields = dict(fields, secret=self.secret)
        return DEVICE.apply(client, current, action, fields)


def work(module, client):
    params = module.params
    current = find_one(client.items("/devices"), "device", name=params["name"])
    if params["state"] == "absent":
        return ensure(module, DEVICE, current, {}, client)
    if current is None and params["address"] is None:
        raise ApiError(0, "address-missing", "A new device needs an address.")
    references = dict(
        (field, resolve(module, client, path, option, params[option]))
        for option, field, path in REFERENCES if params[option] is not None
    )
    desired = desired_of(params, current, references)
    return ensure(module, DeviceWithSecret(secret_of(params["secret"])), current, desired, client)


def options():
    return dict(
        name=dict(type="str", required=True),
        address=dict(type="str"),
        site=dict(type="str"),
        roles=dict(
            type="list", elements="str",
            choices=["upstream", "border", "core", "route-reflector", "aggregation", "edge",
                     "access", "pppoe-server", "cgnat", "wireless", "switch", "cpe"],
        ),
        agent=dict(type="str"),
        credential=dict(type="str"),
        secret=dict(
            type="dict", no_log=True,
            options=dict(
                password=dict(type="str", no_log=True),
                snmp_community=dict(type="str", no_log=True),
                snmp_auth_password=dict(type="str", no_log=True),
                snmp_priv_password=dict(type="str", no_log=True),
            ),
        ),
        routeros_api=dict(
            type="dict",
            options=dict(
                enabled=dict(type="bool", default=True),
                port=dict(type="int"),
                tls=dict(type="bool"),
                fingerprint=dict(type="str"),
            ),
        ),
        snmp=dict(
            type="dict",
            options=dict(enabled=dict(type="bool", default=True), port=dict(type="int")),
        ),
        icmp=dict(type="bool"),
        tcp_port=dict(type="int"),
        note=dict(type="str"),
        state=STATE,
    )


def main():
    run(make_module(options()), work)


if __name__ == "__main__":
    main()
