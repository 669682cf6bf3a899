using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Opens ingest transactions.</summary>
internal sealed class SqliteCommits(SqliteDatabase database, TimeProvider time, bool isRehearsal = false) : ICommitStore
{
    private readonly SqliteRowNumbers _numbers = new();

    public ICommitStore Rehearsal => new SqliteCommits(database, time, isRehearsal: true);

    public async Task<ICommit> BeginAsync(CancellationToken cancellationToken)
    {
        var lease = await database.WriteAsync(cancellationToken);
        try
        {
            lease.Run(session => session.Execute("begin immediate"));
            return new SqliteCommit(lease, _numbers, time, isRehearsal);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    public Task<bool> AreStoredAsync(IReadOnlyList<BatchKey> keys, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => keys.All(key => session.Prepare("select count(*) from batch_keys where project_id = ? and key = ?")
                .Bind(key.ProjectId).Bind(key.Key).ReadLong(none: 0) > 0),
            cancellationToken);
}
