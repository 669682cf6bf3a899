using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Tenants;

/// <summary>Handlers of tenants and of the list of plans.</summary>
internal static class TenantHandlers
{
    public static IResult Plans() =>
        TypedResults.Json(new PlansBody([.. PlanTable.Offered.Select(PlanBody.Of)]), TenantsJson.Wire.PlansBody);

    public static async Task<IResult> ListAsync(HttpContext http, IAccountStore store)
    {
        var caller = http.Caller();
        var memberships = caller.Bearer is { } bearer
            ? [bearer.Membership]
            : await store.Tenants.ListOfAsync(caller.Account.Id, http.RequestAborted);
        return TypedResults.Json(
            new TenantsBody([.. memberships.Select(m => TenantBody.Of(m))]), TenantsJson.Wire.TenantsBody);
    }

    /// <summary>Creates a tenant on the hosted service. A self-hosted server has exactly one tenant.</summary>
    public static async Task<IResult> CreateAsync(HttpContext http, IAccountStore store, ServerSettings settings, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(HttpJson.Default.NameBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var name = checks.Name("name", body.Name);
        if (checks.Problem is { } refusal)
            return refusal;
        if (!settings.Accounts.Hosted)
            return AccountProblems.Conflict.With("This server has one tenant, which its members share.");
        var (id, now) = (Guid.CreateVersion7(time.GetUtcNow()), time.GetUtcNow());
        if (!await store.Tenants.CreateAsync(id, name, PlanId.Free, http.Caller().Account.Id, MayCreate, now, http.RequestAborted))
            return AccountProblems.LimitReached.With("The account already owns a tenant on the Free plan.");
        var tenant = new Tenant { Id = id, Name = name, CreatedAt = now, PlanId = PlanId.Free };
        return TypedResults.Json(TenantBody.Of(tenant, Role.Owner), TenantsJson.Wire.TenantBody, statusCode: StatusCodes.Status201Created);
    }

    // An account can own one tenant on the Free plan. Otherwise its quota could be exceeded with more tenants.
    private static bool MayCreate(IReadOnlyList<Membership> memberships) =>
        !memberships.Any(m => m.Role == Role.Owner && m.Tenant.PlanId == PlanId.Free);

    public static IResult Get(HttpContext http) =>
        TypedResults.Json(TenantBody.Of(http.TenantCaller().Membership), TenantsJson.Wire.TenantBody);

    public static async Task<IResult> RenameAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(HttpJson.Default.NameBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var name = checks.Name("name", body.Name);
        if (checks.Problem is { } refusal)
            return refusal;
        var caller = http.TenantCaller();
        var line = caller.Line(AuditActions.TenantRenamed, time.GetUtcNow(), detail: name);
        await store.Tenants.RenameAsync(caller.Tenant.Id, name, line, http.RequestAborted);
        return TypedResults.NoContent();
    }

    public static async Task<IResult> DeleteAsync(
        HttpContext http, Reauthentication reauthentication, Admissions admissions, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.PasswordBody);
        if ((problem ?? await reauthentication.CheckAsync(http, http.Caller(), body!.Password)) is { } refusal)
            return refusal;
        var tenantId = http.TenantCaller().Tenant.Id;
        if (await admissions.ProtectedTenantAsync(http.RequestAborted) == tenantId)
            return AccountProblems.Conflict.With("The default tenant of a server can't be deleted.");
        var removed = await store.Tenants.DeleteAsync(tenantId, time.GetUtcNow(), CancellationToken.None);
        return TypedResults.Json(RemovedBody.Of(removed), HttpJson.Wire.RemovedBody);
    }

    public static async Task<IResult> HandOverAsync(
        HttpContext http, Reauthentication reauthentication, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(TenantsJson.Default.HandOverBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var isOther = body.AccountId is not null && body.AccountId != http.Caller().Account.Id;
        checks.Require(isOther, "account_id", "It must be another member's account.");
        if ((checks.Problem ?? await reauthentication.CheckAsync(http, http.Caller(), body.Password)) is { } refusal)
            return refusal;
        var caller = http.TenantCaller();
        var (from, to) = (caller.Caller.Account.Id, body.AccountId!.Value);
        var line = caller.Line(AuditActions.HandedOver, time.GetUtcNow(), to.ToString());
        return await store.Members.HandOverAsync(caller.Tenant.Id, from, to, line, http.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemKind.NotFound.With("The tenant has no such member.");
    }
}
