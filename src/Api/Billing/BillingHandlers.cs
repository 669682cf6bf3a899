using Microsoft.AspNetCore.Http.HttpResults;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Billing;

/// <summary>Handlers of the owner's routes of billing.</summary>
internal static class BillingHandlers
{
    private const int MostInvoices = 12;

    // The page of the plan must not wait for a provider that doesn't respond.
    private static readonly TimeSpan ProviderTime = TimeSpan.FromSeconds(5);

    public static readonly QueryParameters Parameters = new(CallerFilter.Tenant);

    public static async Task<IResult> GetAsync(
        HttpContext http, IAccountStore store, IBillingGateway gateway, ITenantOperations tenants, TimeProvider time)
    {
        if (QueryProblem(http) is { } problem)
            return problem;
        var (tenant, ct) = (http.TenantCaller().Tenant, http.RequestAborted);
        var month = QuotaMonth.Of(time.GetUtcNow()).FirstDay;
        var account = await store.Billing.FindAsync(tenant.Id, ct);
        var usage = await store.Usage.ReadAsync(tenant.Id, month, ct);
        var forecast = await tenants.ForecastAsync(tenant.Id, ct);
        var overage = await store.Billing.ReadOverageAsync(tenant.Id, month, ct);
        var (upcoming, invoices) = await InvoicesAsync(gateway, account, time, ct);
        var body = BillingCodes.Body(tenant, account, usage, forecast, overage, upcoming, invoices);
        return TypedResults.Json(body, BillingJson.Wire.BillingBody);
    }

    public static async Task<IResult> CheckoutAsync(HttpContext http, Checkouts checkouts, PublicAddress address)
    {
        var (body, problem) = await ReadAsync(http, BillingJson.Default.CheckoutBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var (plan, interval) = (BillingCodes.SoldPlan(body.Plan), BillingCodes.Interval(body.Interval ?? "month"));
        checks.Require(plan is not null, "plan", $"It must be {SoldCodes}.");
        checks.Require(interval is not null, "interval", "It must be month or year.");
        if (checks.Problem is { } refusal)
            return refusal;
        var caller = http.TenantCaller();
        if (caller.Tenant.PlanByOperator)
            return AccountProblems.Conflict.With("The operator set the plan of this tenant.");
        var root = await address.PageAsync($"billing/return?tenant={caller.Tenant.Id}", null, http.RequestAborted);
        // Not with the class Uri, which would escape the braces.
        var addresses = new CheckoutReturn(new Uri(root + "&checkout={CHECKOUT_SESSION_ID}"), new Uri(root + "&cancelled=true"));
        return await BillingProblems.TryAsync(async () =>
        {
            var result = await checkouts.BeginAsync(
                caller.Tenant, caller.Caller.Account.Email, plan!.Value, interval!.Value, addresses, http.RequestAborted);
            return result switch
            {
                { Outcome: CheckoutOutcome.Page, Address: { } page } => Page("checkout", page),
                { Outcome: CheckoutOutcome.Card, Address: { } page } => Page("card", page),
                { Outcome: CheckoutOutcome.Subscribed } => BillingProblems.Subscribed.AsProblem(),
                _ => ProblemKind.NotFound.AsProblem(),
            };
        });
    }

    public static async Task<IResult> PortalAsync(HttpContext http, IAccountStore store, IBillingGateway gateway, PublicAddress address)
    {
        if (QueryProblem(http) is { } problem)
            return problem;
        var tenantId = http.TenantCaller().Tenant.Id;
        if (await store.Billing.FindAsync(tenantId, http.RequestAborted) is not { CustomerId: { } customer })
            return BillingProblems.NoSubscription.AsProblem();
        var root = await address.PageAsync($"billing/return?tenant={tenantId}", null, http.RequestAborted);
        return await BillingProblems.TryAsync(async () =>
            Page("portal", await gateway.CreatePortalAsync(customer, PortalFlow.Home, root, http.RequestAborted)));
    }

    public static async Task<IResult> ChangeAsync(HttpContext http, PlanChanges changes)
    {
        var (body, problem) = await ReadAsync(http, BillingJson.Default.ChangeBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var plan = body.Plan == PlanTable.Of(PlanId.Free).Code ? PlanId.Free : BillingCodes.SoldPlan(body.Plan);
        var interval = BillingCodes.Interval(body.Interval);
        checks.Require(plan is not null, "plan", $"It must be {PlanTable.Of(PlanId.Free).Code}, {SoldCodes}.");
        checks.Require(body.Interval is null || interval is not null, "interval", "It must be month or year.");
        if (checks.Problem is { } refusal)
            return refusal;
        var tenantId = http.TenantCaller().Tenant.Id;
        return await BillingProblems.TryAsync(async () =>
        {
            // Not cancelled with the request: the change would be made, but not stored.
            var outcome = await changes.ChangeAsync(tenantId, plan!.Value, interval, CancellationToken.None);
            return outcome switch
            {
                PlanChangeOutcome.NotSubscribed => BillingProblems.NoSubscription.AsProblem(),
                PlanChangeOutcome.Unpaid => BillingProblems.PaymentFailed.AsProblem(),
                _ => TypedResults.Json(new ChangedBody(outcome.ToString().ToLowerInvariant()), BillingJson.Wire.ChangedBody),
            };
        });
    }

    public static async Task<IResult> SetOverageAsync(HttpContext http, Overage overage, TimeProvider time)
    {
        var (body, problem) = await ReadAsync(http, BillingJson.Default.OverageBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        checks.Require(body.Enabled is not null, "enabled", "It is required.");
        if (body.Enabled == true)
        {
            checks.Require(
                body.CapUsd is >= 1 and <= Limits.OverageCapUsd && decimal.Round(body.CapUsd.Value, 2) == body.CapUsd, "cap_usd",
                $"It must be from 1 to {Limits.OverageCapUsd} US dollars, with at most two decimal places.");
        }

        if (checks.Problem is { } refusal)
            return refusal;
        var caller = http.TenantCaller();
        var cents = body.Enabled == true ? (long?)(body.CapUsd!.Value * 100) : null;
        var detail = cents is null ? "refused" : FormattableString.Invariant($"up to {body.CapUsd:0.##} USD a month");
        var line = caller.Line(AuditActions.OverageChanged, time.GetUtcNow(), detail: detail);
        return await BillingProblems.TryAsync(async () =>
            await overage.SetCapAsync(caller.Tenant.Id, cents, line, CancellationToken.None)
                ? TypedResults.NoContent()
                : BillingProblems.NoSubscription.AsProblem());
    }

    private static string SoldCodes => string.Join(" or ", PlanPrices.Sold.Select(plan => PlanTable.Of(plan).Code));

    private static JsonHttpResult<BillingPageBody> Page(string kind, Uri address) =>
        TypedResults.Json(new BillingPageBody(kind, address), BillingJson.Wire.BillingPageBody);

    private static Problem? QueryProblem(HttpContext http) => new QueryReader(http.Request.Query, Parameters).Problem;

    private static async ValueTask<(T? Body, Problem? Problem)> ReadAsync<T>(
        HttpContext http, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class =>
        QueryProblem(http) is { } problem ? (null, problem) : await http.ReadJsonAsync(type);

    // Everything that is stored is shown, whether the payment provider can be reached or not.
    private static async Task<(UpcomingInvoice? Upcoming, IReadOnlyList<BillingInvoice>? Invoices)> InvoicesAsync(
        IBillingGateway gateway, BillingAccount? account, TimeProvider time, CancellationToken cancellationToken)
    {
        if (account is not { CustomerId: { } customer, State: var state })
            return (null, []);
        using var slow = new CancellationTokenSource(ProviderTime, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(slow.Token, cancellationToken);
        try
        {
            var invoices = await gateway.ListInvoicesAsync(customer, MostInvoices, ended.Token);
            var upcoming = state is { SubscriptionId: { } subscription, Status: { } status } && BillingState.IsOpen(status)
                ? await gateway.PreviewInvoiceAsync(customer, subscription, ended.Token)
                : null;
            return (upcoming, invoices);
        }
        catch (Exception fault) when (fault is BillingUnavailableException or BillingRefusedException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, null);
        }
    }
}
