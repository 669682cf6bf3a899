using TelemetryKit.Bench.Support;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage;

namespace TelemetryKit.Bench.Read;

/// <summary>A project with its keys, put into the store before the server starts.</summary>
internal sealed record BenchProject(string Name, string WriteKey, string ReadKey)
{
    public static async Task<BenchProject[]> MakeAsync(BenchDatabase database, params string[] names)
    {
        await using var store = StoreFactory.Create(
            new StorageOptions { PostgresConnectionString = database.ConnectionString, DataFolder = database.Folder },
            TimeProvider.System);
        await store.MigrateAsync(CancellationToken.None);
        var tenant = await store.Projects.EnsureDefaultTenantAsync(CancellationToken.None);
        var projects = new List<BenchProject>();
        foreach (var name in names)
        {
            var project = await store.Projects.EnsureProjectAsync(tenant, name, CancellationToken.None);
            projects.Add(new BenchProject(name, await AddKeyAsync(store, project, KeyKind.Live), await AddKeyAsync(store, project, KeyKind.Read)));
        }

        return [.. projects];
    }

    private static async Task<string> AddKeyAsync(IStore store, Project project, KeyKind kind)
    {
        var key = ApiKey.Generate(kind);
        await store.Keys.EnsureAsync(
            new NewKey(Guid.CreateVersion7(), project.Ref.ProjectId, kind, ApiKey.Hash(key), key[..ApiKey.ShownLength], DateTimeOffset.UtcNow), CancellationToken.None);
        return key;
    }
}
