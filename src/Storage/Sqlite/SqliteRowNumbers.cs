namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// The numbers of rows of events, in the order of arrival. SQLite itself would use the numbers of deleted rows again if they were the
/// newest, and readers of arrivals would miss the new rows. Used by the writer only.
/// </summary>
internal sealed class SqliteRowNumbers
{
    /// <summary>Selects the newest number, or 0.</summary>
    public const string NewestSql = "select coalesce(max(rowid), 0) from event_rows";

    private long _newest;

    /// <summary>Starts a transaction that adds rows.</summary>
    public void Start(SqliteSession session) => _newest = Math.Max(_newest, session.Prepare(NewestSql).ReadLong());

    /// <summary>Returns the number of the next row.</summary>
    public long Next() => ++_newest;
}
