using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using TelemetryKit.Api.Server;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Billing;

/// <summary>
/// The page to which Checkout and the portal return. It needs no session: the address contains the id of a Checkout, which can't be
/// guessed, and only causes a synchronisation, so that the plan is there before the webhook.
/// </summary>
internal static class ReturnPage
{
    private const string Template =
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{0}</title></head>
        <body style="font-family: system-ui, sans-serif; margin: 4rem auto; max-width: 34rem; padding: 0 1rem">
        <h1>{0}</h1>
        <p>{1}</p>
        <p>You can close this page.</p>
        </body>
        </html>
        """;

    public static async Task<IResult> GetAsync(
        HttpContext http, IAccountStore store, ITenantOperations tenants, Readiness readiness)
    {
        var query = http.Request.Query;
        var ct = http.RequestAborted;
        if (!readiness.IsStarted || !Guid.TryParse(query["tenant"], out var tenantId))
            return Page("Billing", "The state of the subscription is shown on the page of the plan.");
        try
        {
            var account = await store.Billing.FindAsync(tenantId, ct);
            var isOurs = query["checkout"].ToString() is { Length: > 0 } checkout && account?.Checkout?.PageId == checkout;
            if (!isOurs)
            {
                return query.ContainsKey("cancelled")
                    ? Page("Nothing was paid", "The Checkout was left. The plan didn't change.")
                    : Page("Billing", "The state of the subscription is shown on the page of the plan.");
            }

            await tenants.SyncBillingAsync(tenantId, ct);
            var state = (await store.Billing.FindAsync(tenantId, ct))?.State ?? BillingState.None;
            return state.Plan == PlanId.Free
                ? Page("Thank you", "The payment is being confirmed. The plan changes within minutes.")
                : Page("Thank you", $"The plan is {PlanTable.Of(state.Plan).Code} now. Refused events arrive within the hour.");
        }
        catch (StorageUnavailableException)
        {
            return Page("Thank you", "The payment is being confirmed. The plan changes within minutes.");
        }
    }

    private static ContentHttpResult Page(string title, string text) =>
        TypedResults.Content(
            Template.Replace("{0}", WebUtility.HtmlEncode(title), StringComparison.Ordinal)
                .Replace("{1}", WebUtility.HtmlEncode(text), StringComparison.Ordinal),
            "text/html; charset=utf-8");
}
