# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Requests to the appliance's API. Errors name what is wrong; none contains the token."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import time
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.urls import open_url

API = "/api/v1"
# The limit of the appliance refills within seconds; a longer wait is an error.
MAX_WAITS = 5
MAX_WAIT_S = 30
MAX_ANSWER_BYTES = 64 * 1024 * 1024

HINTS = {
    "token-unknown": "Create a token on the Settings page of the appliance.",
    "host-unknown": "Add this name to ISPVM_ALLOWED_HOSTS of the appliance, or use another one.",
}


class ApiError(Exception):
    """An answer that is an error, or none. `code` is stable; 0 is the status without an answer."""

    def __init__(self, status, code, message):
        super(ApiError, self).__init__(message)
        self.status = status
        self.code = code


def base_url(text):
    """The address without a path; raises ApiError if it is none."""
    if not text:
        raise ApiError(0, "url-missing", "Set url, or the environment variable ISPVM_URL.")
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ApiError(
            0, "url-invalid", "url is %r. Write it as https://monitor.example.net." % text
        )
    if parts.username or parts.password:
        raise ApiError(0, "url-invalid", "url contains a password. Use token instead.")
    return "%s://%s" % (parts.scheme, parts.netloc)


def problem_text(problem):
    """What the appliance answered, with each field that is wrong."""
    text = problem.get("detail") or problem.get("title") or "unknown error"
    fields = ["%s: %s" % (each.get("path") or "body", each.get("message"))
              for each in problem.get("fields") or []]
    fields = [each for each in fields if each not in text]
    hint = HINTS.get(problem.get("code"))
    return " ".join([text] + (["(%s)" % "; ".join(fields)] if fields else [])
                    + ([hint] if hint and hint not in text else []))


class Client(object):
    """One appliance, and the token for it."""

    def __init__(self, url, token, ca_path=None, validate_certs=True, timeout=30, sleep=time.sleep):
        self.url = base_url(url)
        if not token:
            raise ApiError(
                0, "token-missing", "Set token, or the environment variable ISPVM_API_TOKEN."
            )
        self._options = dict(
            headers={
                "Authorization": "Bearer %s" % token.strip(),
                "Accept": "application/json",
            },
            ca_path=ca_path,
            validate_certs=validate_certs,
            timeout=timeout,
            use_proxy=True,
            follow_redirects="none",
            http_agent="ispvm.monitor",
        )
        self._sleep = sleep

    def request(self, method, path, body=None):
        """The parsed answer, or None without one."""
        for attempt in range(MAX_WAITS + 1):
            try:
                return self._send(method, path, body)
            except HTTPError as error:
                wait_s = self._wait_of(error)
                if wait_s is None or attempt == MAX_WAITS:
                    raise self._error_of(method, path, error)
                self._sleep(wait_s)

    def items(self, path):
        """All items of a list."""
        answer = self.request("GET", path)
        items = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise ApiError(
                0, "answer-invalid", "GET %s is not a list: is %s an appliance?" % (path, self.url)
            )
        return items

    def _send(self, method, path, body):
        options = dict(self._options)
        data = None
        if body is not None:
            data = json.dumps(body)
            options["headers"] = dict(options["headers"], **{"Content-Type": "application/json"})
        try:
            response = open_url(self.url + API + path, data=data, method=method, **options)
            text = response.read(MAX_ANSWER_BYTES)
        except HTTPError:
            raise
        except (URLError, HTTPException, OSError, ValueError) as error:
            reason = to_text(getattr(error, "reason", error))
            hint = (
                " Give the authority's certificate as ca_path." if "CERTIFICATE" in reason else ""
            )
            raise ApiError(
                0, "unreachable", "%s does not answer: %s.%s" % (self.url, reason, hint)
            )
        if not text:
            return None
        try:
            return json.loads(to_text(text))
        except ValueError:
            raise ApiError(
                0, "answer-invalid", "%s %s: not JSON. Is %s an appliance?" % (method, path, self.url)
            )

    @staticmethod
    def _wait_of(error):
        """Seconds until another try; None: it makes no sense."""
        if error.code not in (429, 503):
            return None
        after = error.headers.get("Retry-After") or ""
        if not after.isdigit():
            return None
        return int(after) if int(after) <= MAX_WAIT_S else None

    def _error_of(self, method, path, error):
        try:
            problem = json.loads(to_text(error.read(65536)))
        except (ValueError, OSError):
            problem = None
        if not isinstance(problem, dict) or "code" not in problem:
            return ApiError(
                error.code, "http-%d" % error.code,
                "%s %s: HTTP %d. Is %s an appliance?" % (method, path, error.code, self.url),
            )
        return ApiError(
            error.code, problem["code"],
            "%s %s: %s [%s]" % (method, path, problem_text(problem), problem["code"]),
        )
