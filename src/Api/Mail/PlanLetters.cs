using System.Globalization;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Mail;

/// <summary>Writes the mails about quotas and plans.</summary>
internal sealed class PlanLetters(PublicAddress address)
{
    /// <summary>The mail about the used part of a month's quota.</summary>
    public async Task<Letter> UsageAsync(
        string email, Tenant tenant, int percent, long limit, DateTimeOffset resets, CancellationToken cancellationToken) => new(
        $"usage-{percent}", email,
        percent < 100
            ? $"{tenant.Name} has used {percent} % of this month's events"
            : $"{tenant.Name} has used all of this month's events",
        [
            percent < 100
                ? $"{tenant.Name} has used {percent} % of the {Number(limit)} events "
                    + $"that its plan ({tenant.Plan.Plan.Code}) includes per month."
                : $"{tenant.Name} has used all {Number(limit)} events that its plan ({tenant.Plan.Plan.Code}) includes per month. "
                    + "Further events are refused. SDKs keep them and send them again later.",
            $"The next month begins on {Day(resets)} at 00:00 UTC.",
        ],
        new("See the usage", await address.PageAsync("usage", null, cancellationToken)));

    /// <summary>The mail about a plan that keeps data for a shorter time than before.</summary>
    public async Task<Letter> DowngradeAsync(
        string email, Tenant tenant, int kept, DateTimeOffset deletedFrom, CancellationToken cancellationToken) => new(
        "downgrade", email, $"Older data of {tenant.Name} will be deleted",
        [
            $"The plan of {tenant.Name} is now {tenant.Plan.Plan.Code}, which keeps {Number(kept)} days of data instead of "
            + $"{(tenant.KeptDaysBefore is { } before ? $"{Number(before)} days" : "all")}.",
            $"From {Day(deletedFrom)} on, events and statistics that are older than {Number(kept)} days will be deleted permanently. "
            + $"Nothing will be deleted in the {Number((int)Limits.DowngradeNotice.TotalDays)} days before.",
        ],
        new("See the plan", await address.PageAsync("plan", null, cancellationToken)),
        ["If you choose a plan that keeps more before that day, nothing will be deleted."]);

    /// <summary>The mail to the owner about members and projects above the plan.</summary>
    public async Task<Letter> SuspensionAsync(
        string email, Tenant tenant, int members, int projects, CancellationToken cancellationToken)
    {
        var name = DisplayName.Unlinked(tenant.Name);
        List<string> paragraphs =
        [
            $"The plan of {name} ({tenant.Plan.Plan.Code}) allows less than it has. What was added last is suspended: "
            + $"{string.Join(" and ", Counted(members, "member").Concat(Counted(projects, "project")))}.",
        ];
        if (projects > 0)
            paragraphs.Add("The data of suspended projects can be read, but new events are refused. SDKs keep them and send them later.");
        if (members > 0)
            paragraphs.Add($"Suspended members can sign in and leave {name}, but not use it.");
        return new(
            "suspension", email, $"A part of {name} is suspended", paragraphs,
            new("See the plan", await address.PageAsync("plan", null, cancellationToken)),
            ["Nothing was deleted. With a larger plan, or if you remove others, they are no longer suspended."]);
    }

    /// <summary>The mail to a member who is suspended.</summary>
    public async Task<Letter> MemberSuspendedAsync(string email, Tenant tenant, CancellationToken cancellationToken)
    {
        var name = DisplayName.Unlinked(tenant.Name);
        return new(
            "member-suspended", email, $"You are suspended in {name}",
            [
                $"The plan of {name} on TelemetryKit allows fewer members than it has, and you are one of those who joined last.",
                $"You can sign in and leave {name}, but not use it until its plan allows more members. Its owner can change that.",
            ],
            new("Sign in", await address.PageAsync("sign-in", null, cancellationToken)));
    }

    private static IEnumerable<string> Counted(int count, string what) =>
        count == 0 ? [] : [$"{Number(count)} {what}{(count == 1 ? "" : "s")}"];

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
