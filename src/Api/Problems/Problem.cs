using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using TelemetryKit.Api.Json;

namespace TelemetryKit.Api.Problems;

/// <summary>One failed request, to be written as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Kind">How it failed.</param>
/// <param name="Detail">A sentence for the author; never contains a key.</param>
internal sealed record Problem(ProblemKind Kind, string Detail) : IResult
{
    /// <summary>When to come back: every 429 and 503 says so.</summary>
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>When to come back.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The parameters at fault.</summary>
    public IReadOnlyList<ParameterFault>? Errors { get; init; }

    /// <summary>The plan that has what was refused.</summary>
    public string? Plan { get; init; }

    /// <summary>What is written.</summary>
    public ProblemBody Body => new(ReasonPhrases.GetReasonPhrase(Kind.Status), Kind.Status, Kind.Code, Detail, Errors, Plan);

    Task IResult.ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    /// <summary>Writes the problem as the answer. Nothing may have been written before.</summary>
    public Task WriteAsync(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = Kind.Status;
        if (Kind.Status is 429 or 503)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling((RetryAfter ?? DefaultRetryAfter).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        // There is more of the request to come, and nobody will wait for it.
        if (Kind.Status == 408)
            response.Headers.Connection = "close";
        if (Kind.Status == 401)
            response.Headers.WWWAuthenticate = "Bearer";
        var utf8 = JsonSerializer.SerializeToUtf8Bytes(Body, ApiJson.Wire.ProblemBody);
        response.ContentType = "application/problem+json";
        response.ContentLength = utf8.Length;
        // Without the request's own token: a client that has closed its sending side may still be reading.
        return response.Body.WriteAsync(utf8, CancellationToken.None).AsTask();
    }
}

/// <summary>A parameter or property that is not valid.</summary>
/// <param name="Parameter">The name of the parameter.</param>
/// <param name="Message">What it must be.</param>
internal sealed record ParameterFault(string Parameter, string Message);

/// <summary>The body of every failed request (RFC 9457).</summary>
/// <param name="Title">The phrase of the HTTP status.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The stable code of the error. Use it to handle the error.</param>
/// <param name="Detail">A description of this error.</param>
/// <param name="Errors">For <c>invalid_parameter</c>: every parameter that is not valid.</param>
/// <param name="Plan">For <c>plan_required</c>: the smallest plan that includes it.</param>
internal sealed record ProblemBody(
    string Title,
    int Status,
    string Code,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ParameterFault>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Plan = null);
