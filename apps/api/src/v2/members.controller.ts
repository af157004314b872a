import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { MembersService } from '#images';
import { NoBody, readJson } from '../http/body.js';
import { commandContext, Context } from '../http/principal.js';
import { parseMemberStatus, parseNewMembers } from './member-body.js';
import { memberView } from './member.view.js';

@Controller('v2/images/:id/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @NoBody()
  async list(@Context() context: CommandContext, @Param('id') id: string) {
    return membersView((await this.members.list(context, id)).map(memberView));
  }

  /** 200, not 201: what clients expect. */
  @Post()
  @HttpCode(200)
  async add(@Req() request: FastifyRequest, @Param('id') id: string) {
    const asked = parseNewMembers(await readJson(request));
    const added = (await this.members.add(commandContext(request), id, 'one' in asked ? [asked.one] : asked.several)).map(memberView);
    return 'one' in asked ? added[0] : membersView(added);
  }

  @Get(':member')
  @NoBody()
  async show(@Context() context: CommandContext, @Param('id') id: string, @Param('member') member: string) {
    return memberView(await this.members.show(context, id, member));
  }

  @Put(':member')
  async decide(@Req() request: FastifyRequest, @Param('id') id: string, @Param('member') member: string) {
    const status = parseMemberStatus(await readJson(request));
    return memberView(await this.members.decide(commandContext(request), id, member, status));
  }

  @Delete(':member')
  @NoBody()
  @HttpCode(204)
  async remove(@Context() context: CommandContext, @Param('id') id: string, @Param('member') member: string): Promise<void> {
    await this.members.remove(context, id, member);
  }
}

const membersView = (members: readonly object[]) => ({ members, schema: '/v2/schemas/members' });
