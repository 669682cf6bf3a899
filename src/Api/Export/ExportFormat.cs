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

    private static ExportFormat Accepted(HttpRequest request)
    {
        var types = request.GetTypedHeaders().Accept;
        foreach (var type in types.OrderByDescending(type => type, MediaTypeHeaderValueComparer.QualityComparer))
        {
            if (type.Quality != 0 && Of(type) is { } format)
                return format;
        }

        return ExportFormat.Json;
    }

    private static ExportFormat? Of(MediaTypeHeaderValue type) => type.MediaType.Value?.ToUpperInvariant() switch
    {
        "TEXT/CSV" => ExportFormat.Csv,
        "APPLICATION/X-NDJSON" or "APPLICATION/NDJSON" or "APPLICATION/JSONL" => ExportFormat.Ndjson,
        "APPLICATION/JSON" or "*/*" or "APPLICATION/*" => ExportFormat.Json,
        _ => null,
    };
}
