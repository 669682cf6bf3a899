using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace TelemetryKit.Api.Http.Problems;

/// <summary>One failed request, to be written as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Kind">The kind of the failure.</param>
/// <param name="Detail">An explanation for the developer. It must not contain a key.</param>
internal sealed record Problem(ProblemKind Kind, string Detail) : IResult
{
    /// <summary>The media type of the body.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>The default of <see cref="RetryAfter"/>. Every 429 and 503 has a <c>Retry-After</c> header.</summary>
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>The delay for the <c>Retry-After</c> header, or <c>null</c> for the default of a 429 and 503, and none of others.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The invalid parameters.</summary>
    public IReadOnlyList<ParameterFault>? Errors { get; init; }

    /// <summary>The smallest plan that allows the request.</summary>
    public string? Plan { get; init; }

    /// <summary>The body of the response.</summary>
    public ProblemBody Body => new(ReasonPhrases.GetReasonPhrase(Kind.Status), Kind.Status, Kind.Code, Detail, Errors, Plan);

    Task IResult.ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    /// <summary>Writes the problem as the response. The response must not have started.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        var after = await http.RequestServices.GetRequiredService<Refusals>().WaitAsync(http);
        var response = http.Response;
        Debug.Assert(!response.HasStarted, "A problem can't follow the start of another response.");
        response.StatusCode = Kind.Status;
        if (Kind.Status is 429 or 503 || RetryAfter is not null)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling((RetryAfter ?? DefaultRetryAfter).TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        // The rest of the request body, or of what follows it, will not be read.
        if (Kind.Status == 408 || after != AfterRefusal.Continue)
            response.Headers.Connection = "close";
        if (Kind.Status == 401)
            response.Headers.WWWAuthenticate = "Bearer";
        var utf8 = JsonSerializer.SerializeToUtf8Bytes(Body, ProblemJson.Wire.ProblemBody);
        response.ContentType = MediaType;
        response.ContentLength = utf8.Length;
        // Not RequestAborted: a client that has closed its sending side may still read the response.
        await response.Body.WriteAsync(utf8, CancellationToken.None);
        if (after == AfterRefusal.Abort)
            await Refusals.AbortAsync(http);
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
