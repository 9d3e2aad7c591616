// Loaded before the gateway: SIGUSR2 moves its date to what the file of MOVED_DATE says, in milliseconds from the real one.
const { readFileSync, writeFileSync } = require('node:fs');

const RealDate = Date;
const file = process.env.MOVED_DATE;
let shift = 0;

class MovedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shift);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + shift;
  }
}

globalThis.Date = MovedDate;

process.on('SIGUSR2', () => {
  shift = Number(readFileSync(file, 'utf8'));
  writeFileSync(`${file}.done`, String(shift));
});
