import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { HttpError } from './error.ts';

/** Parses JSON; throws 400 with line, column and offset of the place where it breaks. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw brokenJson(text, cause);
  }
}

function brokenJson(text: string, cause: unknown): HttpError {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [first] = errors;
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
