using TelemetryKit.Core;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>
/// The differences between PostgreSQL and SQLite for the accounts' tables. All other statements are SQL that both support: accounts are not
/// a hot path, so shared statements are worth more than speed.
/// </summary>
internal abstract class AccountDatabase
{
    /// <summary>
    /// The suffix of a select that locks its rows until the transaction ends. Empty for SQLite, which has a single writer.
    /// </summary>
    public abstract string ForUpdate { get; }

    /// <summary>
    /// Deletes about 20,000 events that match a condition on <c>project_id</c> and <c>env</c>, so that other transactions don't wait long.
    /// Returns the number of deleted events, 0 if none are left.
    /// </summary>
    public abstract Task<long> DeleteSomeEventsAsync(Sql sql, string condition, object parameters);

    /// <summary>
    /// Returns the statements that delete dependent rows with the same condition, to be executed after the events were deleted.
    /// </summary>
    public virtual IReadOnlyList<string> AfterEvents(string condition) => [];

    /// <summary>Deletes values that only deleted events referenced.</summary>
    public virtual Task ForgetUnusedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Must be called after deletions that must leave nothing in the files of the database. PostgreSQL removes the bytes of deleted rows by
    /// vacuum.
    /// </summary>
    public virtual Task EraseDeletedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Rewrites the tables that contain sealed values, so that no file contains those that were replaced. Returns false if that isn't
    /// possible now.
    /// </summary>
    public abstract Task<bool> TryRemoveResidueAsync(CancellationToken cancellationToken);

    /// <summary>A select for the number of tables with the name <c>@table</c>.</summary>
    public abstract string CountTables { get; }

    /// <summary>Returns an expression for a day to compare a column with, from a parameter that contains its text.</summary>
    public abstract string Day(string parameter);

    /// <summary>Returns the condition that a text column has characters other than ASCII.</summary>
    public abstract string IsBeyondAscii(string column);

    /// <summary>The column <c>metadata_allow_list</c> as the text of a JSON array.</summary>
    public abstract string AllowListAsJson { get; }

    /// <summary>The value of <c>metadata_allow_list</c> from the parameter <c>@allowList</c>, the text of a JSON array.</summary>
    public abstract string AllowListFromJson { get; }

    /// <summary>Runs work that only reads. Different statements may see different snapshots.</summary>
    public abstract Task<T> ReadAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs work in a transaction, which is committed if the work returns and rolled back if it throws.</summary>
    public abstract Task<T> WriteAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// Runs work in a transaction that sees one snapshot, while no other process rewrites the project's rollups and rows of events. What is
    /// committed concurrently isn't in the snapshot. The work may run again if it conflicts with another transaction.
    /// </summary>
    public abstract Task<T> WriteInSnapshotAsync<T>(Guid projectId, Func<Sql, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs work in a transaction. Returns the result of the work, or <c>false</c> if a unique index refused a row.</summary>
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

    /// <summary>Acquires the lock for rewriting a project's rollups and event rows, until the transaction ends.</summary>
    public abstract Task LockProjectAsync(Sql sql, Guid projectId);

    /// <summary>
    /// Must be called when the deletion of all installs of an environment is committed: adds those that commits at the same time relied on.
    /// SQLite has none.
    /// </summary>
    public virtual Task RecoverInstallsAsync(Guid projectId, DataEnvironment environment, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Returns whether a unique index refused a row.</summary>
    public abstract bool IsTaken(Exception fault);
}
