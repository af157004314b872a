"""OpenStack's own Key Manager on a free port of loopback: real code, SQLite in the folder given, no Keystone.

usage: serve-barbican.py FOLDER {"TOKEN": "PROJECT", …}
"""
import json
import os
import sys
from wsgiref.simple_server import make_server

PIPELINE = '''
[composite:main]
use = egg:Paste#urlmap
/v1: api

[pipeline:api]
pipeline = unauthenticated-context microversion apiapp

[app:apiapp]
paste.app_factory = barbican.api.app:create_main_app

[filter:unauthenticated-context]
paste.filter_factory = barbican.api.middleware.context:UnauthenticatedContextMiddleware.factory

[filter:microversion]
paste.filter_factory = barbican.api.middleware.microversion:MicroversionMiddleware.factory
'''


def authenticated(app, projects):
    """In place of Keystone's middleware: a token is known or it is not."""
    def handle(environ, start_response):
        project = projects.get(environ.get('HTTP_X_AUTH_TOKEN'))
        if project is None:
            start_response('401 Unauthorized', [('Content-Type', 'text/plain')])
            return [b'Authentication required']
        environ.update(HTTP_X_PROJECT_ID=project, HTTP_X_USER_ID='user-of-' + project, HTTP_X_ROLES='creator,member')
        return app(environ, start_response)
    return handle


def main(folder, projects):
    # Read when Barbican is imported. No file of the machine counts.
    os.environ.update(
        HOME=folder,
        OS_DEFAULT__SQL_CONNECTION='sqlite:///' + os.path.join(folder, 'barbican.sqlite'),
        OS_DEFAULT__DB_AUTO_CREATE='True',
    )
    pipeline = os.path.join(folder, 'paste.ini')
    with open(pipeline, 'w') as file:
        file.write(PIPELINE)
    from paste import deploy
    server = make_server('127.0.0.1', 0, authenticated(deploy.loadapp('config:' + pipeline), projects))
    print('ready on', server.server_port, flush=True)
    server.serve_forever()


main(sys.argv[1], json.loads(sys.argv[2]))
