using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Billing;

/// <summary>
/// The return from a Checkout. It needs no session: the id of a Checkout can't be guessed, and only causes a synchronisation, so that the
/// plan applies before the webhook.
/// </summary>
internal static class CheckoutReturnHandler
{
    public static async Task<IResult> ReturnAsync(HttpContext http, IAccountStore store, ITenantOperations tenants)
    {
        var (body, problem) = await http.ReadJsonAsync(BillingJson.Default.CheckoutReturnBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        checks.Require(body.Tenant is not null, "tenant", "It is required.");
        var checkout = checks.Text("checkout", body.Checkout);
        if (checks.Problem is { } refusal)
            return refusal;
        return await SyncAsync(store, tenants, body.Tenant!.Value, checkout, http.RequestAborted) is { } plan
            ? TypedResults.Json(
                new CheckoutReturnedBody(PlanTable.Of(plan).Code, plan != PlanId.Free), BillingJson.Wire.CheckoutReturnedBody)
            : ProblemKind.NotFound.With("The tenant has no such Checkout, or has begun another one since.");
    }

    /// <summary>Synchronises a tenant, and returns the plan that is paid, or <c>null</c> if its last Checkout is another one.</summary>
    public static async Task<PlanId?> SyncAsync(
        IAccountStore store, ITenantOperations tenants, Guid tenantId, string checkout, CancellationToken cancellationToken)
    {
        var account = await store.Billing.FindAsync(tenantId, cancellationToken);
        if (checkout.Length == 0 || account?.Checkout?.PageId != checkout)
            return null;
        await tenants.SyncBillingAsync(tenantId, cancellationToken);
        return ((await store.Billing.FindAsync(tenantId, cancellationToken))?.State ?? BillingState.None).Plan;
    }
}
