using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Json;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Problems;
using TelemetryKit.Grains;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Plans;
using TelemetryKit.Grains.Accounts.Roles;
using TelemetryKit.Grains.Accounts.Secrets;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Api.Tenants;

/// <summary>Invitations: sent by mail, accepted by the account of that very address.</summary>
internal static class InvitationHandlers
{
    private static readonly PlanRefusal Full = new($"A tenant has at most {Limits.MembersPerTenant} members.", PlanTable.Of(PlanId.Enterprise));

    public static async Task<IResult> ListAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var invitations = await store.Invitations.ListAsync(http.TenantCaller().Tenant.Id, time.GetUtcNow(), http.RequestAborted);
        return TypedResults.Json(new InvitationsBody([.. invitations.Select(InvitationBody.Of)]), ManagementJson.Wire.InvitationsBody);
    }

    public static async Task<IResult> InviteAsync(HttpContext http, Throttles throttles, IAccountStore store, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.InviteBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        var role = checks.Role("role", body.Role);
        var caller = http.TenantCaller();
        if ((checks.Problem ?? PlanGate.Feature(caller.Tenant.Plan, Feature.Teams)?.AsProblem() ?? throttles.Invitation(caller.Caller.Account.Id)) is { } refusal)
            return refusal;
        if ((await store.Members.ListAsync(caller.Tenant.Id, http.RequestAborted)).Any(member => EmailAddress.OfStored(member.Email).Key == email!.Key))
            return AccountProblems.Conflict.With("They are a member already.");

        var now = time.GetUtcNow();
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(now), TenantId = caller.Tenant.Id, TenantName = caller.Tenant.Name, Email = email!.Text, Role = role, CreatedAt = now, ExpiresAt = now + Limits.InvitationAge,
        };
        var line = caller.Line(AuditActions.MemberInvited, now, invitation.Id.ToString(), $"{email.Text} as {role.Code()}");
        // The link is made when the mail is written; until then nobody has one.
        if (await store.Invitations.AddAsync(invitation, SecretToken.Hash(SecretToken.Generate()), count => Gate(caller.Tenant, count), line, http.RequestAborted) is { } planRefusal)
            return planRefusal.AsProblem();
        await outbox.AddAsync(InvitationMails.Invitation(invitation, caller.Caller.Account.Name));
        return TypedResults.Json(InvitationBody.Of(invitation), ManagementJson.Wire.InvitationBody, statusCode: StatusCodes.Status201Created);
    }

    public static async Task<IResult> RevokeAsync(HttpContext http, Guid invitation, IAccountStore store, TimeProvider time)
    {
        var caller = http.TenantCaller();
        var line = caller.Line(AuditActions.InvitationRevoked, time.GetUtcNow(), invitation.ToString());
        return await store.Invitations.RevokeAsync(caller.Tenant.Id, invitation, line, http.RequestAborted) ? TypedResults.NoContent() : ProblemKind.NotFound.AsProblem();
    }

    /// <summary>Joins the tenant of a link. A link for another address is as unknown as none.</summary>
    public static async Task<IResult> AcceptAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.TokenBody);
        if (body is null)
            return problem!;
        var account = http.Caller().Account;
        if (SecretToken.TryHash(body.Token) is not { } hash || await store.Invitations.AcceptAsync(hash, account, time.GetUtcNow(), http.RequestAborted) is not { } accepted)
            return AccountProblems.InvalidLink.With("The link is unknown, used or expired, or it is for another address than this account's.");
        var joined = (await store.Tenants.FindMembershipAsync(accepted.TenantId, account.Id, http.RequestAborted))!;
        return TypedResults.Json(TenantBody.Of(joined.Tenant, joined.Role), ManagementJson.Wire.TenantBody);
    }

    private static PlanRefusal? Gate(Tenant tenant, int count) => PlanGate.OneMoreMember(tenant.Plan, count) ?? (count < Limits.MembersPerTenant ? null : Full);
}
