using System.Globalization;
using Microsoft.Data.Sqlite;

namespace TelemetryKit.Sqlite;

/// <summary>A row of the table <c>batches</c>.</summary>
internal sealed record BatchRow(string Id, DateTimeOffset CreatedAt, int Events, long Bytes, string Head, string Dropped)
{
    /// <summary>The columns in the order of <see cref="Read"/>.</summary>
    public const string Columns = "id, created_at, events, bytes, head, dropped";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static BatchRow Read(SqliteDataReader row) =>
        new(row.GetString(0), ToTime(row.GetString(1)), row.GetInt32(2), row.GetInt64(3), row.GetString(4), row.GetString(5));

    /// <summary>Converts a time to a sortable text that SQLite's date functions support.</summary>
    public static string ToText(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    public static DateTimeOffset ToTime(string text) =>
        DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
