import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const ASSETS: Readonly<Record<string, string>> = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' };

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A file of the page's, undefined where it has no such. Nothing is asked of any other host. */
export function asset(name: string): Asset | undefined {
  const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  return type === undefined ? undefined : { type: `${type}; charset=utf-8`, bytes: readFileSync(require.resolve(`swagger-ui-dist/${name}`)) };
}

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Afterimage: Images API v2</title>
<link rel="stylesheet" href="openapi/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="openapi/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });</script>
</body>
</html>
`;
