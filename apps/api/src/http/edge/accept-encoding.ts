const CODING = /^([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/** Whether a client would rather have gzip than the bytes as they are (RFC 9110 §12.5.3). What is no list of codings asks for nothing. */
export function prefersGzip(header: string): boolean {
  let gzip: number | undefined;
  let identity = 0;
  let any: number | undefined;
  for (const part of header.split(',')) {
    const item = part.trim();
    if (item === '') continue;
    const [, coding, quality = '1'] = CODING.exec(item) ?? [];
    if (coding === undefined) return false;
    const name = coding.toLowerCase();
    if (name === 'gzip' || name === 'x-gzip') gzip = Math.max(gzip ?? 0, Number(quality));
    else if (name === 'identity') identity = Number(quality);
    else if (name === '*') any = Number(quality);
  }
  const wanted = gzip ?? any ?? 0;
  return wanted > 0 && wanted >= identity;
}
