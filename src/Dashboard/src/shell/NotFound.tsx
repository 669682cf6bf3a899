import { Link, type ErrorComponentProps } from '@tanstack/react-router'
import { ApiError } from '../api/client'
import { EmptyState } from '../ui/EmptyState'
import { Fault } from '../ui/Fault'

export function NotFound() {
  return (
    <EmptyState
      title="This page doesn’t exist"
      action={
        <Link to="/" className="button">
          To the start
        </Link>
      }
    >
      It may have been moved or deleted, or you may not be a member of its project.
    </EmptyState>
  )
}

export function PageFault({ error, reset }: ErrorComponentProps) {
  if (error instanceof ApiError && error.status === 404) return <NotFound />
  return (
    <div className="mx-auto max-w-xl p-4">
      <h1 className="mb-4 text-lg font-semibold">This page couldn’t be shown</h1>
      <Fault error={error} retry={reset} />
    </div>
  )
}
