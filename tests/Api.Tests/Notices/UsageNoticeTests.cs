using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Api.Tests.Notices;

/// <summary>What owners are told, how often, and what becomes of it when the mail server is away.</summary>
public class UsageNoticeTests
{
    private const int Replicas = 12;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_owner_is_notified_once_at_80_and_once_at_100_percent_with_several_replicas(string storage)
    {
        await using var world = await NoticeWorld.CreateAsync(storage, Replicas);
        var (tenant, email) = await world.TenantAsync(PlanId.Free);
        await world.TenantAsync(PlanId.Free); // uses nothing
        var (unlimited, _) = await world.TenantAsync(PlanId.SelfHosted);
        await world.UseAsync(unlimited, 1_000_000);

        foreach (var (events, letters) in ((long, string[])[])
        [
            (7_999, []), (1, ["usage-80"]), (1_999, ["usage-80"]), (1, ["usage-80", "usage-100"]), (5, ["usage-80", "usage-100"]),
        ])
        {
            await world.UseAsync(tenant, events);
            await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
            world.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(letters, world.Letters.Select(letter => letter.Kind));
        }

        Assert.All(world.Letters, letter => Assert.Equal(email, letter.To));
        var text = LetterBody.Text(world.Letters[1]);
        Assert.Contains("all 10,000 events", text);
        Assert.Contains("1 December 2026", text);
        Assert.Contains("http://telemetry.example.org/usage", text);
        Assert.Contains("<a href=\"http://telemetry.example.org/usage\">", LetterBody.Html(world.Letters[0]));

        // Another month, and another limit in the same month, have their own notices.
        await world.Accounts.Tenants.SetPlanAsync(
            tenant, PlanId.Pro, CustomLimits.None, new(Core.Accounts.Actor.Operator, "plan.changed", world.Time.GetUtcNow()), default);
        await world.UseAsync(tenant, 75_000);
        await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
        Assert.Equal(3, world.Letters.Count);
        world.Time.Advance(TimeSpan.FromDays(12));
        await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
        Assert.Equal(3, world.Letters.Count);
        await world.UseAsync(tenant, 100_000);
        await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
        Assert.Equal(["usage-100", "usage-80"], world.Letters.Skip(3).Select(letter => letter.Kind).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_notice_that_could_not_be_sent_is_sent_later_and_once(string storage)
    {
        await using var world = await NoticeWorld.CreateAsync(storage, Replicas);
        var (tenant, _) = await world.TenantAsync(PlanId.Free);
        await world.UseAsync(tenant, 9_000);
        world.Refuse(MailFailure.Deferred, letters: 3);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            Assert.Empty(world.Letters);
            await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
            world.Time.Advance(TimeSpan.FromMinutes(5));
        }

        await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
        Assert.Equal("usage-80", Assert.Single(world.Letters).Kind);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_notice_whose_sender_died_is_sent_by_another(string storage)
    {
        await using var world = await NoticeWorld.CreateAsync(storage, Replicas);
        var (tenant, _) = await world.TenantAsync(PlanId.Free);
        await world.UseAsync(tenant, 9_000);
        var now = world.Time.GetUtcNow();
        await world.QueueAsync(1, async replica =>
        {
            await replica.QueueMissingUsageNoticesAsync(default);
            Assert.Single(await world.Accounts.Mails.LeaseAsync(10, now, now + Limits.MailLease, default));
        });
        await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
        Assert.Empty(world.Letters);
        world.Time.Advance(Limits.MailLease);
        await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
        Assert.Single(world.Letters);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_refused_notice_is_sent_a_day_later_to_the_current_address_of_the_owner(string storage)
    {
        await using var world = await NoticeWorld.CreateAsync(storage, Replicas);
        var (tenant, email) = await world.TenantAsync(PlanId.Free);
        await world.UseAsync(tenant, 9_000);
        world.Refuse(MailFailure.Refused);
        for (var hour = 0; hour < 24; hour++)
        {
            await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
            world.Time.Advance(TimeSpan.FromMinutes(59));
        }

        Assert.Empty(world.Letters);
        Assert.Equal(new(0, 0), await world.Accounts.Mails.CountAsync(default));
        var account = (await world.Accounts.Accounts.FindByEmailAsync(EmailAddress.TryParse(email)!, default))!;
        var (token, _) = OneTimeToken.Issue(TokenPurpose.EmailChange, account, $"new.{email}", world.Time.GetUtcNow());
        await world.Accounts.OneTimeTokens.AddAsync(token, default);
        Assert.NotNull(await world.Accounts.EmailChanges.ChangeAsync(token.Hash, null, world.Time.GetUtcNow(), default));
        world.Time.Advance(TimeSpan.FromHours(1));
        await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
        Assert.Equal($"new.{email}", Assert.Single(world.Letters).To);
    }

    [Fact]
    public async Task The_owner_of_many_tenants_is_notified_of_each()
    {
        await using var world = await NoticeWorld.CreateAsync("sqlite", Replicas);
        var (tenant, email) = await world.TenantAsync(PlanId.Free);
        var account = (await world.Accounts.Accounts.FindByEmailAsync(EmailAddress.TryParse(email)!, default))!;
        await world.UseAsync(tenant, 9_000);
        for (var i = 0; i < Limits.WaitingMailsPerAddress * 2; i++)
        {
            var another = Guid.CreateVersion7();
            var now = world.Time.GetUtcNow();
            Assert.True(await world.Accounts.Tenants.CreateAsync(another, $"Tenant {i}", PlanId.Free, account.Id, _ => true, now, default));
            await world.UseAsync(another, 9_000);
        }

        for (var minute = 0; minute < 3; minute++)
        {
            await world.QueueAsync(Replicas, replica => replica.QueueMissingUsageNoticesAsync(default));
            world.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(Limits.WaitingMailsPerAddress * 2 + 1, world.Letters.Select(letter => letter.Subject).Distinct().Count());
        Assert.Equal(Limits.WaitingMailsPerAddress * 2 + 1, world.Letters.Count);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_downgrade_counts_from_the_mail_that_really_went(string storage)
    {
        await using var world = await NoticeWorld.CreateAsync(storage, Replicas);
        var (tenant, email) = await world.TenantAsync(PlanId.Business);
        await world.Accounts.Tenants.SetPlanAsync(
            tenant, PlanId.Free, CustomLimits.None, new(Core.Accounts.Actor.Operator, "plan.changed", world.Time.GetUtcNow()), default);
        world.Refuse(MailFailure.Deferred);
        await world.QueueAsync(Replicas, replica => replica.QueueDowngradeNoticesAsync(default));
        Assert.Null((await world.Accounts.Tenants.FindAsync(tenant, default))!.DowngradeNoticeAt);

        world.Time.Advance(TimeSpan.FromHours(20));
        await world.QueueAsync(Replicas, replica => replica.QueueDowngradeNoticesAsync(default));
        await world.QueueAsync(Replicas, replica => replica.QueueDowngradeNoticesAsync(default));
        var letter = Assert.Single(world.Letters);
        Assert.Equal(("downgrade", email), (letter.Kind, letter.To));
        Assert.Contains("30 days of data instead of 730 days", LetterBody.Text(letter));
        Assert.Contains("From 5 December 2026 on", LetterBody.Text(letter));
        var told = (await world.Accounts.Tenants.FindAsync(tenant, default))!;
        Assert.Equal(world.Time.GetUtcNow(), told.DowngradeNoticeAt);
        Assert.Equal(
            (730, 30), (told.KeptDaysAt(world.Time.GetUtcNow().AddDays(13.9)), told.KeptDaysAt(world.Time.GetUtcNow().AddDays(14))));
    }

    [Theory]
    [InlineData(7_999, 10_000, 80, false)]
    [InlineData(8_000, 10_000, 80, true)]
    [InlineData(2, 3, 80, false)]
    [InlineData(3, 3, 80, true)]
    [InlineData(0, 0, 100, true)]
    [InlineData(long.MaxValue - 1, long.MaxValue, 100, false)]
    public void A_percentage_is_reached_exactly(long accepted, long limit, int percent, bool reached) =>
        Assert.Equal(reached, UsageThresholds.IsReached(accepted, limit, percent));
}
