import type { Random } from '../random.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const NOUNS = words(`harbour lantern engine letter garden winter kitchen mountain signal violin market window captain
  teacher river station bottle ladder silver orchard machine ticket blanket magazine whistle island potato thunder
  bicycle museum doctor carpet hammer sailor library planet cabbage mirror uncle morning question basket circus hotel
  piano factory village pepper bridge shadow camera rabbit password tunnel feather journal velvet anchor mustard`);
const VERBS = words(`carried followed painted borrowed promised remembered watched repaired forgot measured answered
  crossed buried counted opened lost mentioned polished invented noticed recorded traded visited wrapped doubted
  chased folded cancelled discovered ignored described rescued weighed planted questioned swallowed`);
const ADJECTIVES = words(`quiet broken yellow ancient narrow curious frozen gentle hollow crowded distant electric
  famous golden heavy invisible jealous lonely modest nervous ordinary patient rusty stubborn twisted useless violent
  wooden awkward bitter clever dusty enormous foolish grateful humble`);
const LINKS = words(`because although whenever until before unless after while`);
const PLACES = words(`behind beside under above near without against beyond inside past`);
const ASIDES = [
  'honestly',
  'you know',
  'by the way',
  'believe it or not',
  'as they say',
  'for what it is worth',
  'of all things',
  'to be fair',
];
const SYLLABLES = words(`mar ven dri lo tas quen bel fo zin ra du kel mi sor pha gol ne vi tur ash bo rin cal de jo`);

/** A sentence of talk: everyday words in a loose grammar, and invented names, so that hardly any occurs twice. */
export function sentence(random: Random): string {
  const clause = (): string => `${subject(random)} ${random.pick(VERBS)} ${thing(random)}${place(random)}`;
  const parts = [clause()];
  if (random.chance(0.45)) parts.push(`${random.pick(LINKS)} ${clause()}`);
  if (random.chance(0.3)) parts.push(random.pick(ASIDES));
  const text = parts.join(', ');
  return `${text[0]?.toUpperCase()}${text.slice(1)}${random.pick(['.', '.', '.', '!', '?'])}`;
}

function subject(random: Random): string {
  return random.chance(0.4) ? name(random) : thing(random);
}

function thing(random: Random): string {
  const adjective = random.chance(0.5) ? `${random.pick(ADJECTIVES)} ` : '';
  const determiner = random.chance(0.12)
    ? `${random.integer(2, 9_999)}`
    : random.pick(['the', 'the', 'my', 'your', 'that']);
  return `${determiner} ${adjective}${random.pick(NOUNS)}`;
}

function place(random: Random): string {
  return random.chance(0.5) ? ` ${random.pick(PLACES)} ${thing(random)}` : '';
}

function name(random: Random): string {
  const part = (): string => Array.from({ length: random.integer(2, 3) }, () => random.pick(SYLLABLES)).join('');
  return random.chance(0.5) ? part() : `${part()} ${part()}`;
}
