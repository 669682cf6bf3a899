namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// The exclusive use of a connection. Disposing the lease rolls back an open transaction and returns the connection, marked as broken if a
/// fault of the store occurred.
/// </summary>
internal sealed class SqliteLease(SqliteSession session, Action<SqliteSession, bool> returnSession) : IDisposable
{
    private bool _broken;
    private bool _returned;

    /// <summary>The connection. Unlike <see cref="Run{T}"/>, direct use doesn't translate faults.</summary>
    public SqliteSession Session => session;

    /// <summary>Runs work and translates a fault of the store.</summary>
    public T Run<T>(Func<SqliteSession, T> work)
    {
        try
        {
            return work(session);
        }
        catch (Exception fault) when (SqliteFaults.IsUnavailable(fault))
        {
            _broken = true;
            throw SqliteFaults.Unavailable(fault);
        }
    }

    public void Dispose()
    {
        if (_returned)
            return;
        _returned = true;
        returnSession(session, _broken || !session.TryRollback());
    }
}
