using TelemetryKit.Core;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>
/// What the accounts' tables need of a database, and all in which PostgreSQL and SQLite differ for them. Everything else about
/// accounts is SQL that both speak: it is never hot, so one text for both is worth more than the last bit of speed.
/// </summary>
internal abstract class AccountDatabase
{
    /// <summary>Ends a select whose rows must not change until the transaction ends. SQLite has one writer at a time anyway.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>
    /// Deletes events, about 20,000 of those whose <c>project_id</c> and <c>env</c> the condition chooses, so that whoever waits for the transaction doesn't wait long.
    /// Answers how many; 0 when there are none left.
    /// </summary>
    public abstract Task<long> DeleteSomeEventsAsync(Sql sql, string condition, object parameters);

    /// <summary>What is to be deleted by the same condition when its events are gone.</summary>
    public virtual IReadOnlyList<string> AfterEvents(string condition) => [];

    /// <summary>Forgets what only deleted events had, once they are gone.</summary>
    public virtual Task ForgetUnusedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A day to compare a column with, from a parameter that is the text of one.</summary>
    public abstract string Day(string parameter);

    /// <summary>The condition that a text column has characters beyond ASCII.</summary>
    public abstract string IsBeyondAscii(string column);

    /// <summary>The column <c>metadata_allow_list</c> as the text of a JSON array.</summary>
    public abstract string AllowListAsJson { get; }

    /// <summary>The value of <c>metadata_allow_list</c> from the parameter <c>@allowList</c>, the text of a JSON array.</summary>
    public abstract string AllowListFromJson { get; }

    /// <summary>Reads in one snapshot or statement by statement, whichever the caller's statements need: nothing is written.</summary>
    public abstract Task<T> ReadAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Does work in a transaction: committed where it returns, rolled back where it throws.</summary>
    public abstract Task<T> WriteAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// Does work in a transaction that sees one snapshot, while no other process rewrites the project's rollups and rows of events. What is
    /// committed concurrently isn't in the snapshot. The work may run again if it conflicts with another transaction.
    /// </summary>
    public abstract Task<T> WriteInSnapshotAsync<T>(Guid projectId, Func<Sql, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Does work in a transaction. Returns what the work returns, or <c>false</c> if a unique index refused a row.</summary>
    public async Task<bool> TryWriteAsync(Func<Sql, Task<bool>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(work, cancellationToken);
        }
        catch (Exception fault) when (IsTaken(fault))
        {
            return false;
        }
    }

    /// <summary>Waits until nobody else rewrites the project's rollups and rows of events, and keeps it so until the transaction ends.</summary>
    public abstract Task LockProjectAsync(Sql sql, Guid projectId);

    /// <summary>
    /// Must be called when the deletion of all installs of an environment is committed: adds those that commits at the same time relied on.
    /// SQLite has none.
    /// </summary>
    public virtual Task RecoverInstallsAsync(Guid projectId, DataEnvironment environment, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Whether a unique index refused what was written.</summary>
    public abstract bool IsTaken(Exception fault);
}
