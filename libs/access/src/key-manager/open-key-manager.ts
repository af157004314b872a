import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BarbicanKeyManager } from './barbican.key-manager.js';
import { NoKeyManager, type KeyManager } from './key-manager.js';

export interface KeyManagerSettings {
  /** castellan's name of a backend, or the path of its Python class. */
  readonly backend: string;
  readonly endpoint?: string;
  readonly apiVersion: string;
  readonly verifyTls: boolean;
  /** A file or a folder of PEM certificates. */
  readonly authorities?: string;
}

/** `inCatalog` finds the endpoint where none is configured, `ownToken` is the service's own. Fails where the certificates to trust cannot be read. One that cannot be used refuses only who needs it. */
export function openKeyManager({ backend, endpoint, apiVersion, verifyTls, authorities }: KeyManagerSettings, inCatalog?: () => Promise<string | undefined>, ownToken?: () => Promise<string>): KeyManager {
  if (!/^barbican$|\.BarbicanKeyManager$/.test(backend)) {
    return new NoKeyManager(`[key_manager] backend = ${backend} is not served here, only barbican is.`);
  }
  const where = endpoint ?? inCatalog;
  if (where === undefined) return new NoKeyManager();
  const trusted = verifyTls && authorities !== undefined ? { authorities: certificatesAt(authorities) } : {};
  return new BarbicanKeyManager({ endpoint: where, apiVersion, tls: { verify: verifyTls, ...trusted }, ...(ownToken && { ownToken }) });
}

function certificatesAt(path: string): string {
  try {
    const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
    return files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'utf8')).join('\n');
  } catch (error) {
    throw new Error(`[barbican] verify_ssl_path = ${path} cannot be read; it must be a file or a folder of PEM certificates.`, { cause: error });
  }
}
