using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using TelemetryKit.Api.Dashboard;
using TelemetryKit.Api.Server;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Billing;

/// <summary>
/// The page to which Checkout and the portal return. It is a page of the dashboard, or a plain one if the dashboard isn't built.
/// </summary>
internal static class ReturnPage
{
    /// <summary>The path of the page.</summary>
    public const string Path = "/billing/return";

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
        HttpContext http, DashboardFiles files, IAccountStore store, ITenantOperations tenants, Readiness readiness)
    {
        if (files.IsBuilt)
            return files.GetPage(http);
        var query = http.Request.Query;
        if (query.ContainsKey("cancelled"))
            return Page("Nothing was paid", "The Checkout was left. The plan didn't change.");
        if (!readiness.IsStarted || !Guid.TryParse(query["tenant"], out var tenantId))
            return Page("Billing", "The state of the subscription is shown on the page of the plan.");
        try
        {
            return await CheckoutReturnHandler.SyncAsync(store, tenants, tenantId, query["checkout"].ToString(), http.RequestAborted) switch
            {
                null => Page("Billing", "The state of the subscription is shown on the page of the plan."),
                PlanId.Free => Page("Thank you", "The payment is being confirmed. The plan changes within minutes."),
                { } plan => Page("Thank you", $"The plan is {PlanTable.Of(plan).Code} now. Refused events arrive within the hour."),
            };
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
