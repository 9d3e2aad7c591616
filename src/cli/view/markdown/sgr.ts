/** How a piece of text looks. */
export type Style =
  | 'strong'
  | 'emphasis'
  | 'strike'
  | 'code'
  | 'link'
  | 'faint'
  | 'title'
  | 'heading'
  | 'keyword'
  | 'string'
  | 'number'
  | 'comment'
  | 'name';

type Sgr = readonly [on: string, off: readonly string[]];

const BOLD = '22';
const FOREGROUND = '39';

/** What turns a style on, and what all turns it off. */
const SGR: Record<Style, Sgr> = {
  strong: ['1', [BOLD]],
  emphasis: ['3', ['23']],
  strike: ['9', ['29']],
  code: ['36', [FOREGROUND]],
  link: ['4', ['24']],
  faint: ['2', [BOLD]],
  title: ['1;4;35', [BOLD, '24', FOREGROUND]],
  heading: ['1;35', [BOLD, FOREGROUND]],
  keyword: ['35', [FOREGROUND]],
  string: ['32', [FOREGROUND]],
  number: ['33', [FOREGROUND]],
  comment: ['2;3', [BOLD, '23']],
  name: ['34', [FOREGROUND]],
};

/** The styles that hold at a place, one within the other. Without colour it writes nothing. */
export class Styles {
  readonly #color: boolean;
  readonly #open: Style[] = [];

  constructor(color: boolean) {
    this.#color = color;
  }

  on(style: Style): string {
    this.#open.push(style);
    return this.#color ? sequence([SGR[style][0]]) : '';
  }

  /** Ends the innermost style; those around it hold on. */
  off(): string {
    const style = this.#open.pop();
    if (style === undefined || !this.#color) return '';
    const ended = SGR[style][1];
    const harmed = this.#open.filter((outer) => SGR[outer][1].some((code) => ended.includes(code)));
    return sequence([...ended, ...harmed.map((outer) => SGR[outer][0])]);
  }

  /** `text` in one more style. */
  in(style: Style, text: string): string {
    return text === '' ? '' : `${this.on(style)}${text}${this.off()}`;
  }

  /** Ends all of them for the time of `text`. */
  without(text: string): string {
    if (!this.#color || this.#open.length === 0) return text;
    const ended = [...new Set(this.#open.flatMap((style) => SGR[style][1]))];
    return `${sequence(ended)}${text}${sequence(this.#open.map((style) => SGR[style][0]))}`;
  }
}

function sequence(codes: readonly string[]): string {
  return `\u001b[${codes.join(';')}m`;
}
