using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Tenants;

/// <summary>Handlers of the members of a tenant.</summary>
internal static class MemberHandlers
{
    private static readonly QueryParameter EndReadKeys = new(
        "end_read_keys", "Whether the read keys that the member created end, too. Otherwise they remain valid.", "boolean");

    public static readonly QueryParameters RemoveParameters = new(EndReadKeys);

    public static async Task<IResult> ListAsync(HttpContext http, IAccountStore store)
    {
        var members = await store.Members.ListAsync(http.TenantCaller().Tenant.Id, http.RequestAborted);
        var listed = members.Select(m => new MemberBody(m.AccountId, m.Name, m.Email, m.Role.Code(), m.IsSuspended, m.JoinedAt, m.HasTotp));
        return TypedResults.Json(new MembersBody([.. listed]), TenantsJson.Wire.MembersBody);
    }

    public static async Task<IResult> SetRoleAsync(HttpContext http, Guid account, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(TenantsJson.Default.RoleBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var role = checks.Role("role", body.Role);
        if ((checks.Problem ?? await RefuseAsync(http, account, role, store)) is { } refusal)
            return refusal;
        var caller = http.TenantCaller();
        var line = caller.Line(AuditActions.RoleChanged, time.GetUtcNow(), account.ToString(), $"to {role.Code()}");
        return await store.Members.SetRoleAsync(caller.Tenant.Id, account, role, line, http.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemKind.NotFound.AsProblem();
    }

    /// <summary>Removes a member, or leaves the tenant if the member is the caller.</summary>
    public static async Task<IResult> RemoveAsync(HttpContext http, Guid account, IAccountStore store, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, RemoveParameters);
        var endReadKeys = reader.Flag(EndReadKeys);
        if (reader.Problem is { } problem)
            return problem;
        var caller = http.TenantCaller();
        var leaves = account == caller.Caller.Account.Id;
        if (leaves && caller.Membership.Role == Role.Owner)
            return AccountProblems.Conflict.With("The owner can't leave. Transfer the ownership first.");
        if (!leaves && await RefuseAsync(http, account, Role.Viewer, store) is { } refusal)
            return refusal;
        var line = caller.Line(leaves ? AuditActions.MemberLeft : AuditActions.MemberRemoved, time.GetUtcNow(), account.ToString());
        return await store.Members.RemoveAsync(caller.Tenant.Id, account, endReadKeys, line, http.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemKind.NotFound.AsProblem();
    }

    private static async Task<Problem?> RefuseAsync(HttpContext http, Guid account, Role given, IAccountStore store)
    {
        var caller = http.TenantCaller();
        if (caller.FindRefusal(Permission.ManageMembers) is { } refusal)
            return refusal;
        if (await store.Tenants.FindMembershipAsync(caller.Tenant.Id, account, http.RequestAborted) is not { } other)
            return ProblemKind.NotFound.AsProblem();
        return caller.Membership.Role.MayManage(other.Role) && caller.Membership.Role.MayManage(given)
            ? null
            : AccountProblems.RoleRequired.With("The owner's role can only be transferred.");
    }
}
