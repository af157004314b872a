/** Hides the password of every URL in a text, also one inside a query (`?password=…`). */
export function redactUrls(text: string): string {
  return text.replace(/(?<!\S)\S*@/g, redactWord).replace(/([?&](?:\w*password|passwd|token|key)=)[^&\s]+/gi, '$1***');
}

/** A part of the text up to its last `@`. One expression for all would take seconds for a long text that clients choose. */
function redactWord(word: string): string {
  const user = /:\/\/[^/:@]*:/.exec(word);
  return user ? `${word.slice(0, user.index + user[0].length)}***@` : word;
}
