using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Retention;

namespace TelemetryKit.Core.Tests.Retention;

public sealed class RetentionRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Theory]
    [InlineData(PlanId.Free, null, null, 30)]
    [InlineData(PlanId.Free, null, 7, 7)]
    [InlineData(PlanId.Free, null, 90, 30)]
    [InlineData(PlanId.SelfHosted, null, 90, 90)]
    [InlineData(PlanId.SelfHosted, null, null, null)]
    [InlineData(PlanId.Enterprise, 900, null, 900)]
    [InlineData(PlanId.Enterprise, 10, 20, 10)]
    public void A_project_keeps_the_days_of_its_setting_within_those_of_its_tenant(PlanId plan, int? custom, int? project, int? days)
    {
        var tenant = NewTenant(plan) with { CustomKeptDays = custom };

        Assert.Equal(days, RetentionRule.KeptDays(tenant, NewProject(project), Now));
        Assert.Equal(days is { } kept ? Today.AddDays(-kept) : null, RetentionRule.FirstKeptDay(tenant, NewProject(project), Now, Today));
    }

    [Fact]
    public void After_a_downgrade_the_former_days_are_kept_until_14_days_after_the_notice()
    {
        var tenant = NewTenant(PlanId.Business).WithPlan(PlanId.Free, CustomLimits.None, Now);
        Assert.Equal(730, RetentionRule.KeptDays(tenant, NewProject(null), Now.AddYears(1)));
        Assert.Equal(7, RetentionRule.KeptDays(tenant, NewProject(7), Now.AddYears(1)));

        var notified = tenant with { DowngradeNoticeAt = Now };
        Assert.Equal(730, RetentionRule.KeptDays(notified, NewProject(null), Now.AddDays(14).AddTicks(-1)));
        Assert.Equal(30, RetentionRule.KeptDays(notified, NewProject(null), Now.AddDays(14)));
    }

    private static Tenant NewTenant(PlanId plan) => new() { Id = Guid.NewGuid(), Name = "t", CreatedAt = Now, PlanId = plan };

    private static ProjectInfo NewProject(int? keptDays) => new()
    {
        Id = Guid.NewGuid(),
        TenantId = Guid.NewGuid(),
        Name = "p",
        CreatedAt = Now,
        Settings = new() { KeptDays = keptDays },
    };
}
