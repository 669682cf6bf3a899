using System.Text;

namespace TelemetryKit.Sqlite;

/// <summary>A batch that was claimed from a <see cref="SqliteQueue"/>.</summary>
internal sealed class SqliteBatch(SqliteQueue queue, BatchClaim claim, BatchRow batch, List<string> events)
    : QueuedBatch(Guid.Parse(batch.Id), batch.CreatedAt, batch.Head, Join(events, batch.Dropped), events.Count + CountLines(batch.Dropped))
{
    public override void Complete()
    {
        try
        {
            queue.Complete(batch.Id);
        }
        catch
        {
            claim.Dispose();
            throw;
        }

        claim.Settle();
    }

    public override void Return() => claim.Dispose();

    /// <summary>Returns the lines of a batch as they were appended.</summary>
    public static byte[] Join(List<string> events, string dropped)
    {
        var text = new StringBuilder();
        foreach (var line in events)
            text.Append(line).Append('\n');
        return Encoding.UTF8.GetBytes(text.Append(dropped).ToString());
    }

    private static int CountLines(string text) => text.AsSpan().Count('\n');
}
