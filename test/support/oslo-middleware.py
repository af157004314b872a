"""Asks the real oslo.middleware, with Glance's defaults, what it answers: JSON in, JSON out.

In: {"conf": text of a glance-api.conf, "requests": [{"method", "path", "headers"}]}
Out: [{"status", "headers", "body"}]; the body of an ordinary answer is what an application takes for its own address.
"""
import json
import sys
import tempfile

import webob
import webob.dec
from glance.common import config  # noqa: sets options up
from oslo_config import cfg
from oslo_middleware import cors, healthcheck, http_proxy_to_wsgi

asked = json.load(sys.stdin)
config.set_cors_middleware_defaults()
conf = cfg.ConfigOpts()
with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
    file.write(asked["conf"])
    file.flush()
    conf(["--config-file", file.name], project="glance", prog="glance-api")


@webob.dec.wsgify
def application(request):
    status = 405 if request.method == "OPTIONS" else 404 if request.path.endswith("/nonesuch") else 200
    return webob.Response(status=status, body=request.application_url.encode(), content_type="text/plain")


application = http_proxy_to_wsgi.HTTPProxyToWSGI(application, conf)
application = healthcheck.Healthcheck(application, conf)
application = cors.CORS(application, conf)


def ask(one):
    request = webob.Request.blank(one["path"], method=one["method"], headers=one["headers"])
    answer = request.get_response(application)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return {"status": answer.status_int, "headers": headers, "body": answer.text}


json.dump([ask(one) for one in asked["requests"]], sys.stdout)
