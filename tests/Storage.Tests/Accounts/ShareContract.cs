using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Sharing;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>The public pages of projects.</summary>
public abstract class ShareContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly AccountWorld _world = new(harness);

    [Fact]
    public async Task A_page_is_found_by_project_and_name_and_its_changes_keep_when_it_was_shared()
    {
        var project = await ProjectAsync();
        Assert.Null(await _world.Accounts.Shares.FindAsync(project, default));
        var share = Share(project);
        Assert.Equal(share, await SetAsync(share));
        Assert.Equal(share, await _world.Elsewhere.Shares.FindAsync(project, default));
        Assert.Equal(share, await _world.Accounts.Shares.FindAsync(share.Name, default));

        var renamed = Share(project) with { Sections = ShareSections.Versions, CreatedAt = share.CreatedAt.AddDays(3) };
        Assert.Equal(renamed with { CreatedAt = share.CreatedAt }, await SetAsync(renamed));
        Assert.Null(await _world.Accounts.Shares.FindAsync(share.Name, default));
        Assert.Equal(renamed.Name, (await _world.Accounts.Shares.FindAsync(renamed.Name, default))!.Name);
    }

    [Fact]
    public async Task A_name_belongs_to_one_project_of_the_server_until_its_page_is_removed()
    {
        var (one, other) = (await ProjectAsync(), await ProjectAsync());
        var share = Share(one);
        await SetAsync(share);
        Assert.Null(await SetAsync(share with { ProjectId = other }));
        Assert.Null(await _world.Accounts.Shares.FindAsync(other, default));
        var own = Share(other);
        await SetAsync(own);
        Assert.Null(await SetAsync(own with { Name = share.Name }));
        Assert.Equal(own, await _world.Accounts.Shares.FindAsync(other, default));

        await RemoveAsync(one);
        await RemoveAsync(one);
        Assert.Null(await _world.Accounts.Shares.FindAsync(share.Name, default));
        Assert.Equal(share.Name, (await SetAsync(own with { Name = share.Name }))!.Name);
    }

    [Fact]
    public async Task A_deleted_project_has_no_page_and_gets_none()
    {
        var project = await ProjectAsync();
        var share = Share(project);
        await SetAsync(share);
        await _world.Accounts.Projects.DeleteAsync(project, _world.Line(AuditActions.ProjectDeleted), default);
        Assert.Null(await _world.Accounts.Shares.FindAsync(share.Name, default));
        Assert.Null(await SetAsync(share));
        Assert.Null(await _world.Accounts.Shares.FindAsync(project, default));
    }

    private SharedProject Share(Guid project) => new()
    {
        ProjectId = project, Name = $"p-{Guid.NewGuid():N}", Sections = ShareSections.Overview | ShareSections.Actors,
        CreatedAt = _world.Now,
    };

    private async Task<Guid> ProjectAsync() => (await _world.ProjectAsync((await _world.TenantAsync()).TenantId)).Id;

    private Task<SharedProject?> SetAsync(SharedProject share) =>
        _world.Accounts.Shares.SetAsync(share, _world.Line(AuditActions.ProjectShared), default);

    private Task RemoveAsync(Guid project) =>
        _world.Accounts.Shares.RemoveAsync(project, _world.Line(AuditActions.ShareRemoved), default);
}
