using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Http.Problems;

/// <summary>The problems of the management API, in addition to those that every route can return.</summary>
internal static class AccountProblems
{
    public static readonly ProblemKind InvalidBody = new(400, "invalid_body", "The body is not the expected JSON object.");
    public static readonly ProblemKind InvalidLink = new(400, "invalid_link", "The link is unknown, was used, or has expired.");
    public static readonly ProblemKind NotSignedIn = new(
        401, "not_signed_in", "The request has no valid session and no valid API token (\"Authorization: Bearer tk_pat_…\").");
    public static readonly ProblemKind WrongCredentials = new(401, "wrong_credentials", "The address or the password is wrong.");
    public static readonly ProblemKind WrongCode = new(401, "wrong_code", "The code is wrong, was used before, or is too old.");
    public static readonly ProblemKind CsrfFailed = new(
        403, "csrf_failed", "A request with a session cookie needs the header X-CSRF-Token with the token of the session.");
    public static readonly ProblemKind SessionRequired = new(
        403, "session_required", "This requires a session; an API token is not enough.");
    public static readonly ProblemKind ScopeRequired = new(403, "scope_required", "The scopes of the API token do not allow this.");
    public static readonly ProblemKind MemberSuspended = new(
        403, "member_suspended", "The tenant has more members than its plan allows, and the caller is suspended until it allows more.");
    public static readonly ProblemKind SecondFactorRequired = new(403, "second_factor_required", "The session requires the second factor.");
    public static readonly ProblemKind SignInAgain = new(
        403, "sign_in_again", "The account has no password. Sign in again, and repeat the request within ten minutes.");
    public static readonly ProblemKind WrongPassword = new(403, "wrong_password", "The current password is wrong.");
    public static readonly ProblemKind RoleRequired = new(
        403, "role_required", "The role of the caller in the tenant does not allow this.");
    public static readonly ProblemKind PlanRequired = new(
        403, "plan_required", "The plan of the tenant does not include this; plan is the smallest plan that does.");
    public static readonly ProblemKind SignUpClosed = new(
        403, "sign_up_closed", "This server has an owner. Everyone else needs an invitation.");
    public static readonly ProblemKind Conflict = new(409, "conflict", "The current state does not allow this.");
    public static readonly ProblemKind NameTaken = new(409, "name_taken", "The name is in use.");
    public static readonly ProblemKind LimitReached = new(409, "limit_reached", "The limit is reached.");

    /// <summary>Returns the problem for a source that presented too many unknown keys, sessions or API tokens.</summary>
    public static Problem TooManyUnknown(TimeSpan retryAfter) =>
        ProblemKind.RateLimited.With("This source sent too many unknown keys, sessions or tokens.") with { RetryAfter = retryAfter };

    /// <summary>Returns the problem for a refusal by the plan.</summary>
    public static Problem AsProblem(this PlanRefusal refusal) =>
        PlanRequired.With(refusal.Reason) with { Plan = refusal.Needed.Code };

    /// <summary>Returns the problem for an API token without a scope.</summary>
    public static Problem Needs(TokenScopes scope) => ScopeRequired.With($"The API token needs the scope {scope.Code()}.");

    /// <summary>Returns the problem for a caller whose role is lower than the required one.</summary>
    public static Problem Needs(Role role) => RoleRequired.With(
        role == Role.Owner ? "Only the owner can do this." : $"This requires the role {role.Code()} or a higher one.");
}
