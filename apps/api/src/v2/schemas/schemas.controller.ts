import { Controller, Get, Inject } from '@nestjs/common';
import { API_OPTIONS, type ApiOptions } from '../../api.options.js';
import { NoBody } from '../../http/body.js';
import { imageSchema, imagesSchema } from './image.schema.js';
import type { SchemaDocument } from './json-schema.js';
import { MEMBER_SCHEMA, MEMBERS_SCHEMA } from './member.schema.js';
import { TASK_SCHEMA, TASKS_SCHEMA } from './task.schema.js';

@Controller('v2/schemas')
export class SchemasController {
  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  @Get('image')
  @NoBody()
  image(): SchemaDocument {
    return imageSchema(this.options.image);
  }

  @Get('images')
  @NoBody()
  images(): SchemaDocument {
    return imagesSchema(this.options.image);
  }

  @Get('member')
  @NoBody()
  member(): SchemaDocument {
    return MEMBER_SCHEMA;
  }

  @Get('members')
  @NoBody()
  members(): SchemaDocument {
    return MEMBERS_SCHEMA;
  }

  @Get('task')
  @NoBody()
  task(): SchemaDocument {
    return TASK_SCHEMA;
  }

  @Get('tasks')
  @NoBody()
  tasks(): SchemaDocument {
    return TASKS_SCHEMA;
  }
}
