/** A sentence with what is to be typed between backticks: that is shown as code. */
export const Coded = ({ text }: { text: string }) =>
  text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? part : <code key={`${at} ${part}`}>{part}</code>))
