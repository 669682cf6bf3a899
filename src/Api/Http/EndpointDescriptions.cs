using Microsoft.AspNetCore.Http.Metadata;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Http;

/// <summary>Endpoint metadata: the ways a route fails.</summary>
internal sealed record Failures(params IReadOnlyList<ProblemKind> Kinds);

/// <summary>Endpoint metadata: the kinds of key a route takes.</summary>
/// <param name="Write">Live and test keys; otherwise read keys.</param>
internal sealed record NeedsKey(bool Write);

/// <summary>Endpoint metadata: the route takes the operator's token.</summary>
internal sealed record NeedsOperator;

/// <summary>Endpoint metadata: the route takes the token of the metrics, if one is set.</summary>
internal sealed record AcceptsMetricsToken;

/// <summary>
/// Endpoint metadata: the route takes a JSON body of a type. It names no content type: routing would refuse any other before a filter
/// has checked who sends the request.
/// </summary>
internal sealed record AcceptsJsonBody(Type RequestType) : IAcceptsMetadata
{
    IReadOnlyList<string> IAcceptsMetadata.ContentTypes => [];

    bool IAcceptsMetadata.IsOptional => false;
}

/// <summary>Endpoint metadata: the route takes a batch and answers verdicts.</summary>
internal sealed record AcceptsBatch;

/// <summary>Endpoint metadata: the route answers with server-sent events.</summary>
internal sealed record EventStream;

/// <summary>What routes say about themselves where they are mapped; the OpenAPI document is made of it.</summary>
internal static class EndpointDescriptions
{
    private static readonly ProblemKind[] ReadFailures =
    [
        ProblemKind.InvalidParameter, ProblemKind.InvalidKey, ProblemKind.WrongKey, AccountProblems.NotSignedIn, AccountProblems.CsrfFailed, AccountProblems.SecondFactorRequired,
        AccountProblems.RoleRequired, AccountProblems.PlanRequired, ProblemKind.NotFound, ProblemKind.InternalError, ProblemKind.Overloaded, ProblemKind.StorageUnavailable,
    ];

    /// <summary>The route reads or changes the project of a read key, or the one that a member names who may do that in it.</summary>
    public static TBuilder ReadsProject<TBuilder>(this TBuilder routes, Permission permission)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new NeedsKey(Write: false), Needs.To(permission)).Fails(ReadFailures);

    /// <summary>All the parameters of the query string.</summary>
    public static RouteHandlerBuilder AcceptsQuery(this RouteHandlerBuilder route, QueryParameters parameters) => route.WithMetadata(parameters);

    /// <summary>More ways to fail, each with a problem as its body.</summary>
    public static TBuilder Fails<TBuilder>(this TBuilder routes, params ProblemKind[] kinds)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata([new Failures(kinds), .. kinds.Select(ResponseOf)]);

    /// <summary>The good answer as JSON, and what it is.</summary>
    public static RouteHandlerBuilder Returns<TBody>(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces<TBody>(StatusCodes.Status200OK, "application/json");

    /// <summary>The good answer as text.</summary>
    public static RouteHandlerBuilder ReturnsText(this RouteHandlerBuilder route, string contentType, string summary, params string[] otherTypes) =>
        route.WithSummary(summary).Produces<string>(StatusCodes.Status200OK, contentType.Split(';')[0], otherTypes);

    private static ProducesResponseTypeMetadata ResponseOf(ProblemKind kind) =>
        new(kind.Status, typeof(ProblemBody), [Problem.MediaType]);
}
