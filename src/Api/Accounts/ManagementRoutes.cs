using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Problems;
using TelemetryKit.Api.Stats;

namespace TelemetryKit.Api.Accounts;

/// <summary>How routes of the management API are mapped: behind which door, and what they say of themselves for the OpenAPI document.</summary>
internal static class ManagementRoutes
{
    private static readonly QueryParameters NoParameters = new();
    private static readonly Failures Always = new(ProblemKind.InternalError, ProblemKind.StorageUnavailable);

    /// <summary>Routes that need a caller. Each says what it <see cref="Needs(RouteHandlerBuilder, Access.Needs)"/>.</summary>
    public static RouteGroupBuilder MapManagement(this IEndpointRouteBuilder routes, string tag) =>
        routes.MapGroup("").AddEndpointFilter<CallerFilter>().WithTags(tag).WithMetadata(Always);

    /// <summary>Routes that need nobody signed in.</summary>
    public static RouteGroupBuilder MapPublic(this IEndpointRouteBuilder routes, string tag) =>
        routes.MapGroup("").AddEndpointFilter<PublicFilter>().WithTags(tag).WithMetadata(Always);

    /// <summary>What the route needs of its caller, and so how it refuses.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Needs needs)
    {
        List<ProblemKind> failures = [AccountProblems.NotSignedIn, AccountProblems.CsrfFailed, AccountProblems.SecondFactorRequired];
        failures.Add(needs.SessionOnly ? AccountProblems.SessionRequired : AccountProblems.PlanRequired);
        if (needs.Permission is not null)
            failures.AddRange([AccountProblems.RoleRequired, ProblemKind.NotFound]);
        return route.WithMetadata(needs, new Failures(failures));
    }

    /// <summary>The route takes neither a body nor parameters.</summary>
    public static RouteHandlerBuilder TakesNothing(this RouteHandlerBuilder route) => route.Takes(NoParameters);

    /// <summary>The route takes a JSON body.</summary>
    public static RouteHandlerBuilder TakesJson<TBody>(this RouteHandlerBuilder route)
        where TBody : notnull =>
        route.TakesNothing().WithMetadata(new TakesBody(typeof(TBody)))
            .Fails(AccountProblems.InvalidBody, ProblemKind.InvalidParameter, ProblemKind.UnsupportedMediaType, ProblemKind.BodyTooLarge);

    /// <summary>The route asks for the password again, which can fail in ways of its own.</summary>
    public static RouteHandlerBuilder FailsAgain(this RouteHandlerBuilder route) =>
        route.Fails(AccountProblems.WrongPassword, AccountProblems.SignInAgain, ProblemKind.RateLimited);

    /// <summary>The route takes a link that is only for the account's owner: one who is signed in, or sends the password.</summary>
    public static RouteHandlerBuilder FailsForOthers(this RouteHandlerBuilder route) =>
        route.Fails(
            AccountProblems.NotSignedIn, AccountProblems.WrongPassword, AccountProblems.CsrfFailed, AccountProblems.SecondFactorRequired,
            AccountProblems.SessionRequired, AccountProblems.PlanRequired, ProblemKind.RateLimited);

    /// <summary>The good answer: what was made.</summary>
    public static RouteHandlerBuilder AnswersCreated<TBody>(this RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Produces<TBody>(StatusCodes.Status201Created, "application/json");

    /// <summary>The good answer: nothing more to say.</summary>
    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder route, string summary) => route.WithSummary(summary).Produces(StatusCodes.Status204NoContent);

    /// <summary>The good answer: it is taken, and a mail follows.</summary>
    public static RouteHandlerBuilder AnswersAccepted(this RouteHandlerBuilder route, string summary) => route.WithSummary(summary).Produces(StatusCodes.Status202Accepted);
}
