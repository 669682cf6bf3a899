using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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
            return (null, AccountProblems.InvalidBody.With(e.Path is { Length: > 1 } path ? $"The body doesn't have the form that the route takes, at {path}." : AccountProblems.InvalidBody.Summary));
        }
        catch (InvalidDataException)
        {
            return (null, ProblemKind.BodyTooLarge.With($"The body is larger than {Limits.ManagementBodyBytes} bytes."));
        }
    }

    // A Content-Length may be missing or lie.
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
