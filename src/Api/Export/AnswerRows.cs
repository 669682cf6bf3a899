using System.Text;
using System.Text.Json;
using TelemetryKit.Api.Http;

namespace TelemetryKit.Api.Export;

/// <summary>Writes the rows of an answer: the objects of its first array of objects, or the answer itself if it has none.</summary>
internal static class AnswerRows
{
    /// <summary>Returns the rows as NDJSON or CSV.</summary>
    public static string Write(JsonElement answer, ExportFormat format)
    {
        var rows = RowsOf(answer);
        var text = new StringBuilder();
        if (format == ExportFormat.Ndjson)
        {
            foreach (var row in rows)
                text.Append(row.GetRawText()).Append('\n');
            return text.ToString();
        }

        // Optional members are absent from some rows.
        var names = rows.SelectMany(row => row.EnumerateObject()).Select(member => member.Name).Distinct().ToList();
        if (names.Count > 0)
            text.AppendJoin(',', names.Select(Csv.Cell)).Append(Csv.NewLine);
        foreach (var row in rows)
            Csv.AppendRow(text, names, row);
        return text.ToString();
    }

    private static List<JsonElement> RowsOf(JsonElement answer)
    {
        foreach (var member in answer.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Array
                && member.Value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object))
                return [.. member.Value.EnumerateArray()];
        }

        return [answer];
    }
}
