/** Hides the password of every URL in a text, also one inside a query (`?password=…`). */
export function redactUrls(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s]*@/gi, '$1:***@')
    .replace(/([?&](?:password|sslpassword|passwd|token|key)=)[^&\s]+/gi, '$1***');
}
