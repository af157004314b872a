import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { fileMark } from '#access';

/** PEM files, by the names of the options. */
export interface TlsFiles {
  /** The server's certificate, and after it those that lead to its authority. */
  readonly cert_file: string;
  readonly key_file: string;
  /** Of those who sign clients' certificates: with it every client must have one. */
  readonly ca_file?: string;
}

/** A certificate, key or authority cannot be used. */
export class BadTlsFile extends Error {
  readonly code = 'BadTlsFile';
  constructor(readonly option: keyof TlsFiles, readonly file: string, reason: string) {
    super(`[DEFAULT] ${option} = ${file}: ${reason}`);
  }
}

/** What a server says and asks in a handshake. Fails with `BadTlsFile`. */
export function secureContextOptions(files: TlsFiles): Pick<ServerOptions, 'cert' | 'key' | 'ca' | 'minVersion'> {
  const [cert, key] = [read('cert_file', files.cert_file), read('key_file', files.key_file)];
  const certificate = certificateOf(files, cert);
  if (!certificate.checkPrivateKey(keyOf(files, key))) throw new BadTlsFile('key_file', files.key_file, `it is not the key of the certificate in ${files.cert_file}`);
  const context = { cert, key, minVersion: 'TLSv1.2' as const, ...(files.ca_file === undefined ? {} : { ca: authoritiesOf(files.ca_file) }) };
  try {
    createSecureContext(context);
  } catch (error) {
    throw new BadTlsFile('cert_file', files.cert_file, `it cannot be used with its key: ${textOf(error)}`);
  }
  return context;
}

/** Differs where one of the files does. */
export const marksOf = (files: TlsFiles): string => Object.values(files).map(fileMark).join(' ');

function certificateOf({ cert_file: file }: TlsFiles, cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new BadTlsFile('cert_file', file, `it is not a certificate in PEM: ${textOf(error)}`);
  }
}

function keyOf({ key_file: file }: TlsFiles, key: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (error) {
    const encrypted = /ENCRYPTED/.test(key);
    throw new BadTlsFile('key_file', file, encrypted ? 'the key is encrypted, and nobody is here to type its passphrase; give one without' : `it is not a private key in PEM: ${textOf(error)}`);
  }
}

const ONE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function authoritiesOf(file: string): string[] {
  const found = read('ca_file', file).match(ONE) ?? [];
  if (found.length === 0) throw new BadTlsFile('ca_file', file, 'it has no certificate in PEM');
  try {
    return found.map((one) => new X509Certificate(one).toString());
  } catch (error) {
    throw new BadTlsFile('ca_file', file, `it has a certificate that cannot be read: ${textOf(error)}`);
  }
}

function read(option: keyof TlsFiles, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadTlsFile(option, file, `it cannot be read: ${textOf(error)}`);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
