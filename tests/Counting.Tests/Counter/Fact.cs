using System.Text;
using System.Text.Json;
using TelemetryKit.Counting.Tests.Histories;

namespace TelemetryKit.Counting.Tests.Counter;

/// <summary>
/// An accepted event, as the oracle knows it. These are the rules of what is counted:
/// <list type="bullet">
/// <item>A failure is an event with <c>success: false</c>. A success rate is of the events that carry <c>success</c>.</item>
/// <item>An event of type <c>error</c> is an error, counted beside that; it is a failure only if it carries <c>success: false</c>.</item>
/// <item>Names of operating systems are lower case. All other values are counted as sent.</item>
/// <item>An event without a value counts as <c>(none)</c>, together with those whose value is literally that.</item>
/// </list>
/// </summary>
public sealed record Fact(
    bool IsTest,
    DateTimeOffset Time,
    string Type,
    string? Subject,
    string? User,
    string? Session,
    bool? Success,
    float? DurationMs,
    string? Version,
    string? Os,
    string? Arch,
    string? Runtime,
    string? Actor,
    string? Sdk,
    IReadOnlyList<(string Key, string Value)> Values)
{
    private const int CountedValues = 64;
    private const int CountedBytes = 128;

    public string? OsVersion { get; init; }

    public string? Agent { get; init; }

    public string? CiName { get; init; }

    public string? Shell { get; init; }

    public bool? Terminal { get; init; }

    public DateOnly Day { get; } = DateOnly.FromDateTime(Time.UtcDateTime);

    public bool Failed => Success == false;

    public bool IsError => Type == "error";

    /// <summary>Returns the fact of an event that was accepted at a time.</summary>
    public static Fact Of(SentBatch batch, SentEvent sent, DateTimeOffset now) => new(
        batch.IsTest,
        sent.At ?? now,
        sent.Type,
        NotEmpty(sent.Subject),
        NotEmpty(sent.User),
        NotEmpty(sent.Session),
        sent.Success,
        (float?)sent.DurationMs,
        NotEmpty(batch.Version) ?? NotEmpty(sent.Version),
        batch.Machine.Os?.ToLowerInvariant(),
        batch.Machine.Arch?.ToLowerInvariant(),
        batch.Machine.Runtime?.ToLowerInvariant(),
        batch.Machine.Actor ?? (batch.Machine.Ci ? "ci" : null),
        NotEmpty(batch.Sdk),
        CountedValuesOf(sent.Metadata))
    {
        OsVersion = batch.Machine.OsVersion,
        Agent = batch.Machine.Agent,
        CiName = batch.Machine.CiName,
        Shell = batch.Machine.Shell,
        Terminal = batch.Machine.Terminal,
    };

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Returns the values that are counted: each value of a key once, and at most 64 of a key.</summary>
    private static List<(string Key, string Value)> CountedValuesOf(IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        List<(string Key, string Value)> values = [];
        foreach (var (key, value) in metadata)
        {
            using var json = JsonDocument.Parse(value);
            var root = json.RootElement;
            var elements = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : [root];
            foreach (var element in elements)
            {
                if (CountedText(element) is { } text && !values.Contains((key, text))
                    && values.Count(counted => counted.Key == key) < CountedValues)
                    values.Add((key, text));
            }
        }

        return values;
    }

    private static string? CountedText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return "true";
            case JsonValueKind.False:
                return "false";
            case JsonValueKind.String:
                var text = value.GetString()!;
                return text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= CountedBytes ? text : null;
            case JsonValueKind.Number:
                return value.GetRawText();
            default:
                return null;
        }
    }
}
