import { Fragment } from 'react'
import { parseMarkdown, type Block, type Inline } from '../format/markdown'

/** A text in Markdown, below the heading of its page. HTML in it is shown as text. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="space-y-3">
      {parseMarkdown(text).map((block, i) => (
        <BlockView key={i} block={block} />
      ))}
    </div>
  )
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return block.level <= 2 ? (
        <h2 className="pt-3 text-lg font-semibold">
          <Words content={block.content} />
        </h2>
      ) : (
        <h3 className="pt-2 font-semibold">
          <Words content={block.content} />
        </h3>
      )
    case 'list': {
      const items = block.items.map((item, i) => (
        <li key={i}>
          <Words content={item} />
        </li>
      ))
      return block.ordered ? (
        <ol className="list-decimal space-y-1 pl-6">{items}</ol>
      ) : (
        <ul className="list-disc space-y-1 pl-6">{items}</ul>
      )
    }
    case 'quote':
      return (
        <blockquote className="border-l-4 border-line pl-4 text-muted">
          <Words content={block.content} />
        </blockquote>
      )
    case 'code':
      return (
        <pre className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-sm" tabIndex={0}>
          {block.text}
        </pre>
      )
    case 'rule':
      return <hr className="border-line" />
    default:
      return (
        <p>
          <Words content={block.content} />
        </p>
      )
  }
}

function Words({ content }: { content: Inline[] }) {
  return content.map((part, i) => <Fragment key={i}>{word(part)}</Fragment>)
}

function word(part: Inline) {
  switch (part.kind) {
    case 'code':
      return <code className="rounded bg-sunken px-1 font-mono text-[0.9em]">{part.text}</code>
    case 'strong':
      return (
        <strong>
          <Words content={part.content} />
        </strong>
      )
    case 'emphasis':
      return (
        <em>
          <Words content={part.content} />
        </em>
      )
    case 'link':
      return (
        <a href={part.href} className="link break-words" rel="noreferrer">
          <Words content={part.content} />
        </a>
      )
    default:
      return part.text
  }
}
