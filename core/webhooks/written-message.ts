import { type AlarmSaid, alarmWords } from '../pulse/alarm-words.ts';
import type { WebhookFormat, WebhookMessage } from './message.ts';

/** The body that a receiver gets. */
export function writtenMessage(message: WebhookMessage, format: WebhookFormat): string {
  const { id, type, occurredAt, data } = message;
  if (format === 'json') return JSON.stringify({ id, type, timestamp: new Date(occurredAt).toISOString(), data });
  return JSON.stringify({ text: wordsOf(message) });
}

/** What a message says, in a sentence or two, as Slack writes text (https://docs.slack.dev/messaging/formatting-message-text/). */
function wordsOf({ site, type, data }: WebhookMessage): string {
  const about = `*${escaped(site)}*`;
  switch (type) {
    case 'alert.fired':
      return `${data.severity === 'page' ? ':rotating_light:' : ':warning:'} ${about}: ${escaped(`${data.summary}`)}\n${escaped(`${data.rule}`)}, since ${escaped(`${data.since}`)}. What to do: ${escaped(`${data.runbook}`)}`;
    case 'alert.resolved':
      return `:white_check_mark: ${about}: over: ${escaped(`${data.summary}`)} (${escaped(`${data.rule}`)})`;
    case 'alarm.raised': {
      const { since, examples } = data as { since?: number; examples?: readonly string[] };
      const begun = since === undefined ? '' : `, since ${new Date(since).toISOString()}`;
      const ids = examples?.length ? `\nFor example: ${escaped(examples.join(', '))}` : '';
      return `:mag: ${about}: ${escaped(alarmWords(data as unknown as AlarmSaid))}${begun}${ids}`;
    }
    default:
      return `${about}: ${escaped(type)} ${escaped(JSON.stringify(data))}`;
  }
}

/** The three characters that Slack's text gives a meaning of their own. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
