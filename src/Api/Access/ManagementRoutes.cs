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
        routes.MapGroup("").AddEndpointFilter<CallerFilter>().WithTags(tag).Fails(Always);

    /// <summary>Maps routes that don't require a caller.</summary>
    public static RouteGroupBuilder MapPublic(this IEndpointRouteBuilder routes, string tag) =>
        routes.MapGroup("").AddEndpointFilter<PublicFilter>().WithTags(tag).Fails(Always);

    /// <summary>Declares what the route requires of its caller, and the problems that follow from it.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Needs needs)
    {
        List<ProblemKind> failures = [AccountProblems.NotSignedIn, AccountProblems.CsrfFailed, AccountProblems.SecondFactorRequired];
        failures.Add(needs.SessionOnly ? AccountProblems.SessionRequired : AccountProblems.PlanRequired);
        if (needs.Permission is not null)
            failures.AddRange([AccountProblems.RoleRequired, ProblemKind.NotFound]);
        return route.WithMetadata(needs).Fails([.. failures]);
    }

    /// <summary>Declares that the route takes neither a body nor parameters.</summary>
    public static RouteHandlerBuilder TakesNothing(this RouteHandlerBuilder route) => route.Takes(NoParameters);

    /// <summary>Declares that the route takes a JSON body.</summary>
    public static RouteHandlerBuilder TakesJson<TBody>(this RouteHandlerBuilder route)
        where TBody : notnull =>
        route.TakesNothing().WithMetadata(new TakesBody(typeof(TBody)))
            .Fails(AccountProblems.InvalidBody, ProblemKind.InvalidParameter, ProblemKind.UnsupportedMediaType)
            .Fails(ProblemKind.BodyTooLarge, ProblemKind.RequestTimeout, ProblemKind.Overloaded);

    /// <summary>Declares the problems of routes that verify the password again.</summary>
    public static RouteHandlerBuilder FailsAgain(this RouteHandlerBuilder route) =>
        route.Fails(AccountProblems.WrongPassword, AccountProblems.SignInAgain, ProblemKind.RateLimited);

    /// <summary>Declares the failures of a route whose link only the account's owner may use, in a session or with the password.</summary>
    public static RouteHandlerBuilder FailsForOthers(this RouteHandlerBuilder route) =>
        route.Fails(
            AccountProblems.NotSignedIn,
            AccountProblems.WrongPassword,
            AccountProblems.CsrfFailed,
            AccountProblems.SecondFactorRequired,
            AccountProblems.SessionRequired,
            AccountProblems.PlanRequired,
            ProblemKind.RateLimited);

    /// <summary>Declares the success response 201 with the created object.</summary>
    public static RouteHandlerBuilder AnswersCreated<TBody>(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces<TBody>(StatusCodes.Status201Created, "application/json");

    /// <summary>Declares the success response 204 without a body.</summary>
    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces(StatusCodes.Status204NoContent);

    /// <summary>Declares the success response 202; a mail is sent afterwards.</summary>
    public static RouteHandlerBuilder AnswersAccepted(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces(StatusCodes.Status202Accepted);
}
