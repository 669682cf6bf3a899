using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Http.Problems;

/// <summary>The ways in which the management API fails beyond those that every route has.</summary>
internal static class AccountProblems
{
    public static readonly ProblemKind InvalidBody = new(400, "invalid_body", "The body is not the JSON object that the route takes.");
    public static readonly ProblemKind InvalidLink = new(400, "invalid_link", "The link is unknown, used or expired.");
    public static readonly ProblemKind NotSignedIn = new(401, "not_signed_in", "Sign in, or send a personal API token as \"Authorization: Bearer tk_pat_…\".");
    public static readonly ProblemKind WrongCredentials = new(401, "wrong_credentials", "Address or password is wrong.");
    public static readonly ProblemKind WrongCode = new(401, "wrong_code", "The code is wrong, was used before, or is too old.");
    public static readonly ProblemKind CsrfFailed = new(403, "csrf_failed", "A request that a cookie authorises needs the header X-CSRF-Token with the session's token.");
    public static readonly ProblemKind SessionRequired = new(403, "session_required", "This can only be done signed in, not with an API token.");
    public static readonly ProblemKind SecondFactorRequired = new(403, "second_factor_required", "The second factor is still to come.");
    public static readonly ProblemKind SignInAgain = new(403, "sign_in_again", "This account has no password: sign in again, and do it within ten minutes.");
    public static readonly ProblemKind WrongPassword = new(403, "wrong_password", "The current password is wrong.");
    public static readonly ProblemKind RoleRequired = new(403, "role_required", "Your role in this tenant doesn't allow it.");
    public static readonly ProblemKind PlanRequired = new(403, "plan_required", "The tenant's plan doesn't have this; plan is the smallest one that does.");
    public static readonly ProblemKind SignUpClosed = new(403, "sign_up_closed", "This server has an owner; others need an invitation.");
    public static readonly ProblemKind Conflict = new(409, "conflict", "The state of things doesn't allow it.");
    public static readonly ProblemKind NameTaken = new(409, "name_taken", "There is another one of that name.");
    public static readonly ProblemKind LimitReached = new(409, "limit_reached", "There can't be more of these.");

    /// <summary>The plan's no, as an answer.</summary>
    public static Problem AsProblem(this PlanRefusal refusal) =>
        PlanRequired.With(refusal.Why) with { Plan = refusal.Needed.Code };

    /// <summary>The role's no.</summary>
    public static Problem Needs(Role role) => RoleRequired.With(role == Role.Owner ? "Only the owner can do this." : $"This needs the role {role.Code()} or a higher one.");
}
