using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Access;

/// <summary>Maps the routes of the management API with their endpoint filter and the metadata for the OpenAPI document.</summary>
internal static class ManagementRoutes
{
    private static readonly QueryParameters NoParameters = new();
    private static readonly ProblemKind[] Always = [ProblemKind.BadRequest, ProblemKind.InternalError, ProblemKind.StorageUnavailable];

    /// <summary>Maps routes that require a caller. Each route declares its <see cref="Needs(RouteHandlerBuilder, Http.Needs)"/>.</summary>
    public static RouteGroupBuilder MapManagement(this IEndpointRouteBuilder routes, string tag) =>
        routes.MapGroup("").AddEndpointFilter<CallerFilter>().WithTags(tag).Fails(Always).Fails(ProblemKind.RateLimited);

    /// <summary>Maps routes that don't require a caller.</summary>
    public static RouteGroupBuilder MapPublic(this IEndpointRouteBuilder routes, string tag) =>
        routes.MapGroup("").AddEndpointFilter<PublicFilter>().WithTags(tag).Fails(Always);

    /// <summary>Declares what the route requires of its caller, and the problems that follow from it.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Needs needs)
    {
        List<ProblemKind> failures = [AccountProblems.NotSignedIn, AccountProblems.CsrfFailed, AccountProblems.SecondFactorRequired];
        failures.Add(needs.SessionOnly ? AccountProblems.SessionRequired : AccountProblems.PlanRequired);
        if (needs.Scope is not null)
            failures.Add(AccountProblems.ScopeRequired);
        if (needs.Permission is not null)
            failures.AddRange([AccountProblems.RoleRequired, AccountProblems.MemberSuspended, ProblemKind.NotFound]);
        return route.WithMetadata(needs).Fails([.. failures]);
    }

    /// <summary>Declares that the route accepts neither a body nor query parameters.</summary>
    public static RouteHandlerBuilder AcceptsNoInput(this RouteHandlerBuilder route) => route.AcceptsQuery(NoParameters);

    /// <summary>Declares that the route accepts a JSON body and no query parameters.</summary>
    public static RouteHandlerBuilder AcceptsJson<TBody>(this RouteHandlerBuilder route)
        where TBody : notnull =>
        route.AcceptsQuery(NoParameters).WithMetadata(new AcceptsJsonBody(typeof(TBody)))
            .Fails(AccountProblems.InvalidBody, ProblemKind.InvalidParameter, ProblemKind.UnsupportedMediaType)
            .Fails(ProblemKind.BodyTooLarge, ProblemKind.RequestTimeout, ProblemKind.Overloaded);

    /// <summary>Declares the problems of a route that verifies the password again (reauthentication).</summary>
    public static RouteHandlerBuilder FailsReauthentication(this RouteHandlerBuilder route) =>
        route.Fails(AccountProblems.WrongPassword, AccountProblems.SignInAgain, ProblemKind.RateLimited);

    /// <summary>Declares the failures of a route whose link only the account's owner may use, in a session or with the password.</summary>
    public static RouteHandlerBuilder FailsOwnerCheck(this RouteHandlerBuilder route) =>
        route.Fails(
            AccountProblems.NotSignedIn,
            AccountProblems.WrongPassword,
            AccountProblems.CsrfFailed,
            AccountProblems.SecondFactorRequired,
            AccountProblems.SessionRequired,
            AccountProblems.PlanRequired,
            ProblemKind.RateLimited);

    /// <summary>Declares the success response 201 with the created object.</summary>
    public static RouteHandlerBuilder ReturnsCreated<TBody>(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces<TBody>(StatusCodes.Status201Created, "application/json");

    /// <summary>Declares the success response 204 without a body.</summary>
    public static RouteHandlerBuilder ReturnsNothing(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces(StatusCodes.Status204NoContent);

    /// <summary>Declares the success response 202; a mail is sent afterwards.</summary>
    public static RouteHandlerBuilder ReturnsAccepted(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces(StatusCodes.Status202Accepted);
}
