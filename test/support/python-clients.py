"""Runs the unmodified OpenStack clients: one JSON request a line in, one JSON answer a line out.

Starting such a client takes seconds, nearly all of it for imports. This process imports once; each command runs the
client's own main() in a fork, with its own arguments, standard input and output.
"""
import contextlib
import hashlib
import io
import json
import os
import pty
import sys
import tempfile
import traceback

import glanceclient.shell
import glanceclient.v1.client
import glanceclient.v1.shell
import glanceclient.v2.client
import glanceclient.v2.shell
import openstack.config
import openstack.connection
import openstackclient.image.v2.image
import openstackclient.shell


def glance(argv):
    sys.argv = ['glance', *argv]
    return glanceclient.shell.main()


def openstack_client(argv):
    sys.argv = ['openstack', *argv]
    return openstackclient.shell.main()


def sdk(argv):
    """One expression of a script that has `conn`, the connection to a cloud; prints its value as JSON."""
    cloud, expression = argv
    conn = openstack.connection.Connection(config=openstack.config.OpenStackConfig().get_one(cloud))
    try:
        value = eval(expression, {'conn': conn, 'image': conn.image, 'names': lambda found: [one.name for one in found]})
    except Exception as error:
        print(type(error).__name__, getattr(error, 'status_code', ''), error, file=sys.stderr)
        return 1
    print(json.dumps(value, default=lambda one: one.to_dict() if hasattr(one, 'to_dict') else str(one), sort_keys=True))
    return 0


class Pipe:
    """Data of a length that nobody knows before its end."""

    def __init__(self, data):
        self.read = io.BytesIO(data).read


def glance_v1(argv):
    """One expression of a script that has `v1`, a client of the Images API v1 for an address and a token; prints its value as JSON."""
    url, token, authority, expression = argv
    v1 = glanceclient.v1.client.Client(url, token=token, cacert=authority)
    try:
        value = eval(expression, {'v1': v1, 'io': io, 'os': os, 'Pipe': Pipe, 'hashlib': hashlib})
    except Exception as error:
        print(type(error).__name__, error, file=sys.stderr)
        return 1
    print(json.dumps(value, default=lambda one: one.to_dict(), sort_keys=True))
    return 0


CLIENTS = {'glance': glance, 'glance-v1': glance_v1, 'openstack': openstack_client, 'sdk': sdk}


def become(request, out, err):
    """Never returns: the fork that is the client."""
    code = 70
    try:
        os.dup2(stdin_of(request), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, 'w'), open(2, 'w')
        code = CLIENTS[request['client']](request['argv']) or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def stdin_of(request):
    """A pipe's worth of data, or else a terminal, at which clients expect none."""
    if 'input' not in request:
        return pty.openpty()[1]
    data = tempfile.TemporaryFile()
    data.write(request['input'].encode())
    data.seek(0)
    return os.dup(data.fileno())


def answer(request):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            become(request, out, err)
        _, status = os.waitpid(child, 0)
        return {'code': os.waitstatus_to_exitcode(status), 'stdout': text(out), 'stderr': text(err)}


def text(file):
    file.seek(0)
    return file.read().decode('utf-8', 'replace')


def warm():
    """The openstack client loads its plugins when a command is typed: once here, for all forks."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        openstack_client(['image', 'list', '--help'])


warm()
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
