using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of tenants, projects and keys that every store must meet.</summary>
public abstract class ProjectContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly IStore _store = harness.Store;

    [Fact]
    public async Task Concurrent_calls_return_the_same_tenant_and_project()
    {
        var stores = new[] { _store, harness.Another() };
        var name = $"p{Guid.NewGuid():N}";
        var projects = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            var tenant = await stores[i % 2].Projects.EnsureDefaultTenantAsync(default);
            return await stores[i % 2].Projects.EnsureProjectAsync(tenant, name, default);
        })));
        var first = projects[0];
        Assert.All(projects, project => Assert.Equal((first.Ref, first.Secret), (project.Ref, project.Secret), Same));
        Assert.Equal(32, first.Secret.Length);
        Assert.Contains(first.Secret, secret => secret != 0);
        Assert.Null(first.MonthlyQuota);
        Assert.Null(first.MetadataAllowList);
        var found = await _store.Projects.FindProjectAsync(first.Ref.ProjectId, default);
        Assert.Equal((first.Name, first.Ref), (found!.Name, found.Ref));
        Assert.Null(await _store.Projects.FindProjectAsync(Guid.NewGuid(), default));

        static bool Same((ProjectRef Ref, byte[] Secret) a, (ProjectRef Ref, byte[] Secret) b) =>
            a.Ref == b.Ref && a.Secret.AsSpan().SequenceEqual(b.Secret);
    }

    [Fact]
    public async Task Two_projects_have_different_secrets() =>
        Assert.NotEqual((await ProjectAsync()).Secret, (await ProjectAsync()).Secret);

    [Fact]
    public async Task A_key_is_found_by_its_hash_until_it_is_revoked()
    {
        var project = await ProjectAsync();
        var now = harness.Time.GetUtcNow();
        var key = NewKey(project, KeyKind.Test, now);
        Assert.Null(await _store.Keys.FindKeyAsync(key.Hash, now, default));
        Assert.True(await _store.Keys.EnsureAsync(key, default));
        var found = await _store.Keys.FindKeyAsync(key.Hash, now, default);
        Assert.Equal((key.KeyId, KeyKind.Test, project.Ref), (found!.KeyId, found.Kind, found.Project.Ref));
        Assert.Equal(project.Secret, found.Project.Secret);

        Assert.False(await _store.Keys.RevokeAsync(Guid.NewGuid(), key.KeyId, Revoked(now), default));
        Assert.True(await _store.Keys.RevokeAsync(project.Ref.ProjectId, key.KeyId, Revoked(now), default));
        Assert.False(await _store.Keys.RevokeAsync(project.Ref.ProjectId, key.KeyId, Revoked(now), default));
        Assert.Null(await _store.Keys.FindKeyAsync(key.Hash, now, default));
    }

    [Fact]
    public async Task A_hash_is_unique_among_keys()
    {
        var (mine, other) = (await ProjectAsync(), await ProjectAsync());
        var key = NewKey(mine, KeyKind.Live, harness.Time.GetUtcNow());
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            _store.Keys.EnsureAsync(key with { KeyId = Guid.NewGuid(), ProjectId = (i % 2 == 0 ? mine : other).Ref.ProjectId }, default))));
        Assert.Single(added, isNew => isNew);
    }

    [Fact]
    public async Task Keys_are_listed_newest_first()
    {
        var project = await ProjectAsync();
        var now = harness.Time.GetUtcNow();
        var keys = Enumerable.Range(0, 3).Select(i => NewKey(project, (KeyKind)i, now.AddSeconds(i))).ToArray();
        foreach (var key in keys)
            await _store.Keys.EnsureAsync(key, default);
        await _store.Keys.RevokeAsync(project.Ref.ProjectId, keys[1].KeyId, Revoked(now.AddHours(1)), default);
        var listed = await _store.Keys.ListAsync(project.Ref.ProjectId, now, default);
        Assert.Equal(
            [
                new ProjectKeyInfo { Id = keys[2].KeyId, Kind = KeyKind.Read, Shown = keys[2].Shown, CreatedAt = now.AddSeconds(2) },
                new ProjectKeyInfo
                {
                    Id = keys[1].KeyId,
                    Kind = KeyKind.Test,
                    Shown = keys[1].Shown,
                    CreatedAt = now.AddSeconds(1),
                    RevokedAt = now.AddHours(1),
                },
                new ProjectKeyInfo { Id = keys[0].KeyId, Kind = KeyKind.Live, Shown = keys[0].Shown, CreatedAt = now },
            ],
            listed);
    }

    [Fact]
    public async Task A_project_has_the_quota_of_its_tenant()
    {
        var project = await ProjectAsync();
        await harness.ExecuteAsync("update tenants set monthly_quota = 12345");
        Assert.Equal(12_345, (await _store.Projects.FindProjectAsync(project.Ref.ProjectId, default))!.MonthlyQuota);
        await harness.ExecuteAsync("update tenants set monthly_quota = null");
    }

    private static NewKey NewKey(Project project, KeyKind kind, DateTimeOffset now)
    {
        var key = ApiKey.Generate(kind);
        return new NewKey(Guid.CreateVersion7(now), project.Ref.ProjectId, kind, ApiKey.Hash(key), key[..ApiKey.ShownLength], now);
    }

    private static AuditLine Revoked(DateTimeOffset now) => new(Actor.Operator, AuditActions.KeyRevoked, now);

    private async Task<Project> ProjectAsync() =>
        await _store.Projects.EnsureProjectAsync(await _store.Projects.EnsureDefaultTenantAsync(default), $"p{Guid.NewGuid():N}", default);
}
