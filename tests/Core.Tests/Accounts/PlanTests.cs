using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Core.Tests.Accounts;

public class PlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(PlanId.Free, 0, 10_000, 30, 1, 3)]
    [InlineData(PlanId.Pro, 29, 100_000, 365, 1, 20)]
    [InlineData(PlanId.Business, 99, 1_000_000, 730, 50, 100)]
    public void Plans_are_what_is_sold(PlanId id, int price, int events, int days, int members, int projects)
    {
        var plan = PlanTable.Of(id);
        Assert.Equal(
            (id, price, events, days, members, projects),
            (plan.Id, plan.MonthlyPriceUsd, plan.EventsPerMonth, plan.KeptDays, plan.Members, plan.Projects));
        Assert.Same(plan, PlanTable.Find(plan.Code));
    }

    [Theory]
    [InlineData(PlanId.Free, null, 500)]
    [InlineData(PlanId.Pro, null, 5_000)]
    [InlineData(PlanId.Business, null, 50_000)]
    [InlineData(PlanId.Enterprise, null, 500_000)]
    [InlineData(PlanId.Enterprise, 100_000L, 5_000)]
    [InlineData(PlanId.Enterprise, 0L, 1)]
    [InlineData(PlanId.Enterprise, 1_000_000_000L, 500_000)]
    public void A_source_has_at_most_a_twentieth_of_the_month_per_day(PlanId plan, long? custom, int perDay) =>
        Assert.Equal(perDay, PlanTable.RatesOf(plan, custom)?.SourceEventsPerDay);

    [Fact]
    public void The_row_of_every_plan_is_its_number_and_includes_the_features_of_the_one_below()
    {
        Assert.Equal(Enum.GetValues<PlanId>(), PlanTable.All.Select(plan => plan.Id));
        foreach (var (below, above) in PlanTable.Offered.Zip(PlanTable.Offered.Skip(1)))
        {
            Assert.True(above.Has(below.Features));
            Assert.True((above.EventsPerMonth ?? long.MaxValue) >= below.EventsPerMonth);
            Assert.True((above.Members ?? int.MaxValue) >= below.Members);
        }
    }

    [Fact]
    public void Plans_list_only_what_exists() => Assert.Equal(
        ["advanced_analytics", "export", "teams", "api_tokens", "custom_limits"],
        Enum.GetValues<Feature>().Where(feature => feature != Feature.None).Select(PlanGate.NameOf));

    [Fact]
    public void A_refusal_names_the_smallest_plan_that_has_it()
    {
        var free = new TenantPlan(PlanTable.Of(PlanId.Free), CustomLimits.None);
        Assert.Equal(PlanId.Pro, PlanGate.Feature(free, Feature.Export)!.Needed.Id);
        Assert.Equal(PlanId.Business, PlanGate.Feature(free, Feature.ApiTokens)!.Needed.Id);
        Assert.Equal(PlanId.Business, PlanGate.OneMoreMember(free, 1)!.Needed.Id);
        Assert.Equal(PlanId.Pro, PlanGate.OneMoreProject(free, 3)!.Needed.Id);
        Assert.Equal(PlanId.Pro, PlanGate.KeptDays(free, 31)!.Needed.Id);
        Assert.Equal(PlanId.Enterprise, PlanGate.KeptDays(free, 10_000)!.Needed.Id);
        Assert.Equal(
            "The limit of this tenant, on the plan free, is 3 projects. The plan pro allows more.",
            PlanGate.OneMoreProject(free, 3)!.Reason);
        Assert.Equal(
            "The limit of this tenant, on the plan free, is 1 member. The plan business allows more.",
            PlanGate.OneMoreMember(free, 1)!.Reason);
        Assert.Equal("This needs api tokens, which the plan business has.", PlanGate.Feature(free, Feature.ApiTokens)!.Reason);
        var agreed = new TenantPlan(PlanTable.Of(PlanId.Enterprise), new CustomLimits(Projects: 1_000));
        Assert.Equal(
            "The limit of this tenant, on the plan enterprise, is 1,000 projects.", PlanGate.OneMoreProject(agreed, 1_000)!.Reason);
        Assert.Null(PlanGate.OneMoreProject(free, 2));
        Assert.Null(PlanGate.KeptDays(free, 30));
        var self = new TenantPlan(PlanTable.Of(PlanId.SelfHosted), CustomLimits.None);
        Assert.All(Enum.GetValues<Feature>().Where(f => f != Feature.None), feature => Assert.Null(PlanGate.Feature(self, feature)));
        Assert.Null(PlanGate.OneMoreMember(self, 10_000));
    }

    [Fact]
    public void Custom_limits_are_for_enterprise_alone_and_within_reason()
    {
        var enterprise = PlanTable.Of(PlanId.Enterprise);
        Assert.Empty(new CustomLimits(0, 1, 1, 1).FaultsFor(enterprise));
        Assert.Equal(4, new CustomLimits(-1, 0, 0, 0).FaultsFor(enterprise).Count);
        Assert.Single(new CustomLimits(5).FaultsFor(PlanTable.Of(PlanId.Business)));
        Assert.Empty(CustomLimits.None.FaultsFor(PlanTable.Of(PlanId.Free)));
    }

    [Fact]
    public void An_upgrade_during_the_notice_takes_the_downgrade_back()
    {
        var tenant = new Tenant { Id = Guid.NewGuid(), Name = "t", CreatedAt = Now, PlanId = PlanId.Business };
        var down = tenant.WithPlan(PlanId.Free, CustomLimits.None, Now);
        Assert.Equal((Now, 730), (down.DowngradedAt, down.KeptDaysBefore));
        Assert.Equal(730, down.KeptDaysAt(Now.AddYears(1)));

        // The same plan again, like a repeated call of billing: the notice stays valid.
        var told = down with { DowngradeNoticeAt = Now.AddDays(1) };
        Assert.Equal(told, told.WithPlan(PlanId.Free, CustomLimits.None, Now.AddDays(2)));

        var up = told.WithPlan(PlanId.Business, CustomLimits.None, Now.AddDays(2));
        Assert.Equal(tenant, up);
        // A further downgrade, of which the owner has not been notified.
        var between = told.WithPlan(PlanId.Pro, CustomLimits.None, Now.AddDays(2));
        Assert.Equal((730, (DateTimeOffset?)null), (between.KeptDaysAt(Now.AddDays(100)), between.DowngradeNoticeAt));
        // After the period of notice, the plan applies.
        var later = told.WithPlan(PlanId.Pro, CustomLimits.None, Now.AddDays(30));
        Assert.Equal(365, later.KeptDaysAt(Now.AddDays(30)));
        Assert.Null(later.DowngradedAt);
    }

    [Fact]
    public void Each_role_may_what_the_ones_below_it_may()
    {
        foreach (var permission in Enum.GetValues<Permission>())
        {
            Assert.True(Role.Owner.May(permission));
            for (var role = Role.Viewer; role < Role.Owner; role++)
                Assert.True(!role.May(permission) || (role + 1).May(permission));
        }

        foreach (var role in Enum.GetValues<Role>())
        {
            Assert.True(RoleCodes.TryParse(role.Code(), out var parsed));
            Assert.Equal(role, parsed);
            Assert.False(role.MayManage(Role.Owner));
            Assert.Equal(role >= Role.Admin, role.MayManage(Role.Admin));
        }

        Assert.False(RoleCodes.TryParse("root", out _));
    }
}
