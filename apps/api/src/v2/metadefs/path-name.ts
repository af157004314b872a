import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { InvalidValue } from '../../http/api.errors.js';

@Injectable()
class NameInPath implements PipeTransform<string, string> {
  transform(name: string): string {
    if (name.includes('\0')) throw new InvalidValue('A name cannot have a NUL character in it.');
    return name;
  }
}

/** A name that is part of the path. */
export const PathName = (part: string): ParameterDecorator => Param(part, NameInPath);
