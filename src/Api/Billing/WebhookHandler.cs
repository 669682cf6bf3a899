using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Billing;

/// <summary>
/// Receives webhooks. It stores that the tenant is due and returns; the state is fetched afterwards. So a webhook that is sent again, late
/// or in another order has no other effect than a further synchronisation.
/// </summary>
internal sealed partial class WebhookHandler(
    IAccountStore store, IBillingGateway gateway, BillingJobs jobs, BodyBudget bodies, Readiness readiness, TelemetryKitMetrics metrics,
    TimeProvider time, ILogger<WebhookHandler> log)
{
    /// <summary>The name of the header with the signature.</summary>
    public const string SignatureHeader = "Stripe-Signature";

    public async Task<IResult> ReceiveAsync(HttpContext http)
    {
        if (!readiness.IsStarted)
            return ProblemKind.StorageUnavailable.With("The server is starting. Send the same request again.");
        using var body = new RequestBody(http.Request, bodies, BodyOwner.Of(http.Request), Limits.WebhookBytes);
        await body.ReadAsync();
        if (body.Problem is not null)
            return body.Problem;
        var signature = http.Request.Headers[SignatureHeader].ToString();
        var bytes = body.Bytes.IsSingleSegment ? body.Bytes.First : System.Buffers.BuffersExtensions.ToArray(body.Bytes);
        if (gateway.ReadWebhook(bytes, signature) is not { } webhook)
            return BillingProblems.InvalidSignature.AsProblem();
        var isNew = await store.Billing.ReceiveAsync(webhook.Id, webhook.CustomerId, time.GetUtcNow(), CancellationToken.None);
        if (isNew)
            Report(webhook);
        jobs.Wake();
        return TypedResults.Ok();
    }

    // The operator's alerts are on these counters: see docs/BILLING.md.
    private void Report(BillingWebhook webhook)
    {
        metrics.BillingWebhook(webhook.Kind switch
        {
            BillingWebhookKind.Dispute => "dispute",
            BillingWebhookKind.OverageFault => "overage_fault",
            BillingWebhookKind.Customer => "customer",
            _ => "other",
        });
        if (webhook.Kind == BillingWebhookKind.Dispute)
            LogDispute(webhook.Type, webhook.Id);
        else if (webhook.Kind == BillingWebhookKind.OverageFault)
            LogOverageFault(webhook.Type, webhook.Id);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Money went back, or a customer disputes a charge. Look at the event in the dashboard of Stripe: {Type} {Event}")]
    private partial void LogDispute(string type, string @event);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Stripe didn't accept events above a quota that were reported, so they aren't billed. Look at the event: {Type} {Event}")]
    private partial void LogOverageFault(string type, string @event);
}
