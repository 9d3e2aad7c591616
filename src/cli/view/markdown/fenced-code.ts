import { type Budget, CodeBlock } from './code-block.js';
import { closesFence, type Fence, type Known, matchContainers, withoutIndent } from './line-start.js';
import type { Page } from './page.js';
import type { Parts } from './parts.js';
import type { Styles } from './sgr.js';

export interface CodeLook {
  page: Page;
  styles: Styles;
  color: boolean;
  parts: Parts;
  budget: Budget;
}

/** A block of code between fences. */
export class FencedCode {
  readonly #fence: Fence;
  readonly #language: string;
  readonly #look: CodeLook;
  /** Null before its first line. */
  #code: CodeBlock | null = null;

  /** Without colours the fences are shown: nothing else would tell code from text. */
  constructor(fence: Fence, info: string, look: CodeLook) {
    this.#fence = fence;
    this.#language = /^[^\s{]*/.exec(info)?.[0] ?? '';
    this.#look = look;
    if (!look.color) this.#show(`${fence.char.repeat(fence.length)}${info}`);
    else if (info !== this.#language) this.#show(look.styles.in('faint', info));
  }

  /** Whether its lines can't be shown before there is something to highlight them with. */
  get wantsHighlight(): boolean {
    return this.#look.color && this.#language !== '' && this.#look.parts.highlight === null;
  }

  /** `outside`: the line has left the block that holds the code; `bound`: only its beginning is there. */
  take(line: string, known: Known): 'taken' | 'closed' | 'outside' {
    const { page, color, parts, styles, budget } = this.#look;
    const { matched, rest } = matchContainers(line, page.open);
    if (matched < page.open.length && line.trim() !== '') return 'outside';
    const text = withoutIndent(rest, this.#fence.indent);
    const isClosed = known === 'end' && closesFence(rest, this.#fence);
    this.#code ??= new CodeBlock(this.#language, parts.highlight, styles, budget);
    if (!isClosed) this.#show(known === 'end' ? this.#code.line(text) : text);
    else if (!color) this.#show(text);
    return isClosed ? 'closed' : 'taken';
  }

  #show(line: string): void {
    this.#look.page.startCodeLine();
    this.#look.page.add(line);
  }
}
