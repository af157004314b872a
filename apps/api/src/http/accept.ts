/** The offers that an Accept header takes, best first; among equals in the order of the offers (RFC 9110 §12.5.1). */
export function acceptable<T extends string>(accept: string | undefined, offers: readonly T[]): T[] {
  const ranges = parse(accept ?? '');
  if (ranges === undefined) return [...offers];
  return offers
    .map((offer) => ({ offer, quality: quality(offer, ranges) }))
    .filter((one) => one.quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ offer }) => offer);
}

interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

const RANGE = /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)[ \t]*(;.*)?$/;
const QUALITY = /^;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*$/i;

/** undefined where the header is not one: then everything is acceptable. Ranges with parameters match no offer of ours. */
function parse(accept: string): MediaRange[] | undefined {
  const ranges: MediaRange[] = [];
  for (const part of accept.split(',').map((one) => one.trim()).filter(Boolean)) {
    const [, type, parameters] = RANGE.exec(part) ?? [];
    if (type === undefined) return undefined;
    if (parameters === undefined) ranges.push({ type: type.toLowerCase(), quality: 1 });
    else if (QUALITY.test(parameters)) ranges.push({ type: type.toLowerCase(), quality: Number(QUALITY.exec(parameters)?.[1]) });
    else if (/;[ \t]*q=(?![01](\.\d{0,3})?[ \t]*(;|$))/i.test(parameters)) return undefined;
  }
  return ranges;
}

function quality(offer: string, ranges: readonly MediaRange[]): number {
  const family = `${offer.slice(0, offer.indexOf('/'))}/*`;
  for (const wanted of [offer, family, '*/*']) {
    const found = ranges.find(({ type }) => type === wanted);
    if (found) return found.quality;
  }
  return 0;
}
