using System.Globalization;
using System.Text.Json;
using TelemetryKit.Counting.Tests.Counter;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>Compares an export of events: each event of the range is there once, newest first.</summary>
internal sealed class ExportCheck(Comparison comparison, Question question, EventCounter counter)
{
    private const float LongestMs = 365f * 24 * 60 * 60 * 1000;

    /// <summary>Returns the cursors of the events, in order.</summary>
    public IReadOnlyList<string> Check(DateOnly from, DateOnly to, string text)
    {
        var rows = RowsOf(text);
        var expected = counter.Find(question.Filter, from, to)
            .ConvertAll(fact => new Row(
                fact.Time, fact.Type, counter.NameOf(fact.Subject) ?? "", fact.Version ?? "", $"{fact.Success}".ToLowerInvariant(),
                fact.DurationMs is { } duration ? Math.Min(duration, LongestMs) : null));
        comparison.Exact("rows", "", expected.Count, rows.Count);
        var found = rows.ConvertAll(row => row.Row);
        comparison.Check(
            found.Select(row => row.Time).OrderDescending().SequenceEqual(found.Select(row => row.Time)), "order", "", "newest first",
            "another order");
        var missing = expected.Select(row => row.ToString()).Order(StringComparer.Ordinal)
            .Zip(found.Select(row => row.ToString()).Order(StringComparer.Ordinal)).FirstOrDefault(pair => pair.First != pair.Second);
        comparison.Check(missing == default, "event", "", missing.First ?? "", missing.Second ?? "");
        return rows.ConvertAll(row => row.Cursor);
    }

    /// <summary>Compares an export that was resumed after an event with the rest of the whole one.</summary>
    public void CheckResumed(IReadOnlyList<string> rest, string text) =>
        comparison.Exact("resumed", "", string.Join(' ', rest), string.Join(' ', RowsOf(text).ConvertAll(row => row.Cursor)));

    private List<(Row Row, string Cursor)> RowsOf(string text)
    {
        if (question.Format == "csv")
            return RowsOfCsv(AnswerText.Cells(text));
        if (question.Format == "ndjson")
            return AnswerText.Lines(text).ConvertAll(RowOf);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("items").EnumerateArray().Select(RowOf).ToList();
    }

    private static (Row Row, string Cursor) RowOf(JsonElement item) => (
        new Row(
            item.GetProperty("timestamp").GetDateTimeOffset(),
            item.GetProperty("event_type").GetString()!,
            item.GetProperty("subject").GetString() ?? "",
            item.GetProperty("version").GetString() ?? "",
            item.GetProperty("success").ToString().ToLowerInvariant(),
            item.GetProperty("duration_ms") is { ValueKind: JsonValueKind.Number } duration ? duration.GetSingle() : null),
        item.GetProperty("cursor").GetString()!);

    private static List<(Row Row, string Cursor)> RowsOfCsv(List<List<string>> lines)
    {
        var names = lines[0];
        return lines.Skip(1).Select(line => (
            new Row(
                DateTimeOffset.Parse(Cell(line, "timestamp"), CultureInfo.InvariantCulture),
                Cell(line, "event_type"),
                Cell(line, "subject"),
                Cell(line, "version"),
                Cell(line, "success"),
                Cell(line, "duration_ms") is { Length: > 0 } duration ? float.Parse(duration, CultureInfo.InvariantCulture) : null),
            Cell(line, "cursor"))).ToList();

        string Cell(List<string> line, string name) => AnswerText.TextOf(line[names.IndexOf(name)]);
    }

    private sealed record Row(DateTimeOffset Time, string Type, string Subject, string Version, string Success, float? DurationMs)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Time.UtcDateTime:O} {Type} {Subject} {Version} {Success} {DurationMs}");
    }
}
