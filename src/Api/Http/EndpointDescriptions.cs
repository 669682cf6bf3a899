using Microsoft.AspNetCore.Http.Metadata;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Http;

/// <summary>Endpoint metadata: the problems that a route can return.</summary>
internal sealed record Failures(params IReadOnlyList<ProblemKind> Kinds);

/// <summary>Endpoint metadata: the kinds of key that a route requires.</summary>
/// <param name="Write">True for live and test keys, false for read keys.</param>
internal sealed record NeedsKey(bool Write);

/// <summary>Endpoint metadata: the route requires the operator's token.</summary>
internal sealed record NeedsOperator;

/// <summary>Endpoint metadata: the route requires the metrics token, or access from this machine if none is configured.</summary>
internal sealed record AcceptsMetricsToken;

/// <summary>
/// Endpoint metadata: the route accepts a JSON body of a type. It lists no content types, because routing would reject other content types
/// before the endpoint filter has authenticated the caller.
/// </summary>
internal sealed record AcceptsJsonBody(Type RequestType) : IAcceptsMetadata
{
    IReadOnlyList<string> IAcceptsMetadata.ContentTypes => [];

    bool IAcceptsMetadata.IsOptional => false;
}

/// <summary>Endpoint metadata: the route accepts a batch and returns verdicts.</summary>
internal sealed record AcceptsBatch;

/// <summary>Endpoint metadata: the route returns server-sent events.</summary>
internal sealed record EventStream;

/// <summary>Adds the metadata to routes from which the OpenAPI document is generated.</summary>
internal static class EndpointDescriptions
{
    private static readonly ProblemKind[] ReadFailures =
    [
        ProblemKind.InvalidParameter, ProblemKind.InvalidKey, ProblemKind.WrongKey, AccountProblems.NotSignedIn,
        AccountProblems.CsrfFailed, AccountProblems.SecondFactorRequired, AccountProblems.RoleRequired, AccountProblems.PlanRequired,
        AccountProblems.ScopeRequired, AccountProblems.MemberSuspended,
        ProblemKind.NotFound, ProblemKind.RateLimited, ProblemKind.InternalError, ProblemKind.Overloaded, ProblemKind.StorageUnavailable,
    ];

    /// <summary>
    /// Declares that the route requires a read key of the project, or a member of its tenant with the permission who names the project.
    /// </summary>
    public static TBuilder ReadsProject<TBuilder>(this TBuilder routes, Permission permission)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new NeedsKey(Write: false), Needs.To(permission)).Fails(ReadFailures);

    /// <summary>Declares all parameters of the query string.</summary>
    public static RouteHandlerBuilder AcceptsQuery(this RouteHandlerBuilder route, QueryParameters parameters) =>
        route.WithMetadata(parameters);

    /// <summary>Declares problems that the route can return, in addition to those declared before.</summary>
    public static TBuilder Fails<TBuilder>(this TBuilder routes, params ProblemKind[] kinds)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata([new Failures(kinds), .. kinds.Select(ResponseOf)]);

    /// <summary>Declares the success response 200 with a JSON body.</summary>
    public static RouteHandlerBuilder Returns<TBody>(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces<TBody>(StatusCodes.Status200OK, "application/json");

    /// <summary>Declares the success response 200 with text of a content type.</summary>
    public static RouteHandlerBuilder ReturnsText(
        this RouteHandlerBuilder route, string contentType, string summary, params string[] otherTypes) =>
        route.WithSummary(summary).Produces<string>(StatusCodes.Status200OK, contentType.Split(';')[0], otherTypes);

    private static ProducesResponseTypeMetadata ResponseOf(ProblemKind kind) =>
        new(kind.Status, typeof(ProblemBody), [Problem.MediaType]);
}
