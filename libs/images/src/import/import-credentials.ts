import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, type Credentials } from '#access';
import { CLAIMS, type Claims } from '#event-store';
import { CredentialsUnreadable } from './remote-image.errors.js';
import { IMAGES_OPTIONS, type ImagesOptions } from '../images.options.js';

const KIND = 'import-token';

/** The token of whoever asked for an import, sealed by this node until the import ends. It enters no event and no log. */
@Injectable()
export class ImportCredentials {
  private readonly box: SecretBox;

  constructor(@Inject(CLAIMS) private readonly claims: Claims, @Inject(IMAGES_OPTIONS) { secretsFile }: ImagesOptions) {
    this.box = new SecretBox(secretsFile);
  }

  async keep(taskId: string, { token }: Credentials): Promise<void> {
    if (token !== undefined) await this.claims.name(KIND, taskId, await this.box.seal(token, taskId));
  }

  /** Without a token where none was kept. Fails with `CredentialsUnreadable` on another node. */
  async read(taskId: string): Promise<Credentials> {
    const sealed = await this.claims.named(KIND, taskId);
    if (sealed === undefined) return {};
    const token = await this.box.open(sealed, taskId);
    if (token === undefined) throw new CredentialsUnreadable();
    return { token };
  }

  async forget(taskId: string): Promise<void> {
    const sealed = await this.claims.named(KIND, taskId);
    if (sealed !== undefined) await this.claims.unname(KIND, taskId, sealed);
  }
}
