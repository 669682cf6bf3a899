using System.Text;
using System.Text.Json;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>The rows of an answer in CSV or NDJSON, compared with those in JSON.</summary>
internal static class AnswerText
{
    private const string FormulaStarts = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

    /// <summary>Returns the lines of NDJSON: each is an object.</summary>
    public static List<JsonElement> Lines(string ndjson)
    {
        List<JsonElement> rows = [];
        foreach (var line in ndjson.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            rows.Add(json.RootElement.Clone());
        }

        return rows;
    }

    /// <summary>Returns the lines of CSV (RFC 4180).</summary>
    public static List<List<string>> Cells(string csv)
    {
        List<List<string>> lines = [];
        List<string> line = [];
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < csv.Length; i++)
        {
            var (c, next) = (csv[i], i + 1 < csv.Length ? csv[i + 1] : '\0');
            if (isQuoted && c == '"' && next == '"')
                cell.Append(csv[++i]);
            else if (c == '"')
                isQuoted = !isQuoted;
            else if (isQuoted)
                cell.Append(c);
            else if (c == ',')
                EndCell();
            else if (c == '\r' && next == '\n')
                EndLine();
            else if (c != '\n')
                cell.Append(c);
        }

        if (cell.Length > 0 || line.Count > 0 || isQuoted)
            throw new FormatException("The last line of CSV is not ended.");
        return lines;

        void EndCell()
        {
            line.Add(cell.ToString());
            cell.Clear();
        }

        void EndLine()
        {
            EndCell();
            lines.Add(line);
            line = [];
        }
    }

    /// <summary>Returns the text of a cell without the apostrophe that hides a formula from spreadsheets.</summary>
    public static string TextOf(string cell) =>
        cell.Length > 1 && cell[0] == '\'' && FormulaStarts.Contains(cell[1], StringComparison.Ordinal) ? cell[1..] : cell;

    /// <summary>Compares the rows of an answer in another format with those in JSON.</summary>
    public static void Check(Comparison comparison, Question question, JsonElement answer, string text)
    {
        var rows = RowsOf(question.Statistic, answer);
        if (question.Format == "ndjson")
        {
            var lines = Lines(text);
            comparison.Exact("ndjson", "", rows.Count, lines.Count);
            comparison.Check(rows.Zip(lines).All(row => JsonElement.DeepEquals(row.First, row.Second)), "ndjson", "", "the rows", text);
            return;
        }

        var cells = Cells(text);
        comparison.Exact("csv", "", rows.Count == 0 ? 0 : rows.Count + 1, cells.Count);
        if (cells.Count != rows.Count + 1)
            return;
        foreach (var (row, line) in rows.Zip(cells.Skip(1)))
        {
            comparison.Check(
                row.EnumerateObject().All(member => cells[0].Contains(member.Name)), "csv.names", "", row.ToString(),
                string.Join(' ', cells[0]));
            foreach (var (name, cell) in cells[0].Zip(line))
            {
                var isRight = row.TryGetProperty(name, out var value) ? IsCell(value, cell) : cell.Length == 0;
                comparison.Check(isRight, "csv.cell", name, $"{value}", cell);
            }

            comparison.Exact("csv.cells", "", cells[0].Count, line.Count);
        }
    }

    private static bool IsCell(JsonElement value, string cell) => value.ValueKind switch
    {
        JsonValueKind.Null => cell.Length == 0,
        JsonValueKind.String => TextOf(cell) == value.GetString(),
        JsonValueKind.Object or JsonValueKind.Array => Lines(cell) is [var json] && JsonElement.DeepEquals(json, value),
        _ => cell == value.GetRawText(),
    };

    private static List<JsonElement> RowsOf(Statistic statistic, JsonElement answer)
    {
        var name = statistic switch
        {
            Statistic.Top or Statistic.Events or Statistic.Failures => "items",
            Statistic.Series => "points",
            Statistic.Users => "days",
            Statistic.Releases => "releases",
            Statistic.Retention => "cohorts",
            Statistic.Deprecation => "actors",
            _ => null,
        };
        return name is null ? [answer] : [.. answer.GetProperty(name).EnumerateArray()];
    }
}
