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

/// <summary>
/// Endpoint metadata: the route takes a JSON body of a type. Not the framework's own, by which routing would refuse another Content-Type before the route's door has
/// seen who asks.
/// </summary>
internal sealed record TakesBody(Type Type);

/// <summary>Endpoint metadata: the route takes a batch and answers verdicts.</summary>
internal sealed record TakesBatch;

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
        routes.WithMetadata(new NeedsKey(Write: false), Needs.To(permission), new Failures(ReadFailures));

    /// <summary>All the parameters of the query string.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, QueryParameters parameters) => route.WithMetadata(parameters);

    /// <summary>More ways to fail.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder route, params ProblemKind[] kinds) => route.WithMetadata(new Failures(kinds));

    /// <summary>The good answer as JSON, and what it is.</summary>
    public static RouteHandlerBuilder Answers<TBody>(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces<TBody>(StatusCodes.Status200OK, "application/json");

    /// <summary>The good answer as text.</summary>
    public static RouteHandlerBuilder AnswersText(this RouteHandlerBuilder route, string contentType, string summary, params string[] otherTypes) =>
        route.WithSummary(summary).Produces<string>(StatusCodes.Status200OK, contentType.Split(';')[0], otherTypes);
}
