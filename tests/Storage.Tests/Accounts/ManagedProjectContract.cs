using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Sharing;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Projects and keys as their members manage them.</summary>
public abstract class ManagedProjectContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private static readonly PlanRefusal Refusal = new("No more.", PlanTable.Of(PlanId.Pro));
    private readonly AccountWorld _world = new(harness);

    [Fact]
    public async Task However_many_make_projects_at_once_the_plan_is_kept_exactly()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _world.Accounts : _world.Elsewhere).Projects.CreateAsync(
                new ProjectInfo
                {
                    Id = Guid.CreateVersion7(), TenantId = tenantId, Name = $"p{i}", CreatedAt = _world.Now, Settings = new(),
                },
                new byte[32], count => count < 3 ? null : Refusal, _world.Line(), default))));
        Assert.Equal(3, made.Count(one => one == default));
        Assert.Equal(9, made.Count(one => one.Refusal == Refusal));
        Assert.Equal(3, (await _world.Accounts.Projects.ListAsync(tenantId, default)).Count);
    }

    [Fact]
    public async Task A_name_belongs_to_one_project_of_a_tenant()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var one = await _world.ProjectAsync(tenantId);
        var other = await _world.ProjectAsync(tenantId);
        Assert.Equal(
            new ProjectUpdate(NameTaken: true),
            await _world.Accounts.Projects.UpdateAsync(other.Id, before => before with { Name = one.Name }, _world.Line(), default));
        Assert.True(
            (await _world.Accounts.Projects.CreateAsync(one with { Id = Guid.NewGuid() }, new byte[32], _ => null, _world.Line(), default))
                .NameTaken);
        await _world.ProjectAsync((await _world.TenantAsync()).TenantId, one.Name);
    }

    [Fact]
    public async Task Of_many_who_change_different_things_at_once_none_takes_anothers_change_back()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => (
            i % 2 == 0 ? _world.Accounts : _world.Elsewhere).Projects.UpdateAsync(
            project.Id, before => before with { Settings = before.Settings with { Aliases = new Dictionary<string, string>(
                before.Settings.Aliases) { [$"old{i}"] = "new" } } }, _world.Line(), default))));
        Assert.Equal(12, (await _world.Accounts.Projects.FindAsync(project.Id, default))!.Settings.Aliases.Count);
    }

    [Fact]
    public async Task A_project_that_is_gone_is_not_changed()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        await _world.Accounts.Projects.DeleteAsync(project.Id, _world.Line(AuditActions.ProjectDeleted), default);
        Assert.Equal(
            default,
            await _world.Accounts.Projects.UpdateAsync(project.Id, before => before with { Name = "back" }, _world.Line(), default));
    }

    [Fact]
    public async Task Settings_come_back_as_they_were_and_ingest_sees_them()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        foreach (var settings in (ProjectSettings[])
        [
            new()
            {
                KeptDays = 7, MetadataAllowList = ["a", "\"quoted\"", "ü"],
                Aliases = new Dictionary<string, string> { ["build"] = "compile" },
            },
            new() { MetadataAllowList = [] },
            new(),
        ])
        {
            Assert.Equal(
                settings,
                (
                    await _world.Accounts.Projects.UpdateAsync(
                        project.Id,
                        before => before with { Settings = settings },
                        _world.Line(),
                        default))
                    .Project!.Settings);
            var found = (await _world.Elsewhere.Projects.FindAsync(project.Id, default))!.Settings;
            Assert.Equal((settings.KeptDays, settings.MetadataAllowList is null), (found.KeptDays, found.MetadataAllowList is null));
            Assert.Equal(settings.MetadataAllowList ?? [], found.MetadataAllowList ?? []);
            Assert.Equal(settings.Aliases, found.Aliases);
            var ingest = await harness.Store.Projects.FindProjectAsync(project.Id, default);
            Assert.Equal(settings.Aliases, ingest!.Aliases);
            Assert.Equal(settings.MetadataAllowList?.Order(), ingest.MetadataAllowList?.Order());
        }
    }

    [Fact]
    public async Task A_deleted_project_leaves_nothing_in_any_table()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId, "gone");
        var key = await _world.KeyAsync(project.Id);
        await FillAsync(tenantId, project.Id, DataEnvironment.Live, 7);
        await FillAsync(tenantId, project.Id, DataEnvironment.Test, 5);
        var erasure = new Erasure { Id = Guid.NewGuid(), ProjectId = project.Id, AskedAt = _world.Now };
        await _world.Accounts.Erasures.AddAsync(erasure, 1, default);
        var share = new SharedProject
        {
            ProjectId = project.Id, Name = $"p-{project.Id}", Sections = ShareSections.Overview, CreatedAt = _world.Now,
        };
        await _world.Accounts.Shares.SetAsync(share, _world.Line(AuditActions.ProjectShared), default);
        var tables = await harness.WithColumnAsync("project_id");
        Assert.True(tables.Count >= 7, string.Join(' ', tables));
        foreach (var table in tables.Except(["rollups", "rollups_monthly"]))
            Assert.True(
                await harness.CountAsync(table, "project_id", project.Id) > 0,
                $"{table} is empty before the deletion: the test must fill it");

        var removed = await _world.Accounts.Projects.DeleteAsync(project.Id, _world.Line(AuditActions.ProjectDeleted), default);
        Assert.Equal(new Removed { Events = 12, Days = 2, Installs = 2, Keys = 1 }, removed);
        foreach (var table in tables)
            Assert.Equal((table, 0L), (table, await harness.CountAsync(table, "project_id", project.Id)));
        Assert.Null(await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default));
        Assert.Null(await _world.Accounts.Projects.FindAsync(project.Id, default));
        Assert.Null(await harness.Store.Projects.FindProjectAsync(project.Id, default));
        Assert.Equal(Removed.Nothing, await _world.Accounts.Projects.DeleteAsync(project.Id, _world.Line(), default));
        await _world.ProjectAsync(tenantId, "gone");

        // A commit that was running stores data after the deletion.
        await FillAsync(tenantId, project.Id, DataEnvironment.Live, 3);
        Assert.True(await _world.Accounts.Projects.PurgeAsync(_world.Now, default) >= 1);
        foreach (var table in tables)
            Assert.Equal((table, 0L), (table, await harness.CountAsync(table, "project_id", project.Id)));
        Assert.Equal(0, await harness.CountAsync("projects", "id", project.Id));
    }

    [Fact]
    public async Task A_reset_empties_the_test_environment_alone()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        await FillAsync(tenantId, project.Id, DataEnvironment.Live, 7);
        await FillAsync(tenantId, project.Id, DataEnvironment.Test, 5);
        Assert.Equal(
            new Removed { Events = 5, Days = 1, Installs = 1 },
            await _world.Accounts.Projects.ResetTestAsync(project.Id, _world.Line(AuditActions.TestReset), default));
        Assert.Empty(await harness.Store.LinesAsync(TestData.Everything(project.Id, DataEnvironment.Test)));
        Assert.Equal(7, (await harness.Store.LinesAsync(TestData.Everything(project.Id))).Count);
        Assert.Equal(Removed.Nothing, await _world.Accounts.Projects.ResetTestAsync(project.Id, _world.Line(), default));
    }

    [Fact]
    public async Task A_rotated_key_works_until_its_overlap_ends()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        var old = await _world.KeyAsync(project.Id, KeyKind.Test);
        var ends = _world.Now.AddHours(2);
        var rotation = await _world.Keys.RotateAsync(
            project.Id,
            old.KeyId,
            ends,
            kind => _world.NewKey(project.Id, kind),
            _world.Line(AuditActions.KeyRotated),
            default);
        var rotated = rotation.Key!;
        Assert.Equal(KeyKind.Test, rotated.Kind);
        Assert.NotNull(await harness.Store.Keys.FindKeyAsync(old.Hash, ends.AddSeconds(-1), default));
        Assert.Null(await harness.Store.Keys.FindKeyAsync(old.Hash, ends, default));
        Assert.NotNull(await harness.Store.Keys.FindKeyAsync(rotated.Hash, ends, default));
        Assert.Equal([rotated.KeyId, old.KeyId], (await _world.Keys.ListAsync(project.Id, _world.Now, default)).Select(key => key.Id));

        var foreign = await _world.ProjectAsync(tenantId);
        Assert.Equal(
            default,
            await _world.Keys.RotateAsync(foreign.Id, old.KeyId, ends, kind => _world.NewKey(foreign.Id, kind), _world.Line(), default));
        Assert.False(await _world.Keys.RevokeAsync(foreign.Id, rotated.KeyId, _world.Line(), default));
        Assert.True(await _world.Keys.RevokeAsync(project.Id, rotated.KeyId, _world.Line(AuditActions.KeyRevoked), default));
        Assert.False(await _world.Keys.RevokeAsync(project.Id, rotated.KeyId, _world.Line(AuditActions.KeyRevoked), default));
        Assert.Null(await harness.Store.Keys.FindKeyAsync(rotated.Hash, _world.Now, default));
    }

    [Fact]
    public async Task A_last_use_never_decreases()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        var key = await _world.KeyAsync(project.Id);
        Assert.Null(Assert.Single(await _world.Keys.ListAsync(project.Id, _world.Now, default)).LastUsedAt);
        await _world.Keys.TouchAsync([new KeyUse(project.Id, key.KeyId, _world.Now)], default);
        await _world.Keys.TouchAsync([new KeyUse(project.Id, key.KeyId, _world.Now.AddMinutes(-1))], default);
        Assert.Equal(_world.Now, Assert.Single(await _world.Keys.ListAsync(project.Id, _world.Now, default)).LastUsedAt);
    }

    [Fact]
    public async Task A_deleted_tenant_takes_everything_with_it()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        await _world.InviteAsync(tenantId, "guest@example.org");
        await FillAsync(tenantId, project.Id, DataEnvironment.Live, 4);
        Assert.Equal(4, (await _world.Accounts.Tenants.DeleteAsync(tenantId, _world.Now, default)).Events);
        Assert.Empty(await _world.Accounts.Tenants.ListOfAsync(owner.Id, default));
        await _world.Accounts.Projects.PurgeAsync(_world.Now, default);
        foreach (var table in await harness.WithColumnAsync("tenant_id"))
            Assert.Equal((table, 0L), (table, await harness.CountAsync(table, "tenant_id", tenantId)));
        Assert.Equal(0, await harness.CountAsync("tenants", "id", tenantId));
    }

    private async Task FillAsync(Guid tenantId, Guid projectId, DataEnvironment environment, int events)
    {
        await using (var commit = await harness.Store.Commits.BeginAsync(default))
        {
            await commit.ReserveKeysAsync([new BatchKey(projectId, Guid.NewGuid())], _world.Now);
            await commit.AddInstallsAsync([new SeenInstall(projectId, environment, 1, TestData.Day)], default);
            await commit.WriteAndCommitAsync(
                [new CommitEvents(projectId, environment, [TestData.Batch(events, TestData.Day)], new UsageDay(tenantId, TestData.Day))],
                [TestData.Delta(projectId, TestData.Day, "d", environment)],
                default);
        }

        // Increases the generations of the project's installs.
        await harness.Store.Events.DeleteInstallAsync(projectId, long.MaxValue, TestData.CountRebuild, null, default);
    }
}
