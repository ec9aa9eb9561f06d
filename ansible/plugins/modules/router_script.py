#!/usr/bin/python
# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""The companion script of a router: whether it is in place, and the command that brings it."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: router_script
short_description: Compare a router with its companion script
description:
  - Saves the desired configuration of a router, lets the appliance read the router and compare, and
    creates the one-line command that fetches and runs the script where it is needed.
  - The command holds a secret that works once, within 15 minutes. The router fetches the script by
    itself, so that no password of a router passes through the controller.
  - This module changes nothing on a router; the role M(ispvm.monitor.router) runs the command there.
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment: ispvm.monitor.api
options:
  device:
    description: Name of the device.
    type: str
    required: true
  configuration:
    description:
      - Fields of the desired configuration that are set, as in C(PUT /devices/{id}/companion) of the
        API. The others stay as they are, or have their defaults.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Compare the router
  ispvm.monitor.router_script:
    device: izm-core-1
    configuration:
      profile: core
      snmp: v3
  register: script
  no_log: true
"""

RETURN = r"""
drift:
  description: What differs, in words.
  type: list
  elements: str
  returned: success
command:
  description: The command for the router; null where nothing differs, and in check mode.
  type: str
  returned: success
"""

from ansible_collections.ispvm.monitor.plugins.module_utils.client import ApiError
from ansible_collections.ispvm.monitor.plugins.module_utils.resource import (
    changes_between, find_one, make_module, run,
)


def drift_of(verification):
    """Each difference in one line; a router that cannot be read counts as one. Pure."""
    if verification["problem"]:
        return [verification["problem"]]
    return ["%s: %s" % (row["kind"], row["what"]) for row in verification["drift"]]


def work(module, client):
    params = module.params
    device = find_one(client.items("/devices"), "device", name=params["device"])
    if device is None:
        raise ApiError(0, "not-found", "There is no device named %r." % params["device"])
    path = "/devices/%s/companion" % device["id"]
    was = client.request("GET", path)["desired"] or {}
    changes = changes_between(was, params["configuration"])
    is_new = not was
    diff = dict(before=was, after=dict(was, **changes))
    if module.check_mode and (is_new or changes):
        module.exit_json(changed=True, drift=["the desired configuration"], command=None, diff=diff)
    if is_new or changes:
        client.request("PUT", path, dict(was, **params["configuration"]))
    drift = drift_of(client.request("POST", path + "/verify"))
    command = None
    if drift and not module.check_mode:
        command = client.request("POST", path + "/link", dict(kind="onboard"))["command"]
    module.exit_json(
        changed=bool(drift or is_new or changes), drift=drift, command=command, diff=diff
    )


def main():
    module = make_module(
        dict(
            device=dict(type="str", required=True),
            configuration=dict(type="dict", default={}),
        )
    )
    run(module, work)


if __name__ == "__main__":
    main()
