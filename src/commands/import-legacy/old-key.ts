import { locationCipher, type LocationCipher } from '#stores';
import { LegacyKeyWrong } from './import-legacy.errors.js';

const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** The old installation's `metadata_encryption_key`, with what became of its use. */
export class OldKey {
  private readonly cipher: LocationCipher | undefined;
  private opened = 0;

  /** Throws where a key has a length that no key has. */
  constructor(key: string | undefined) {
    this.cipher = key === undefined || key === '' ? undefined : locationCipher(key);
  }

  /** The location in plain text; undefined where this one cannot be opened though others could. Throws `LegacyKeyWrong` where none could. */
  open(stored: string, imageId: string): string | undefined {
    if (isUrl(stored)) return stored;
    const url = this.decrypted(stored);
    if (url === undefined && this.opened === 0) throw new LegacyKeyWrong(imageId, this.cipher !== undefined);
    if (url !== undefined) this.opened++;
    return url;
  }

  private decrypted(stored: string): string | undefined {
    try {
      const url = this.cipher?.decrypt(stored);
      return url !== undefined && isUrl(url) ? url : undefined;
    } catch {
      return undefined;
    }
  }
}
