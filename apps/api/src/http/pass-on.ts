import { HttpException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { request as send } from 'undici';
import { NodeFailed, NodeUnreachable } from './api.errors.js';

const ANSWER_TIMEOUT_MS = 60_000;

/** Who asks, as it was asked here. */
const IDENTITY = /^x-(?:auth-token|service-token|identity-status|user-id|tenant-id|project-id|roles)$/;

/**
 * Has another node answer a request that only it can: with the caller's own token and request id. Resolves when it took
 * it; fails with `NodeUnreachable` where nothing answers there, `NodeFailed` where the answer breaks off, and as it does where it refuses.
 */
export async function passOn(request: FastifyRequest, node: string, body: unknown): Promise<void> {
  const { statusCode, text } = await answerOf(request, node, body);
  if (statusCode >= 400) throw new HttpException(text.trim() || 'The node that has the staged data refused the request.', statusCode);
}

async function answerOf(request: FastifyRequest, node: string, body: unknown): Promise<{ statusCode: number; text: string }> {
  const identity = Object.entries(request.headers).filter(([name, value]) => IDENTITY.test(name) && typeof value === 'string');
  const store = request.headers['x-image-meta-store'];
  const headers = {
    ...Object.fromEntries(identity), 'content-type': 'application/json', 'x-openstack-request-id': request.id,
    ...(typeof store === 'string' ? { 'x-image-meta-store': store } : {}),
  } as Record<string, string>;
  try {
    const answer = await send(`${node}${request.url}`, {
      method: request.method === 'POST' ? 'POST' : 'DELETE', headers, body: JSON.stringify(body),
      headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { statusCode: answer.statusCode, text: (await answer.body.text()).slice(0, 2_000) };
  } catch (error) {
    throw isConnecting(error) ? new NodeUnreachable(error) : new NodeFailed(error);
  }
}

const CONNECTING = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

const isConnecting = (error: unknown): boolean => error instanceof Error && 'code' in error && CONNECTING.test(String(error.code));
