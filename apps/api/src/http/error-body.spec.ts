import fc from 'fast-check';
import { acceptable } from './accept.js';
import { errorBody } from './error-body.js';

const TEXT = 'text/plain; charset=UTF-8';
const HTML = 'text/html; charset=UTF-8';
const JSON_TYPE = 'application/json';

describe('An error', () => {
  // Each answer was observed on Glance 25.1.
  it.each([
    [undefined, TEXT], ['', TEXT], ['text/plain', TEXT], ['application/xml', TEXT], [', ', TEXT], ['application/json;charset=utf-8', TEXT],
    ['*/*', HTML], ['text/html', HTML], ['text/*', HTML], ['application/xml, */*', HTML], ['garbage', HTML], ['application/json, */*', HTML],
    ['*/*;q=0.1, application/json;q=0', HTML], ['text/html;q=abc', HTML],
    ['application/json', JSON_TYPE], ['application/*', JSON_TYPE], ['application/json ; q=1', JSON_TYPE], ['text/html;q=0, application/json', JSON_TYPE],
    ['application/json;q=0.5, text/html;q=0.4', JSON_TYPE], ['text/html;q=0.5, */*', JSON_TYPE],
  ])('for Accept %p is %s', (accept, type) => {
    expect(errorBody(404, 'x', accept).contentType).toBe(type);
  });

  it('in text is as Glance writes it', () => {
    expect(errorBody(404, 'No image found with ID x', undefined).body).toBe('404 Not Found\n\nNo image found with ID x\n\n   ');
    expect(errorBody(405, 'The method PUT is not allowed for this resource. ', undefined).body)
      .toBe('405 Method Not Allowed\n\nThe method PUT is not allowed for this resource. \n\n ');
    expect(errorBody(415, 'The request media type a/b is not supported by this server.\n', undefined).body)
      .toBe('415 Unsupported Media Type\n\nThe request media type a/b is not supported by this server. \n\n ');
  });

  it('in JSON is as Glance writes it', () => {
    expect(errorBody(404, 'No image found with ID <b>&"\'x', JSON_TYPE).body)
      .toBe('{"message": "No image found with ID <b>&\\"\'x<br /><br />\\n\\n\\n", "code": "404 Not Found", "title": "Not Found"}');
    expect(errorBody(415, 'The request media type a/b is not supported by this server.\n', JSON_TYPE).body)
      .toBe('{"message": "The request media type a/b is not supported by this server.\\n<br /><br />\\n", "code": "415 Unsupported Media Type", "title": "Unsupported Media Type"}');
  });

  it('in HTML is as Glance writes it, escaped', () => {
    expect(errorBody(404, 'No image found with ID <b>&"\'x', '*/*').body).toBe(
      '<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  No image found with ID &lt;b&gt;&amp;&quot;&#x27;x<br /><br />\n\n\n\n </body>\n</html>',
    );
  });

  it('has the titles that clients print', () => {
    expect(errorBody(413, 'x', undefined).body).toMatch(/^413 Request Entity Too Large\n/);
    expect(errorBody(416, 'x', undefined).body).toMatch(/^416 Request Range Not Satisfiable\n/);
  });

  it('of any message for any header has one of the three types, no tag of the message in HTML, and a bounded size', () => {
    fc.assert(fc.property(fc.string({ maxLength: 9000, unit: 'binary' }), fc.option(fc.string(), { nil: undefined }), (message, accept) => {
      const { contentType, body } = errorBody(400, `<script>${message}`, accept);
      expect([TEXT, HTML, JSON_TYPE]).toContain(contentType);
      expect(contentType === JSON_TYPE || !body.includes('<script>')).toBe(true);
      expect(body.length).toBeLessThan(30_000);
    }));
  });
});

describe('Negotiation', () => {
  it('answers a part of the offers, whatever is accepted', () => {
    const range = fc.tuple(fc.constantFrom('a/b', 'a/*', '*/*', 'c/d', 'x'), fc.constantFrom('', ';q=0', ';q=0.5', '; q=1', ';x=y', ';q='));
    fc.assert(fc.property(fc.array(range), (ranges) => {
      const offers = acceptable(ranges.map((one) => one.join('')).join(', '), ['a/b', 'c/d']);
      expect(['a/b,c/d', 'c/d,a/b', 'a/b', 'c/d', '']).toContain(offers.join(','));
    }));
  });
});
