import { Injectable, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestItself } from '../http/body-argument.js';
import { readJson } from '../http/body.js';
import { parsePatch, patchVersion, type PatchOperation } from './json-patch.js';

@Injectable()
class ReadPatch implements PipeTransform<FastifyRequest, Promise<PatchOperation[]>> {
  async transform(request: FastifyRequest): Promise<PatchOperation[]> {
    const version = patchVersion(request.headers['content-type']);
    return parsePatch(version, await readJson(request));
  }
}

/** The handler's argument is `PatchOperation[]`. */
export const PatchBody = (): ParameterDecorator => RequestItself(ReadPatch);
