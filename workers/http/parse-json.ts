import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { parseWellFormed } from '../../core/json/parse.ts';
import { HttpError } from './error.ts';

/** Parses JSON, with U+FFFD for half characters; throws 400 with line, column and offset of the place where it breaks. */
export function parseJson(text: string): unknown {
  try {
    return parseWellFormed(text);
  } catch (cause) {
    throw brokenJson(text, cause);
  }
}

function brokenJson(text: string, cause: unknown): HttpError {
  const first = firstError(text);
  const offset = first?.offset ?? text.length;
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const what = first ? printParseErrorCode(first.error) : 'InvalidCharacter';
  return new HttpError(400, `The body is not JSON: ${what} at line ${line}, column ${column} (offset ${offset}).`, {
    code: 'invalid_json',
    cause,
    details: { position: { offset, line, column } },
  });
}

function firstError(text: string): ParseError | undefined {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  } catch {
    // Brackets so deep that the parser, which is recursive, ran out of stack: what is wrong then is the missing end.
  }
  return errors[0];
}
