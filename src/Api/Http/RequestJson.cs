using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Reads the body of a management request. Handlers call it after the endpoint filter, so a caller without access learns nothing about the
/// expected body.
/// </summary>
internal static class RequestJson
{
    /// <summary>Returns the body, or the problem if it can't be read.</summary>
    public static async ValueTask<(T? Body, Problem? Problem)> ReadJsonAsync<T>(this HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        // JSON only: another site can send forms and plain text without a CORS preflight request, but not JSON.
        if (!http.Request.HasJsonContentType())
            return (null, ProblemKind.UnsupportedMediaType.With("Send the body as Content-Type: application/json."));
        var budget = http.RequestServices.GetRequiredService<BodyBudget>();
        using var body = await RequestBody.ReadAsync(http.Request, budget, BodyOwner.Of(http.Request), Limits.ManagementBodyBytes);
        if (body.Problem is not null)
            return (null, body.Problem);
        try
        {
            var value = JsonSerializer.Deserialize(body.Bytes.IsSingleSegment ? body.Bytes.FirstSpan : body.Bytes.ToArray(), type);
            return value is null ? (null, AccountProblems.InvalidBody.AsProblem()) : (value, null);
        }
        catch (JsonException e)
        {
            var detail = e.Path is { Length: > 1 } path
                ? $"The body doesn't have the expected form, at {path}."
                : AccountProblems.InvalidBody.Summary;
            return (null, AccountProblems.InvalidBody.With(detail));
        }
    }
}
