"""Debian's Keystone on a loopback port, with its database and keys in a folder of its own.

serve-keystone.py FOLDER PORT PASSWORD: FOLDER/keystone.conf is there. What is new is set up first; says 'ready' when it answers.
"""
import os
import socketserver
import sqlite3
import sys
import threading
import traceback
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from keystone.cmd import cli
import keystone.server.wsgi

folder, port, password = sys.argv[1:4]
config = os.path.join(folder, "keystone.conf")
url = "http://127.0.0.1:%s/v3" % port


def manage(*command):
    """keystone-manage, in a child so that what was imported is imported once."""
    child = os.fork()
    if child == 0:
        sys.argv = ["keystone-manage", "--config-file", config, *command]
        try:
            code = cli.main(argv=sys.argv)
        except SystemExit as end:
            code = end.code
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stderr.flush()
        os._exit(1 if code else 0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit("keystone-manage %s failed" % command[0])


def set_up():
    for keys in ("fernet-keys", "receipt-keys", "credential-keys"):
        os.makedirs(os.path.join(folder, keys), mode=0o700)
    whom = ("--keystone-user", str(os.getuid()), "--keystone-group", str(os.getgid()))
    manage("fernet_setup", *whom)
    manage("credential_setup", *whom)
    manage("db_sync")
    # One who writes need not wait for those who read.
    with sqlite3.connect(os.path.join(folder, "keystone.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
    # The roles may be renamed: operators have an ADMIN too.
    manage("bootstrap", "--no-immutable-roles", "--bootstrap-password", password, "--bootstrap-region-id", "here",
           "--bootstrap-admin-url", url, "--bootstrap-internal-url", url, "--bootstrap-public-url", url)


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        # The host's name is nobody's business here, and looking it up may take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]
        self.setup_environ()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass

    def address_string(self):
        return self.client_address[0]


if not os.path.exists(os.path.join(folder, "keystone.db")):
    set_up()
os.environ["OS_KEYSTONE_CONFIG_FILES"] = config
sys.argv = ["keystone"]
server = Server(("127.0.0.1", int(port)), Quiet)
server.set_app(keystone.server.wsgi.initialize_public_application())
print("ready", flush=True)
# Whoever started this ends it, also by being gone.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
