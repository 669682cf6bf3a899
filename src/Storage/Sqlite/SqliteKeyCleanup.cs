namespace TelemetryKit.Storage.Sqlite;

/// <summary>Deletes old batch keys in short transactions, so that commits can run in between.</summary>
internal sealed class SqliteKeyCleanup(SqliteDatabase database)
{
    private const int AtOnce = 5_000;

    public async Task<int> DeleteAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var deleted = 0; ;)
        {
            // The keys have no index by age. A reader, which blocks no other connection, finds the old ones.
            var old = await database.ReadAsync(session => Find(session, before), cancellationToken);
            if (old.Count == 0)
                return deleted;
            deleted += await database.TransactAsync(session => Delete(session, old), cancellationToken);
        }
    }

    private static List<(Guid ProjectId, Guid Key)> Find(SqliteSession session, DateTimeOffset before)
    {
        var select = session.Prepare("select project_id, key from batch_keys where received_at < ? limit ?").Bind(before).Bind(AtOnce);
        List<(Guid, Guid)> old = [];
        while (select.Step())
            old.Add((select.Guid(0), select.Guid(1)));
        return old;
    }

    private static int Delete(SqliteSession session, List<(Guid ProjectId, Guid Key)> old)
    {
        var deleted = 0;
        foreach (var (projectId, key) in old)
            deleted += session.Prepare("delete from batch_keys where project_id = ? and key = ?").Bind(projectId).Bind(key).Execute();
        return deleted;
    }
}
