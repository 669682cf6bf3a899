using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using TelemetryKit.Api.Http;

namespace TelemetryKit.Api.Export;

/// <summary>The format of a response.</summary>
internal enum ExportFormat
{
    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>A JSON object for each row, each on its own line.</summary>
    Ndjson,

    /// <summary>CSV according to RFC 4180, with a header.</summary>
    Csv,
}

/// <summary>Reads the format that a request asks for.</summary>
internal static class ExportFormats
{
    /// <summary>The key of the values among the enumerations of the OpenAPI document.</summary>
    public const string Enumeration = "format of an answer";

    private const string NdjsonType = "application/x-ndjson";
    private const string CsvType = MediaTypeNames.Text.Csv;

    // In the order of preference.
    private static readonly (MediaTypeHeaderValue Type, ExportFormat Format)[] MediaTypes =
    [
        (new(MediaTypeNames.Application.Json), ExportFormat.Json), (new(NdjsonType), ExportFormat.Ndjson),
        (new("application/ndjson"), ExportFormat.Ndjson), (new("application/jsonl"), ExportFormat.Ndjson), (new(CsvType), ExportFormat.Csv),
    ];

    /// <summary>The parameter, for routes that also return JSON. It has precedence over Accept.</summary>
    public static readonly QueryParameter Parameter = new(
        "format",
        "The format of the response. Without it, Accept decides: application/json, application/x-ndjson or text/csv. NDJSON and CSV "
        + "need a plan with exports and have the rows only: the items, points, days, releases or cohorts of an answer, the actors of a "
        + "deprecation, and one row for an overview. Totals and the accuracy are only in JSON.")
    {
        Values = ["json", "ndjson", "csv"], Default = "json", Enumeration = Enumeration,
    };

    /// <summary>Returns the format of a request. The handler rejects an invalid parameter.</summary>
    public static ExportFormat Of(HttpRequest request) => request.Query[Parameter.Name] is [{ } text]
        ? text switch
        {
            "csv" => ExportFormat.Csv,
            "ndjson" => ExportFormat.Ndjson,
            _ => ExportFormat.Json,
        }
        : Accepted(request);

    /// <summary>Returns the content type of a format.</summary>
    public static string ContentType(this ExportFormat format) => format switch
    {
        ExportFormat.Csv => CsvType + "; charset=utf-8",
        ExportFormat.Ndjson => NdjsonType,
        _ => MediaTypeNames.Application.Json,
    };

    /// <summary>Returns the extension of files in a format.</summary>
    public static string Extension(this ExportFormat format) => format switch
    {
        ExportFormat.Csv => "csv",
        ExportFormat.Ndjson => "ndjson",
        _ => "json",
    };

    /// <summary>
    /// Returns the format with the highest quality, which is that of the most specific range that matches its media type (RFC 9110, section
    /// 12.5.1). Of equal ones it is the one that is named most specifically, and then the first in the header. If none is acceptable, JSON.
    /// </summary>
    private static ExportFormat Accepted(HttpRequest request)
    {
        var ranges = request.GetTypedHeaders().Accept;
        var best = (Format: ExportFormat.Json, Quality: 0.0, Specificity: 0, Position: 0);
        foreach (var (type, format) in MediaTypes)
        {
            if (MostSpecific(ranges, type) is not { } position)
                continue;
            var (quality, specificity) = (ranges[position].Quality ?? 1, SpecificityOf(ranges[position]));
            if ((quality, specificity, -position).CompareTo((best.Quality, best.Specificity, -best.Position)) > 0)
                best = (format, quality, specificity, position);
        }

        return best.Quality > 0 ? best.Format : ExportFormat.Json;
    }

    private static int? MostSpecific(IList<MediaTypeHeaderValue> ranges, MediaTypeHeaderValue type)
    {
        int? most = null;
        for (var i = 0; i < ranges.Count; i++)
        {
            if (Matches(ranges[i], type) && (most is null || SpecificityOf(ranges[i]) > SpecificityOf(ranges[most.Value])))
                most = i;
        }

        return most;
    }

    // Parameters such as charset don't exclude a format.
    private static bool Matches(MediaTypeHeaderValue range, MediaTypeHeaderValue type) =>
        range.MatchesAllTypes
        || (range.Type.Equals(type.Type, StringComparison.OrdinalIgnoreCase)
            && (range.MatchesAllSubTypes || range.SubType.Equals(type.SubType, StringComparison.OrdinalIgnoreCase)));

    private static int SpecificityOf(MediaTypeHeaderValue range) => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
}
