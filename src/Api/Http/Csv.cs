using System.Buffers;
using System.Text;
using System.Text.Json;

namespace TelemetryKit.Api.Http;

/// <summary>Writes CSV according to RFC 4180.</summary>
internal static class Csv
{
    /// <summary>The end of a line.</summary>
    public const string NewLine = "\r\n";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    // Spreadsheets evaluate cells that start with these; some of them read the full-width forms as well.
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20");

    /// <summary>Returns the cell of a text. It is prefixed with an apostrophe if a spreadsheet could evaluate it as a formula.</summary>
    public static string Cell(string? text)
    {
        text ??= "";
        if (text.Length > 0 && FormulaStarts.Contains(text[0]))
            text = "'" + text;
        return text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    /// <summary>Appends a line with the values of a JSON object under the names; objects and arrays are cells with their JSON.</summary>
    public static void AppendRow(StringBuilder csv, IEnumerable<string> names, JsonElement row)
    {
        var separator = "";
        foreach (var name in names)
        {
            csv.Append(separator).Append(row.TryGetProperty(name, out var value) ? Cell(value) : "");
            separator = ",";
        }

        csv.Append(NewLine);
    }

    // A number can start with a minus, but is never a formula.
    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => Cell(value.GetString()),
        JsonValueKind.Number => value.GetRawText(),
        _ => Cell(value.GetRawText()),
    };
}
