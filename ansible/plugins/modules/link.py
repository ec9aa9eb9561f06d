#!/usr/bin/python
# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Links between devices."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: link
short_description: Manage links
description:
  - Adds, changes and removes links between two devices.
  - A link is found by its ends, in either order. An end without an interface matches any interface.
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment: ispvm.monitor.api
options:
  a:
    description: One end.
    type: dict
    required: true
    suboptions: &end
      device:
        description: Name of the device.
        type: str
        required: true
      interface:
        description: Name of its interface.
        type: str
  b:
    description: The other end.
    type: dict
    required: true
    suboptions: *end
  name:
    description: Name of the link. By default it is made of the names of its devices.
    type: str
  capacity_bps:
    description: Capacity in bit/s.
    type: int
  medium:
    description: What it is made of.
    type: str
    choices: [fibre, radio, copper, virtual]
  state:
    description: Whether it exists.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The link is monitored
  ispvm.monitor.link:
    a:
      device: izm-core-1
      interface: sfp-sfpplus1
    b:
      device: ank-core-1
      interface: sfp-sfpplus2
    capacity_bps: 10000000000
    medium: fibre
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
    STATE, Resource, ensure, find_one, id_in_check_mode, make_module, run,
)


def end_of(item):
    return dict(deviceId=item["deviceId"], interface=item["interface"])


def shown(item):
    return dict(
        name=item["name"], a=end_of(item["a"]), b=end_of(item["b"]),
        capacityBps=item["capacityBps"], medium=item["medium"],
    )


LINK = Resource("link", "/links", shown)


def fits(found, wanted):
    return found["deviceId"] == wanted["deviceId"] and wanted["interface"] in (
        None, found["interface"],
    )


def matching(links, a, b):
    """The links with these ends, each turned as the task names them. Pure."""
    found = []
    for link in links:
        if fits(link["a"], a) and fits(link["b"], b):
            found.append((link, link["a"], link["b"]))
        elif fits(link["a"], b) and fits(link["b"], a):
            found.append((link, link["b"], link["a"]))
    return found


def choose(links, a, b, name):
    """The one link that the task means, or None; several are an error. Pure."""
    found = matching(links, a, b)
    if len(found) > 1 and name is not None:
        found = [each for each in found if each[0]["name"] == name]
    if len(found) > 1:
        raise ApiError(
            0, "ambiguous",
            "%d links connect these devices: %s. Name the interfaces."
            % (len(found), ", ".join(sorted(each[0]["name"] for each in found))),
        )
    return found[0][0] if found else None


def work(module, client):
    params = module.params
    devices = client.items("/devices")
    ends = []
    for side in ("a", "b"):
        device = find_one(devices, "device", name=params[side]["device"])
        if device is None and params["state"] == "absent":
            return ensure(module, LINK, None, {}, client)
        if device is None and module.check_mode:
            device = dict(id=id_in_check_mode(module, "device", params[side]["device"]))
        if device is None:
            raise ApiError(
                0, "not-found",
                "%s.device: there is no device named %r." % (side, params[side]["device"]),
            )
        ends.append(dict(deviceId=device["id"], interface=params[side]["interface"]))
    a, b = ends
    current = choose(client.items("/links"), a, b, params["name"])
    desired = dict(
        (field, params[option])
        for option, field in (("name", "name"), ("capacity_bps", "capacityBps"),
                              ("medium", "medium"))
        if params[option] is not None
    )
    # The ends of a link that exists are those of the task already.
    if current is None:
        desired.update(a=a, b=b)
    return ensure(module, LINK, current, desired, client)


def main():
    end = dict(device=dict(type="str", required=True), interface=dict(type="str"))
    module = make_module(
        dict(
            a=dict(type="dict", required=True, options=end),
            b=dict(type="dict", required=True, options=end),
            name=dict(type="str"),
            capacity_bps=dict(type="int"),
            medium=dict(type="str", choices=["fibre", "radio", "copper", "virtual"]),
            state=STATE,
        )
    )
    run(module, work)


if __name__ == "__main__":
    main()
