const TRUE = /^\s*(?:1|t|true|on|y|yes)\s*$/i;
const FALSE = /^\s*(?:0|f|false|off|n|no)\s*$/i;
const IMAGE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** As oslo's `bool_from_string` reads it; undefined: it is neither. */
export const truthOf = (text: string): boolean | undefined => (TRUE.test(text) ? true : FALSE.test(text) ? false : undefined);

export const isImageId = (text: string): boolean => IMAGE_ID.test(text);
