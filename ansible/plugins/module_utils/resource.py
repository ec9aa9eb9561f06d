# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Brings one thing of the appliance into the state that a task describes."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.module_utils.basic import AnsibleModule, env_fallback

from ansible_collections.ispvm.monitor.plugins.module_utils.client import ApiError, Client

API_OPTIONS = dict(
    url=dict(type="str", fallback=(env_fallback, ["ISPVM_URL"])),
    token=dict(type="str", no_log=True, fallback=(env_fallback, ["ISPVM_API_TOKEN"])),
    ca_path=dict(type="path"),
    validate_certs=dict(type="bool", default=True),
    timeout=dict(type="int", default=30),
)
STATE = dict(type="str", choices=["present", "absent"], default="present")


def changes_between(current, desired):
    """The fields of `desired` that differ from `current`. Both are plain data."""
    return dict((key, value) for key, value in desired.items() if current.get(key) != value)


def find_one(items, what, **keys):
    """The item with these values, or None. More than one is an error."""
    found = [each for each in items if all(each.get(key) == value for key, value in keys.items())]
    if len(found) > 1:
        name = ", ".join("%s %r" % pair for pair in sorted(keys.items()))
        raise ApiError(0, "ambiguous", "%d %ss have the %s." % (len(found), what, name))
    return found[0] if found else None


def id_in_check_mode(module, what, name):
    """A text in place of the id of what an earlier task would have added."""
    module.warn("There is no %s named %r. Without check mode, this fails." % (what, name))
    return "(%s %s)" % (what, name)


def resolve(module, client, path, what, name):
    """The id of what has this name; an empty name is None."""
    if name == "":
        return None
    items = client.items(path)
    found = find_one(items, what, name=name)
    if found is None and module.check_mode:
        return id_in_check_mode(module, what, name)
    if found is None:
        known = sorted(each["name"] for each in items)
        listed = ", ".join(known[:10]) + (" …" if len(known) > 10 else "")
        raise ApiError(
            0, "not-found",
            "There is no %s named %r. Known: %s." % (what, name, listed or "none"),
        )
    return found["id"]


class Resource(object):
    """A kind of thing with a list, creation, change and removal under one path.

    `shown` turns an item of the list into the fields that tasks describe; `hidden` are fields that
    the appliance takes and never answers.
    """

    def __init__(self, what, path, shown, hidden=()):
        self.what = what
        self.path = path
        self.shown = shown
        self.hidden = frozenset(hidden)

    def plan(self, current, desired, state):
        """What to do, and the fields for it: create, change, remove or nothing. Pure."""
        if state == "absent":
            return ("remove", {}) if current is not None else ("nothing", {})
        if current is None:
            return "create", desired
        changes = changes_between(self.shown(current), desired)
        return ("change", changes) if changes else ("nothing", {})

    def before_and_after(self, current, action, fields):
        """For --diff: without what is hidden. Pure."""
        visible = dict((k, v) for k, v in fields.items() if k not in self.hidden)
        was = {} if current is None else self.shown(current)
        if action == "remove":
            return was, {}
        if action == "nothing":
            return was, was
        return was, dict(was, **visible)

    def apply(self, client, current, action, fields):
        """The id of the thing; None after its removal."""
        if action == "create":
            return client.request("POST", self.path, fields)["id"]
        if action == "change":
            client.request("PATCH", "%s/%s" % (self.path, current["id"]), fields)
        if action == "remove":
            client.request("DELETE", "%s/%s" % (self.path, current["id"]))
            return None
        return None if current is None else current["id"]


def make_module(options, **more):
    return AnsibleModule(
        argument_spec=dict(API_OPTIONS, **options), supports_check_mode=True, **more
    )


def client_of(module):
    params = module.params
    return Client(
        params["url"], params["token"], ca_path=params["ca_path"],
        validate_certs=params["validate_certs"], timeout=params["timeout"],
    )


def nothing_more(identity):
    return {}, False


def ensure(module, resource, current, desired, client, finish=nothing_more):
    """Plans, applies unless in check mode, and ends the module.

    `finish` gets the id and gives more results, and whether they are a change.
    """
    action, fields = resource.plan(current, desired, module.params.get("state", "present"))
    before, after = resource.before_and_after(current, action, fields)
    identity = None if current is None else current["id"]
    if not module.check_mode:
        identity = resource.apply(client, current, action, fields)
    more, is_more = finish(identity)
    module.exit_json(
        changed=action != "nothing" or is_more, action=action, id=identity,
        diff=dict(before=before, after=after,
                  before_header=resource.what, after_header=resource.what),
        **more
    )


def run(module, work):
    """`work(module, client)`; an error of the API fails the task with its code."""
    try:
        work(module, client_of(module))
    except ApiError as error:
        module.fail_json(msg=str(error), code=error.code, status=error.status)
