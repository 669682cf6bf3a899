using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Reads the body of a management request. Handlers call it after the endpoint filter, so a caller without access learns nothing about the
/// expected body.
/// </summary>
internal static class RequestJson
{
    private const string Unstorable = "It contains characters that can't be stored, such as U+0000.";

    /// <summary>Returns the body, or the problem if it can't be read, or if it has text that can't be stored.</summary>
    /// <param name="http">The request.</param>
    /// <param name="type">The type of the body.</param>
    /// <param name="allowsNull">Whether text may contain U+0000. The caller must replace it.</param>
    public static async ValueTask<(T? Body, Problem? Problem)> ReadJsonAsync<T>(
        this HttpContext http, JsonTypeInfo<T> type, bool allowsNull = false)
        where T : class
    {
        // JSON only: another site can send forms and plain text without a CORS preflight request, but not JSON.
        if (!http.Request.HasJsonContentType())
            return (null, ProblemKind.UnsupportedMediaType.With("Send the body as Content-Type: application/json."));
        var budget = http.RequestServices.GetRequiredService<BodyBudget>();
        using var body = new RequestBody(http.Request, budget, BodyOwner.Of(http.Request), Limits.ManagementBodyBytes);
        await body.ReadAsync();
        if (body.Problem is not null)
            return (null, body.Problem);
        try
        {
            var json = WithoutMark(body.Bytes.IsSingleSegment ? body.Bytes.FirstSpan : body.Bytes.ToArray());
            if (FindUnstorable(json, allowsNull) is { } member)
                return (null, ProblemKind.InvalidParameter.AsProblem() with { Errors = [new(member, Unstorable)] });
            var value = JsonSerializer.Deserialize(json, type);
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

    // Some editors and clients write a byte order mark.
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) => json.StartsWith("\uFEFF"u8) ? json[3..] : json;

    // Only escapes can be U+0000 or an unpaired surrogate. Returns the member of the body that contains the text.
    private static string? FindUnstorable(ReadOnlySpan<byte> json, bool allowsNull)
    {
        if (json.IndexOf("\\u"u8) < 0)
            return null;
        var reader = new Utf8JsonReader(json);
        var member = "body";
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                continue;
            if (TextOf(ref reader) is not { } text || (!allowsNull && !CodePoints.AreStorable(text)))
                return member;
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                member = text;
        }

        return null;
    }

    private static string? TextOf(ref readonly Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate.
            return null;
        }
    }
}
