import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Values } from './options/index.js';
import type { Resolver } from './resolver.js';
import { scrubbingOf } from './scrubbing.js';
import { BadSetting } from './settings.errors.js';
import type { Settings } from './settings.js';

export function stagingDirectory(resolver: Resolver, values: Values): string {
  const multi = (values.DEFAULT.enabled_backends?.size ?? 0) > 0;
  const reserved = multi ? resolver.given('os_glance_staging_store', 'filesystem_store_datadir')?.values.at(-1) : undefined;
  if (reserved !== undefined) return resolve(reserved);
  const uri = values.DEFAULT.node_staging_uri;
  if (!uri.startsWith('file://')) throw new BadSetting('DEFAULT', 'node_staging_uri', uri, 'allowed: file:///DIRECTORY');
  return resolve(uri.startsWith('file:///') ? fileURLToPath(uri) : uri.slice('file://'.length));
}

export function listenerOf({ DEFAULT: own }: Values): Settings['listener'] {
  return {
    host: own.bind_host,
    port: own.bind_port,
    backlog: own.backlog,
    keepAlive: own.http_keepalive,
    clientSocketTimeout: own.client_socket_timeout,
    maxHeaderLine: own.max_header_line,
    tcpKeepIdle: own.tcp_keepidle,
    publicEndpoint: own.public_endpoint,
    maxRequestIdLength: own.max_request_id_length,
  };
}

export function imagesOf(values: Values): Settings['images'] {
  const own = values.DEFAULT;
  return {
    sizeCap: own.image_size_cap,
    hashingAlgorithm: own.hashing_algorithm,
    limitParamDefault: own.limit_param_default,
    apiLimitMax: own.api_limit_max,
    showDirectUrl: own.show_image_direct_url,
    showMultipleLocations: own.show_multiple_locations,
    additionalProperties: own.allow_additional_image_properties,
    ...(own.delayed_delete ? { keepDeletedFor: own.scrub_time } : {}),
    scrubbing: scrubbingOf(values),
    metadataEncryptionKey: own.metadata_encryption_key,
    quotas: {
      properties: own.image_property_quota,
      tags: own.image_tag_quota,
      members: own.image_member_quota,
      locations: own.image_location_quota,
    },
    ownerLimits: {
      ...(own.user_storage_quota > 0n ? { bytes: own.user_storage_quota } : {}),
      ...(own.image_count_quota >= 0 ? { images: BigInt(own.image_count_quota) } : {}),
    },
  };
}

export function formatsOf({ image_format: own }: Values): Settings['formats'] {
  return {
    disk: own.disk_formats,
    container: own.container_formats,
    vmdkAllowedTypes: own.vmdk_allowed_types,
    requireMatch: own.require_image_format_match,
    gptChecksNonfatal: own.gpt_safety_checks_nonfatal,
  };
}

export function keyManagerOf({ key_manager: { backend }, barbican: own }: Values, warn: (text: string) => void): Settings['keyManager'] {
  if (!own.verify_ssl) warn('[barbican] verify_ssl = False: any server on the way can take the tokens of those who upload signed images, and give a certificate of its own');
  return {
    backend,
    endpoint: own.barbican_endpoint,
    apiVersion: own.barbican_api_version,
    inCatalog: { interface: own.barbican_endpoint_type, ...(own.barbican_region_name === undefined ? {} : { region: own.barbican_region_name }) },
    verifyTls: own.verify_ssl,
    authorities: own.verify_ssl_path,
  };
}

export function uriFilterOf({ import_filtering_opts: own }: Values): Settings['uriFilter'] {
  return {
    allowedSchemes: own.allowed_schemes,
    disallowedSchemes: own.disallowed_schemes,
    allowedHosts: own.allowed_hosts,
    disallowedHosts: own.disallowed_hosts,
    allowedPorts: own.allowed_ports,
    disallowedPorts: own.disallowed_ports,
    allowPrivateAddresses: own.allow_private_addresses,
  };
}
