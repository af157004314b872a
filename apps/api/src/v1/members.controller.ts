import { Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LegacyMembersService, type GivenMember } from '#images';
import { InvalidValue, Unauthenticated } from '../http/api.errors.js';
import { hasBody, readJson } from '../http/body.js';
import { commandContext } from '../http/principal.js';

/** Members of images, and images of members (images-v1 §6). */
@Controller('v1')
export class MembersV1Controller {
  constructor(private readonly members: LegacyMembersService) {}

  @Get('images/:id/members')
  async list(@Req() request: FastifyRequest, @Param('id') id: string) {
    const members = await this.members.list(commandContext(request), id);
    return { members: members.map(({ member, canShare }) => ({ member_id: member, can_share: canShare })) };
  }

  @Get('shared-images/:member')
  async images(@Req() request: FastifyRequest, @Param('member') member: string) {
    const shared = await this.members.sharedWith(commandContext(request), checked(member));
    return { shared_images: shared.map(({ imageId, canShare }) => ({ image_id: imageId, can_share: canShare })) };
  }

  @Put('images/:id/members')
  @HttpCode(204)
  async replace(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    refuseNobody(request);
    const given = membershipsOf(await readJson(request));
    await this.members.replace(commandContext(request), id, given);
  }

  @Put('images/:id/members/:member')
  @HttpCode(204)
  async add(@Req() request: FastifyRequest, @Param('id') id: string, @Param('member') member: string): Promise<void> {
    refuseNobody(request);
    const canShare = hasBody(request) ? canShareIn(await readJson(request)) : {};
    await this.members.add(commandContext(request), id, { member: checked(member), ...canShare });
  }

  @Delete('images/:id/members/:member')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string, @Param('member') member: string): Promise<void> {
    refuseNobody(request);
    await this.members.remove(commandContext(request), id, checked(member));
  }
}

/** Who belongs to no project owns nothing that could be shared. */
function refuseNobody({ principal: { admin, project, readOnly } }: FastifyRequest): void {
  if (!admin && project === null && !readOnly) throw new Unauthenticated();
}

const LONGEST = 255;

function checked(member: unknown): string {
  if (typeof member !== 'string' || member === '') throw new InvalidValue('Invalid membership association: a member is the id of a project.');
  if (Array.from(member).length > LONGEST || member.includes('\0')) throw new InvalidValue(`Invalid membership association: an id has at most ${LONGEST} characters, and no NUL.`);
  return member;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{"member": {"can_share": true}}`; what it does not say stays. */
function canShareIn(body: unknown): { readonly canShare?: boolean } {
  if (!isObject(body) || ('member' in body && !isObject(body['member']))) throw new InvalidValue('Invalid membership association: expected {"member": {"can_share": …}}');
  return shareOf(body['member'] as Readonly<Record<string, unknown>> | undefined);
}

const shareOf = (given: Readonly<Record<string, unknown>> = {}): { readonly canShare?: boolean } => (given['can_share'] == null ? {} : { canShare: Boolean(given['can_share']) });

/** `{"memberships": [{"member_id": "…", "can_share": true}, …]}` */
function membershipsOf(body: unknown): GivenMember[] {
  const memberships = isObject(body) ? body['memberships'] : undefined;
  if (!Array.isArray(memberships)) throw new InvalidValue('Invalid membership association: expected {"memberships": […]}');
  return memberships.map((one: unknown) => {
    if (!isObject(one)) throw new InvalidValue('Invalid membership association: expected {"member_id": …}');
    return { member: checked(one['member_id']), ...shareOf(one) };
  });
}
