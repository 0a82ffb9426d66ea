import * as definitions from '../../domain/messages/definitions.ts';
import { FIELD_NAMES } from '../../domain/messages/field-names.ts';

interface Lazy {
  readonly _zod: {
    readonly innerType: { readonly _zod: { readonly def: { readonly out: { readonly shape: object } } } };
  };
}

const namesOf = (message: unknown) => Object.keys((message as Lazy)._zod.innerType._zod.def.out.shape);

test.each<[keyof typeof FIELD_NAMES, unknown[]]>([
  ['info', [definitions.clipInfo, definitions.episodeInfo, definitions.clipToFind]],
  ['pending', [definitions.pendingResearchItem]],
  ['completed', [definitions.completedResearchItem]],
  ['pair', [definitions.pairResult]],
  ['stretch', [definitions.unheardStretch]],
])('FIELDS: the names that are written of "%s" are those that are read, in their order', (kind, messages) =>
  expect(FIELD_NAMES[kind]).toEqual([...new Set(messages.flatMap(namesOf))]),
);
