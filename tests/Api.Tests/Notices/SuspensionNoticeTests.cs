using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Api.Tests.Notices;

/// <summary>A suspension is reported once, whether a change of the plan or the daily job made it, and not at all if it has ended.</summary>
public class SuspensionNoticeTests
{
    private const int Replicas = 4;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_suspension_is_reported_once_with_several_replicas(string storage)
    {
        await using var world = await NoticeWorld.CreateAsync(storage, Replicas);
        var (tenant, email) = await world.TenantAsync(PlanId.Pro);
        for (var i = 0; i < 5; i++)
            await AddProjectAsync(world, tenant);
        await SetPlanAsync(PlanId.Free);
        for (var round = 0; round < 2; round++)
            await world.QueueAsync(Replicas, replica => replica.QueueMissingSuspensionNoticesAsync(default));
        var letter = Assert.Single(world.Letters);
        Assert.Equal(("suspension", email), (letter.Kind, letter.To));
        Assert.Contains("(free) allows less than it has. What was added last is suspended: 2 projects.", LetterBody.Text(letter));

        // Another one is another notice, unless it has ended before the mail is written.
        await SetPlanAsync(PlanId.Pro);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await SetPlanAsync(PlanId.Free);
        await world.QueueAsync(Replicas, replica => replica.QueueMissingSuspensionNoticesAsync(default));
        Assert.Equal(2, world.Letters.Count);

        Task SetPlanAsync(PlanId plan) => world.Accounts.Tenants.SetPlanAsync(
            tenant, plan, CustomLimits.None, new(Actor.Operator, AuditActions.PlanChanged, world.Time.GetUtcNow()), default);
    }

    private static async Task AddProjectAsync(NoticeWorld world, Guid tenant)
    {
        var now = world.Time.GetUtcNow();
        var project = new ProjectInfo
        {
            Id = Guid.CreateVersion7(), TenantId = tenant, Name = $"{Guid.NewGuid()}", CreatedAt = now, Settings = new(),
        };
        await world.Accounts.Projects.CreateAsync(
            project, new byte[32], _ => null, new(Actor.Operator, AuditActions.ProjectCreated, now), default);
    }
}
