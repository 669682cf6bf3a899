namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// Deletes contexts that no event has any more: one that only deleted events had would still describe its machine. Events have no index by context, so all of them are walked,
/// which is left to a reader: it stops nobody. The writer looks only through what came since.
/// </summary>
internal static class SqliteContexts
{
    private const string FindSql = "select id from contexts where id not in (select context_id from event_rows where context_id is not null)";

    private const string LastSql = "select rowid, event_id from event_rows order by rowid desc limit 1";

    // As long as the last row of then is still there, every row that came since has a higher number.
    private const string IsThereSql = "select count(*) from event_rows where rowid = ? and event_id = ?";

    private const string DropSql = "delete from contexts where id = ?1 and not exists (select 1 from event_rows where rowid > ?2 and context_id = ?1)";

    /// <summary>Does it, unless the newest events are being deleted at the same time: then the next call does.</summary>
    public static async Task ForgetAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        var (unused, last) = await database.ReadAsync(Find, cancellationToken);
        if (unused.Count > 0)
            await database.TransactAsync(session => Drop(session, unused, last), cancellationToken);
    }

    private static (List<long> Unused, LastRow? Last) Find(SqliteSession session)
    {
        // The first read fixes the snapshot that the others see.
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
        if (last is not null && session.Prepare(IsThereSql).Bind(last.RowId).Bind(last.EventId).ReadLong() == 0)
            return 0;
        return unused.Sum(context => session.Prepare(DropSql).Bind(context).Bind(last?.RowId ?? 0).Execute());
    }

    private sealed record LastRow(long RowId, Guid EventId);
}
