namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// Deletes contexts that no event refers to, because they would still describe a machine whose events were deleted. Events have no index by
/// context, so a reader, which blocks no other connection, scans all of them. The writer scans only the events added since.
/// </summary>
internal static class SqliteContexts
{
    private const string FindSql =
        "select id from contexts where id not in (select context_id from event_rows where context_id is not null)";

    private const string LastSql = "select rowid, event_id from event_rows order by rowid desc limit 1";

    // If the last row of the reader's snapshot still exists, all rows added since have a higher rowid.
    private const string ExistsSql = "select count(*) from event_rows where rowid = ? and event_id = ?";

    private const string DropSql =
        "delete from contexts where id = ?1 and not exists (select 1 from event_rows where rowid > ?2 and context_id = ?1)";

    /// <summary>Deletes the unused contexts. If the newest event is deleted concurrently, nothing is done until the next call.</summary>
    public static async Task DeleteUnusedAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        var (unused, last) = await database.ReadAsync(Find, cancellationToken);
        if (unused.Count > 0)
            await database.TransactAsync(session => Drop(session, unused, last), cancellationToken);
    }

    private static (List<long> Unused, LastRow? Last) Find(SqliteSession session)
    {
        // The first read sets the snapshot for the following ones.
        session.Execute("begin");
        var last = session.Prepare(LastSql).First(row => new LastRow(row.Long(0), row.Guid(1)));
        var select = session.Prepare(FindSql);
        List<long> unused = [];
        while (select.Step())
            unused.Add(select.Long(0));
        session.Execute("commit");
        return (unused, last);
    }

    private static int Drop(SqliteSession session, List<long> unused, LastRow? last)
    {
        if (last is not null && session.Prepare(ExistsSql).Bind(last.RowId).Bind(last.EventId).ReadLong() == 0)
            return 0;
        return unused.Sum(context => session.Prepare(DropSql).Bind(context).Bind(last?.RowId ?? 0).Execute());
    }

    private sealed record LastRow(long RowId, Guid EventId);
}
