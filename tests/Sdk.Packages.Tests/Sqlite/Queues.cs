using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Sqlite;

namespace TelemetryKit.Packages.Tests.Sqlite;

/// <summary>Creates queues of a tool in a temporary directory with a fake clock, and reads their database.</summary>
internal sealed class Queues : IDisposable
{
    public const string Head = """{"service_name":"tool"}""";

    /// <summary>The directory of the database. It does not exist at first.</summary>
    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("telemetrykit-").FullName, "home");

    public string Database => Path.Combine(Folder, "tool.db");

    public FakeTimeProvider Time { get; } = new(new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero));

    public List<(string Reason, int Events)> Dropped { get; } = [];

    /// <summary>
    /// Opens the queue, like another process would: batches of 5 events, which are due after 5 minutes, and at most 20 events.
    /// </summary>
    public SqliteQueue Open(string lane = "") => new(
        new QueueSettings(
            "tool", Folder, lane, batchEvents: 5, batchBytes: 1_100, TimeSpan.FromMinutes(5), queueEvents: 20, queueBytes: 100_000,
            (reason, events) => Dropped.Add((reason, events))),
        Time);

    public static bool Append(SqliteQueue queue, params string[] names)
    {
        var block = Block(Head, [.. names.Select(Line)]);
        var full = queue.Append(block);
        Assert.Equal(0, block.Remaining);
        return full;
    }

    public static EventBlock Block(string head, params string[] lines)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(lines));
        // Buffers are longer than their content.
        return new(Encoding.UTF8.GetBytes(head), [.. bytes, .. "rest"u8], bytes.Length, lines.Length);
    }

    public static string Line(string name) =>
        $$$"""{"event_id":"id-{{{name}}}","event_type":"command_executed","timestamp":"2026-11-20T"""
        + $$$"""10:30:00Z","metadata":{"name":"{{{name}}}"}}""" + "\n";

    public static string Text(QueuedBatch? batch) => Encoding.UTF8.GetString(batch!.Lines);

    /// <summary>Reads the table <c>events</c>, as documented in docs/sdk/sqlite.md.</summary>
    public List<string> Rows()
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "select id, event_type, timestamp, metadata, synced from events order by seq";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, 5).Select(reader.GetValue)));
        return rows;
    }

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
}
