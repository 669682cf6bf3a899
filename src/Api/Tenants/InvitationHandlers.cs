using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Tenants;

/// <summary>
/// Handlers of invitations. An invitation is sent by mail and can be accepted only by the account with the invited address.
/// </summary>
internal static class InvitationHandlers
{
    private static readonly PlanRefusal Full = new(
        $"A tenant has at most {Limits.MembersPerTenant} members.", PlanTable.Of(PlanId.Enterprise));

    public static async Task<IResult> ListAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var invitations = await store.Invitations.ListAsync(http.TenantCaller().Tenant.Id, time.GetUtcNow(), http.RequestAborted);
        return TypedResults.Json(new InvitationsBody([.. invitations.Select(InvitationBody.Of)]), TenantsJson.Wire.InvitationsBody);
    }

    public static async Task<IResult> InviteAsync(
        HttpContext http, Throttles throttles, IAccountStore store, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(TenantsJson.Default.InviteBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        var role = checks.Role("role", body.Role);
        var caller = http.TenantCaller();
        var refused = checks.Problem
            ?? PlanGate.Feature(caller.Tenant.Plan, Feature.Teams)?.AsProblem()
            ?? throttles.Invitation(caller.Caller.Account.Id);
        if (refused is { } refusal)
            return refusal;
        var members = await store.Members.ListAsync(caller.Tenant.Id, http.RequestAborted);
        if (members.Any(member => EmailAddress.OfStored(member.Email).Key == email!.Key))
            return AccountProblems.Conflict.With("The address belongs to a member of the tenant.");

        var now = time.GetUtcNow();
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(now), TenantId = caller.Tenant.Id, TenantName = caller.Tenant.Name, Email = email!.Text,
            InvitedBy = caller.Caller.Account.Id, Role = role,
            CreatedAt = now, ExpiresAt = now + Limits.InvitationAge,
        };
        var line = caller.Line(AuditActions.MemberInvited, now, invitation.Id.ToString(), $"as {role.Code()}");
        // The token of the link is created when the mail is written. Until then no link works.
        var mail = outbox.Prepare(InvitationMails.Invitation(invitation, caller.Caller.Account.Name));
        var planRefusal = await store.Invitations.AddAsync(
            invitation, SecretToken.Hash(SecretToken.Generate()), count => Gate(caller.Tenant, count), mail, line, http.RequestAborted);
        if (planRefusal is not null)
            return planRefusal.AsProblem();
        outbox.Wake();
        return TypedResults.Json(InvitationBody.Of(invitation), TenantsJson.Wire.InvitationBody, statusCode: StatusCodes.Status201Created);
    }

    public static async Task<IResult> RevokeAsync(HttpContext http, Guid invitation, IAccountStore store, TimeProvider time)
    {
        var caller = http.TenantCaller();
        var line = caller.Line(AuditActions.InvitationRevoked, time.GetUtcNow(), invitation.ToString());
        return await store.Invitations.RevokeAsync(caller.Tenant.Id, invitation, line, http.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemKind.NotFound.AsProblem();
    }

    /// <summary>Accepts an invitation. A link for another address is treated as unknown.</summary>
    public static async Task<IResult> AcceptAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(HttpJson.Default.TokenBody);
        if (body is null)
            return problem!;
        var account = http.Caller().Account;
        if (SecretToken.TryHash(body.Token) is not { } hash
            || await store.Invitations.AcceptAsync(hash, account, time.GetUtcNow(), http.RequestAborted) is not { } accepted)
            return AccountProblems.InvalidLink.With(
                "The link is unknown, used or expired, it is for another address than this account's, or its sender may no longer invite.");
        if (accepted.Refusal is { } refusal)
            return refusal.AsProblem();
        var joined = (await store.Tenants.FindMembershipAsync(accepted.Invitation.TenantId, account.Id, http.RequestAborted))!;
        return TypedResults.Json(TenantBody.Of(joined), TenantsJson.Wire.TenantBody);
    }

    private static PlanRefusal? Gate(Tenant tenant, int count) =>
        PlanGate.OneMoreMember(tenant.Plan, count) ?? (count < Limits.MembersPerTenant ? null : Full);
}
