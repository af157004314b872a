import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { readJson, type JsonBodyValue } from './body.js';

/** For pipes that read a request themselves. */
export const RequestItself = createParamDecorator((_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>());

@Injectable()
class ReadJson implements PipeTransform<FastifyRequest, Promise<JsonBodyValue>> {
  transform(request: FastifyRequest): Promise<JsonBodyValue> {
    return readJson(request);
  }
}

/** The handler's argument is a `JsonBodyValue`. */
export const JsonBody = (): ParameterDecorator => RequestItself(ReadJson);
