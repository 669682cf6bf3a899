namespace TelemetryKit.Storage.Sqlite;

/// <summary>A connection for the time it is needed. Rolls back what was not committed, and gives a connection back as broken where it met a fault of the store.</summary>
internal sealed class SqliteLease(SqliteSession session, Action<SqliteSession, bool> giveBack) : IDisposable
{
    private bool _broken;
    private bool _returned;

    /// <summary>The connection; faults are the caller's to translate (<see cref="Run{T}"/> does).</summary>
    public SqliteSession Session => session;

    /// <summary>Does work and translates a fault of the store.</summary>
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
        giveBack(session, _broken || !session.TryRollback());
    }
}
