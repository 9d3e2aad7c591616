import stringWidth from 'string-width';
import { cut } from '../table.js';

/**
 * Names, none wider than `width`, cut in their middle: those of models and mixtures often begin alike, and differ in a version or
 * an option at their end. Where two different ones would look the same, their place in the list is put to them.
 */
export function shortNames(names: readonly string[], width: number): string[] {
  const short = names.map((name) => cutInside(name, width, ''));
  return short.map((text, place) => {
    const isAlike = short.some((other, at) => other === text && names[at] !== names[place]);
    return isAlike ? cutInside(names[place] as string, width, `#${place + 1}`) : text;
  });
}

/** @param mark stands where something was cut out */
function cutInside(name: string, width: number, mark: string): string {
  if (stringWidth(name) <= width && mark === '') return name;
  const room = width - 1 - mark.length;
  const begin = cut(name, Math.ceil(room / 2) + 1);
  return begin === name ? `${name}${mark}` : `${begin}${mark}${endOf(name, width - stringWidth(begin) - mark.length)}`;
}

function endOf(name: string, width: number): string {
  const segments = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  let kept = '';
  for (const segment of segments.reverse()) {
    if (stringWidth(segment + kept) > width) break;
    kept = segment + kept;
  }
  return kept.trimStart();
}
