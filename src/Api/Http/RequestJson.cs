using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Http;

/// <summary>Reads the body of a management request. Routes read it themselves, after the door: whoever may not call a route learns nothing of what it takes.</summary>
internal static class RequestJson
{
    /// <summary>The body, or the problem with it.</summary>
    public static async ValueTask<(T? Body, Problem? Problem)> ReadJsonAsync<T>(this HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        // Only JSON: a form of another site can send text and forms without asking, but never this.
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
            return (null, AccountProblems.InvalidBody.With(e.Path is { Length: > 1 } path ? $"The body doesn't have the form that the route takes, at {path}." : AccountProblems.InvalidBody.Summary));
        }
    }
}
