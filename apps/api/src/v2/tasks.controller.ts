import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { TaskRequests, TasksService } from '#images';
import { API_OPTIONS, type ApiOptions } from '../api.options.js';
import { NoBody, readJson } from '../http/body.js';
import { commandContext, Context } from '../http/principal.js';
import { parseNewTask } from './task-body.js';
import { parseTaskQuery } from './task-query.js';
import { imageTaskView, taskStub, taskView } from './task.view.js';

/** The Tasks API (images-v2 §17), and the tasks of an image (§9.5). */
@Controller('v2')
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly requests: TaskRequests,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** Who may not is told so whatever the body is. */
  @Post('tasks')
  @HttpCode(201)
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const context = commandContext(request);
    this.tasks.permit(context.actor, 'add_task');
    const task = await this.requests.request(context, parseNewTask(await readJson(request), this.options.image));
    void reply.header('location', `/v2/tasks/${task.id}`);
    return taskView(task);
  }

  @Get('tasks')
  async list(@Req() request: FastifyRequest) {
    const context = commandContext(request);
    this.tasks.permit(context.actor, 'get_tasks');
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const { tasks, next } = await this.tasks.list(context, parseTaskQuery(query, this.options.paging));
    query.delete('marker');
    const more = next === undefined ? undefined : new URLSearchParams([...query, ['marker', next]]);
    return { tasks: tasks.map(taskStub), first: link(query), ...(more ? { next: link(more) } : {}), schema: '/v2/schemas/tasks' };
  }

  @Get('tasks/:id')
  @NoBody()
  async show(@Context() context: CommandContext, @Param('id') id: string) {
    return taskView(await this.tasks.show(context, id));
  }

  @Get('images/:id/tasks')
  @NoBody()
  async ofImage(@Context() context: CommandContext, @Param('id') id: string) {
    return { tasks: (await this.tasks.ofImage(context, id)).map(imageTaskView) };
  }
}

const link = (query: URLSearchParams): string => (query.size > 0 ? `/v2/tasks?${query.toString()}` : '/v2/tasks');
