using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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
        if (http.Request.ContentLength > Limits.ManagementBodyBytes)
            return (null, ProblemKind.BodyTooLarge.With($"The body is larger than {Limits.ManagementBodyBytes} bytes."));
        try
        {
            using var body = new MemoryStream();
            await CopyAsync(http.Request.Body, body, http.RequestAborted);
            var value = JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type);
            return value is null ? (null, AccountProblems.InvalidBody.AsProblem()) : (value, null);
        }
        catch (JsonException e)
        {
            var detail = e.Path is { Length: > 1 } path
                ? $"The body doesn't have the expected form, at {path}."
                : AccountProblems.InvalidBody.Summary;
            return (null, AccountProblems.InvalidBody.With(detail));
        }
        catch (InvalidDataException)
        {
            return (null, ProblemKind.BodyTooLarge.With($"The body is larger than {Limits.ManagementBodyBytes} bytes."));
        }
    }

    // The Content-Length may be missing or wrong.
    private static async Task CopyAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (to.Length + read > Limits.ManagementBodyBytes)
                throw new InvalidDataException("The body is too large.");
            to.Write(buffer, 0, read);
        }
    }
}
