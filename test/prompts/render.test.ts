import { describe, expect, it } from 'vitest';
import { render } from '../../src/prompts/render.js';

describe('render', () => {
  it('fills variables and never looks at their values again', () => {
    expect(render('{{a}} and {{b}}\n', { a: '{{b}}', b: '$& x' })).toBe('{{b}} and $& x');
  });

  it('a missing or unused variable is an error', () => {
    expect(() => render('{{a}}', {})).toThrow("the template needs a variable 'a'");
    expect(() => render('text', { a: '1' })).toThrow("the template has no place for 'a'");
  });
});
