import { checkImageSchema, validateFields } from './image-validator.js';
import { parseNewImage } from './new-image.js';

const formats = { diskFormats: ['raw'], containerFormats: ['bare'] };

describe('A schema of custom properties', () => {
  it('cannot define again what every image has', () => {
    expect(() => checkImageSchema({ ...formats, properties: { name: { type: 'string' } } })).toThrow(expect.objectContaining({ code: 'BadImageSchema' }));
    expect(() => checkImageSchema({ ...formats, properties: { rack: { type: 'nonsense' } } })).toThrow(expect.objectContaining({ code: 'BadImageSchema' }));
    expect(() => checkImageSchema({ ...formats, properties: { rack: { type: 'string' } } })).not.toThrow();
  });

  it('asks for what is required in a new image, not in a change', () => {
    const options = { ...formats, properties: { rack: { type: 'string' } }, required: ['rack'] };
    expect(() => validateFields({}, 'whole', options)).toThrow("'rack' is a required property");
    expect(() => validateFields({ name: 'x' }, 'part', options)).not.toThrow();
  });

  it('may be all that there is', () => {
    const options = { ...formats, properties: { rack: { type: 'string' } }, additional: false };
    expect(() => parseNewImage({ name: 'x', rack: '7', tags: [] }, options)).not.toThrow();
    expect(() => parseNewImage({ other: 'x' }, options)).toThrow("'other' was unexpected");
  });

  it('holds for their values; what it lets be no text is kept as JSON', () => {
    const options = { ...formats, properties: { rack: { type: 'integer' }, side: { type: 'string', enum: ['left', 'right'] } } };
    expect(parseNewImage({ rack: 7, side: 'left' }, options).properties).toEqual({ rack: '7', side: 'left' });
    expect(() => parseNewImage({ side: 'middle' }, options)).toThrow("'middle' is not one of");
    expect(() => parseNewImage({ rack: '7' }, options)).toThrow("is not of type 'integer'");
    expect(() => parseNewImage({ other: 7 }, options)).toThrow("is not of type 'string'");
  });
});
